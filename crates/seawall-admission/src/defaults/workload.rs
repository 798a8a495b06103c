//! Workloads (`pkg/apis/apps/v1/defaults.go`, `pkg/apis/batch/v1/defaults.go`).

use super::{Gates, other, pod};
use crate::json::{Json, at_mut, list_mut, set, set_default, set_missing};
use serde_json::{Value, json};

pub(super) fn deployment(value: &mut Value, gates: &Gates) {
    pod::template(value, "spec.template", gates);
    set_missing(value, "spec.replicas", 1);
    set_default(value, "spec.strategy.type", "RollingUpdate");
    if value.text("spec.strategy.type") == "RollingUpdate" {
        set_missing(value, "spec.strategy.rollingUpdate.maxUnavailable", "25%");
        set_missing(value, "spec.strategy.rollingUpdate.maxSurge", "25%");
    }
    set_missing(value, "spec.revisionHistoryLimit", 10);
    set_missing(value, "spec.progressDeadlineSeconds", 600);
}

pub(super) fn replica_set(value: &mut Value, gates: &Gates) {
    pod::template(value, "spec.template", gates);
    set_missing(value, "spec.replicas", 1);
}

pub(super) fn replication_controller(value: &mut Value, gates: &Gates) {
    pod::template(value, "spec.template", gates);
    let labels = value.at("spec.template.metadata.labels").cloned();
    if let Some(labels) = labels {
        for path in ["spec.selector", "metadata.labels"] {
            if value.map(path).is_empty() {
                set(value, path, labels.clone());
            }
        }
    }
    set_missing(value, "spec.replicas", 1);
}

pub(super) fn daemon_set(value: &mut Value, gates: &Gates) {
    pod::template(value, "spec.template", gates);
    set_default(value, "spec.updateStrategy.type", "RollingUpdate");
    if value.text("spec.updateStrategy.type") == "RollingUpdate" {
        set_missing(value, "spec.updateStrategy.rollingUpdate.maxUnavailable", 1);
        set_missing(value, "spec.updateStrategy.rollingUpdate.maxSurge", 0);
    }
    set_missing(value, "spec.revisionHistoryLimit", 10);
}

pub(super) fn stateful_set(value: &mut Value, gates: &Gates) {
    pod::template(value, "spec.template", gates);
    for claim in list_mut(value, "spec.volumeClaimTemplates") {
        set_default(claim, "apiVersion", "v1");
        set_default(claim, "kind", "PersistentVolumeClaim");
        if let Some(spec) = at_mut(claim, "spec") {
            other::claim_spec(spec);
        }
        set_default(claim, "status.phase", "Pending");
    }
    set_missing(value, "spec.serviceName", "");
    set_default(value, "spec.podManagementPolicy", "OrderedReady");
    set_default(value, "spec.updateStrategy.type", "RollingUpdate");
    if value.text("spec.updateStrategy.type") == "RollingUpdate" {
        set_missing(value, "spec.updateStrategy.rollingUpdate.partition", 0);
        if gates.max_unavailable_stateful_set {
            set_missing(value, "spec.updateStrategy.rollingUpdate.maxUnavailable", 1);
        }
    }
    set_missing(value, "spec.persistentVolumeClaimRetentionPolicy", json!({}));
    set_default(value, "spec.persistentVolumeClaimRetentionPolicy.whenDeleted", "Retain");
    set_default(value, "spec.persistentVolumeClaimRetentionPolicy.whenScaled", "Retain");
    set_missing(value, "spec.replicas", 1);
    set_missing(value, "spec.revisionHistoryLimit", 10);
}

pub(super) fn job(value: &mut Value, gates: &Gates) {
    pod::template(value, "spec.template", gates);
    if value.map("metadata.labels").is_empty()
        && let Some(labels) = value.at("spec.template.metadata.labels").cloned()
    {
        set(value, "metadata.labels", labels);
    }
    if let Some(spec) = at_mut(value, "spec") {
        job_spec(spec, gates);
    }
}

fn job_spec(spec: &mut Value, gates: &Gates) {
    if spec.at("completions").is_none() && spec.at("parallelism").is_none() {
        set(spec, "completions", 1);
        set(spec, "parallelism", 1);
    }
    set_missing(spec, "parallelism", 1);
    let limit = if spec.at("backoffLimitPerIndex").is_some() { i32::MAX } else { 6 };
    set_missing(spec, "backoffLimit", limit);
    set_missing(spec, "completionMode", "NonIndexed");
    set_missing(spec, "suspend", false);
    if gates.job_replacement {
        let policy = if spec.at("podFailurePolicy").is_some() { "Failed" } else { "TerminatingOrFailed" };
        set_missing(spec, "podReplacementPolicy", policy);
    }
    set_missing(spec, "manualSelector", false);
    for rule in list_mut(spec, "podFailurePolicy.rules") {
        for pattern in list_mut(rule, "onPodConditions") {
            set_default(pattern, "status", "True");
        }
    }
}

pub(super) fn cron_job(value: &mut Value, gates: &Gates) {
    // A template of a job gets the defaults of its pod only: the rest comes when the job is made.
    pod::template(value, "spec.jobTemplate.spec.template", gates);
    set_default(value, "spec.concurrencyPolicy", "Allow");
    set_missing(value, "spec.suspend", false);
    set_missing(value, "spec.successfulJobsHistoryLimit", 3);
    set_missing(value, "spec.failedJobsHistoryLimit", 1);
}
