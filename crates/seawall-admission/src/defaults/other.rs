//! Kinds without pods.

use crate::amount::Amount;
use crate::json::{Json, at_mut, list_mut, map_mut, set, set_default, set_missing};
use serde_json::{Value, json};

/// Rounds a resource list up to thousandths (`SetDefaults_ResourceList`) and writes amounts canonically.
pub(crate) fn round(value: &mut Value, path: &str) {
    if value.at(path).and_then(Value::as_object).is_none() {
        return;
    }
    for amount in map_mut(value, path).values_mut() {
        if let Some(found) = Amount::of(amount) {
            *amount = found.to_milli().to_string().into();
        }
    }
}

pub(super) fn claim_spec(spec: &mut Value) {
    set_missing(spec, "volumeMode", "Filesystem");
    set_missing(spec, "resources", json!({}));
    round(spec, "resources.requests");
    round(spec, "resources.limits");
}

pub(super) fn claim(value: &mut Value) {
    if let Some(spec) = at_mut(value, "spec") {
        claim_spec(spec);
    }
}

/// `SetDefaults_Service`.
pub(super) fn service(value: &mut Value) {
    if value.at("spec").is_none() {
        return;
    }
    set_default(value, "spec.sessionAffinity", "None");
    match value.text("spec.sessionAffinity") {
        "None" => {
            map_mut(value, "spec").remove("sessionAffinityConfig");
        }
        "ClientIP" => set_missing(value, "spec.sessionAffinityConfig.clientIP.timeoutSeconds", 10_800),
        _ => {}
    }
    set_default(value, "spec.type", "ClusterIP");
    for port in list_mut(value, "spec.ports") {
        set_default(port, "protocol", "TCP");
        let own = port.at("port").cloned().unwrap_or_else(|| 0.into());
        set_default(port, "targetPort", own);
    }
    let kind = value.text("spec.type").to_owned();
    let outside = matches!(kind.as_str(), "NodePort" | "LoadBalancer")
        || kind == "ClusterIP" && !value.list("spec.externalIPs").is_empty();
    if outside {
        set_default(value, "spec.externalTrafficPolicy", "Cluster");
    }
    if matches!(kind.as_str(), "NodePort" | "LoadBalancer" | "ClusterIP") {
        set_missing(value, "spec.internalTrafficPolicy", "Cluster");
    }
    if kind == "LoadBalancer" {
        set_missing(value, "spec.allocateLoadBalancerNodePorts", true);
    }
}

pub(super) fn namespace(value: &mut Value) {
    let name = value.text("metadata.name").to_owned();
    if !name.is_empty() {
        map_mut(value, "metadata.labels").insert(seawall_model::NAMESPACE_NAME_LABEL.to_owned(), name.into());
    }
}

/// `SetDefaults_RoleBinding`, `SetDefaults_Subject`.
pub(super) fn binding(value: &mut Value) {
    const GROUP: &str = "rbac.authorization.k8s.io";
    if value.at("roleRef").is_some() {
        set_default(value, "roleRef.apiGroup", GROUP);
    }
    for subject in list_mut(value, "subjects") {
        if matches!(subject.text("kind"), "User" | "Group") {
            set_default(subject, "apiGroup", GROUP);
        }
    }
}

/// `SetDefaults_NetworkPolicy`, `SetDefaults_NetworkPolicyPort`.
pub(super) fn network_policy(value: &mut Value) {
    if value.at("spec").is_none() {
        return;
    }
    if value.list("spec.policyTypes").is_empty() {
        let mut types = vec![Value::from("Ingress")];
        if !value.list("spec.egress").is_empty() {
            types.push("Egress".into());
        }
        set(value, "spec.policyTypes", types);
    }
    set_missing(value, "spec.podSelector", json!({}));
    for list in ["spec.ingress", "spec.egress"] {
        for rule in list_mut(value, list) {
            for port in list_mut(rule, "ports") {
                set_default(port, "protocol", "TCP");
            }
        }
    }
}

pub(super) fn secret(value: &mut Value) {
    set_default(value, "type", "Opaque");
}

pub(super) fn priority_class(value: &mut Value) {
    set_missing(value, "preemptionPolicy", "PreemptLowerPriority");
}

/// `SetDefaults_LimitRangeItem`.
pub(super) fn limit_range(value: &mut Value) {
    for item in list_mut(value, "spec.limits") {
        for path in ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"] {
            round(item, path);
        }
        if item.text("type") != "Container" {
            continue;
        }
        for (from, to) in [("max", "default"), ("default", "defaultRequest"), ("min", "defaultRequest")] {
            let given = item.map(from).clone();
            let target = map_mut(item, to);
            for (name, amount) in given {
                target.entry(name).or_insert(amount);
            }
        }
        for path in ["default", "defaultRequest"] {
            if item.map(path).is_empty() {
                set(item, path, Value::Null);
            }
        }
    }
}
