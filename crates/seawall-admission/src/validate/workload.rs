//! Workloads with a pod template.

use super::rules::{Rule, selector, table};
use super::{metadata, pod};
use crate::json::Json;
use crate::settings::Settings;
use seawall_model::WellKnown;
use seawall_model::decode::dns1123_label;
use serde_json::{Value, json};

const MOST: i64 = i32::MAX as i64;

/// Adds what may be refused.
pub(super) fn check(object: &Value, kind: WellKnown, settings: &Settings<'_>, open: &mut Vec<String>) {
    let Some(path) = kind.template_path() else { return };
    metadata::check_maps(object, &format!("{path}.metadata"), open);
    let fields: &[(&str, Rule)] = match kind {
        WellKnown::Deployment => &[
            ("replicas", Rule::Range(0, MOST)),
            ("selector", Rule::Selector),
            ("template", Rule::Any),
            ("strategy", Rule::Own(strategy)),
            ("revisionHistoryLimit", Rule::Range(0, MOST)),
            ("progressDeadlineSeconds", Rule::Range(1, MOST)),
            ("minReadySeconds", Rule::Range(0, 0)),
            ("paused", Rule::Any),
        ],
        WellKnown::ReplicaSet => {
            &[("replicas", Rule::Range(0, MOST)), ("selector", Rule::Selector), ("template", Rule::Any)]
        }
        WellKnown::StatefulSet => &[
            ("replicas", Rule::Range(0, MOST)),
            ("selector", Rule::Selector),
            ("template", Rule::Any),
            (
                "serviceName",
                Rule::Own(|value| value.as_str().is_some_and(|name| name.is_empty() || dns1123_label(name))),
            ),
            ("podManagementPolicy", Rule::One(&["OrderedReady", "Parallel"])),
            ("updateStrategy", Rule::Own(defaulted)),
            ("persistentVolumeClaimRetentionPolicy", Rule::Any),
            ("revisionHistoryLimit", Rule::Range(0, MOST)),
        ],
        WellKnown::DaemonSet => &[
            ("selector", Rule::Selector),
            ("template", Rule::Any),
            ("updateStrategy", Rule::Own(defaulted)),
            ("revisionHistoryLimit", Rule::Range(0, MOST)),
        ],
        WellKnown::ReplicationController => {
            &[("replicas", Rule::Range(0, MOST)), ("selector", Rule::Labels), ("template", Rule::Any)]
        }
        WellKnown::Job => JOB,
        WellKnown::CronJob => {
            open.push("spec.schedule is not validated here".to_owned());
            return;
        }
        WellKnown::PodTemplate => {
            let pod = json!({"metadata": object.at("template.metadata"), "spec": object.at("template.spec")});
            return pod::check(&pod, path, settings, open);
        }
        _ => return,
    };
    if let Some(spec) = object.at("spec") {
        table(spec, "spec", fields, open);
    }
    let template = object.at("spec.template").cloned().unwrap_or_default();
    selects(object, kind, &template, open);
    let restart = template.text("spec.restartPolicy");
    let fits =
        if kind == WellKnown::Job { matches!(restart, "Never" | "OnFailure") } else { restart == "Always" };
    if !fits {
        open.push("spec.template.spec.restartPolicy is refused".to_owned());
    }
    if template.at("spec.activeDeadlineSeconds").is_some() && kind != WellKnown::Job {
        open.push("spec.template.spec.activeDeadlineSeconds is refused".to_owned());
    }
    if !template.list("spec.ephemeralContainers").is_empty() {
        open.push("ephemeral containers of a template are refused".to_owned());
    }
    pod::check(&template, path, settings, open);
}

const JOB: &[(&str, Rule)] = &[
    ("template", Rule::Any),
    ("completions", Rule::Range(0, MOST)),
    ("parallelism", Rule::Range(0, 100_000)),
    ("backoffLimit", Rule::Range(0, MOST)),
    ("completionMode", Rule::One(&["NonIndexed"])),
    ("suspend", Rule::Any),
    ("podReplacementPolicy", Rule::One(&["TerminatingOrFailed", "Failed"])),
    ("manualSelector", Rule::Own(|value| value.as_bool() == Some(false))),
    ("ttlSecondsAfterFinished", Rule::Range(0, MOST)),
    ("activeDeadlineSeconds", Rule::Range(0, MOST)),
];

/// The selector must match the template and must not be empty.
fn selects(object: &Value, kind: WellKnown, template: &Value, open: &mut Vec<String>) {
    let own = object.at("spec.selector");
    if kind == WellKnown::Job {
        return;
    }
    let own = own.cloned().unwrap_or_default();
    let labels = template.map("metadata.labels");
    let plain = if kind == WellKnown::ReplicationController {
        own.as_object().cloned().unwrap_or_default()
    } else {
        own.map("matchLabels").clone()
    };
    let sure = !plain.is_empty()
        && own.list("matchExpressions").is_empty()
        && plain.iter().all(|(key, value)| labels.get(key) == Some(value))
        && (kind == WellKnown::ReplicationController || selector(&own));
    if !sure {
        open.push("spec.selector may be refused".to_owned());
    }
}

fn strategy(value: &Value) -> bool {
    match value.text("type") {
        "Recreate" => value.at("rollingUpdate").is_none(),
        "RollingUpdate" => {
            let part = |field: &str| match value.at(&format!("rollingUpdate.{field}")) {
                Some(Value::Number(number)) => {
                    number.as_i64().is_some_and(|number| (0..=MOST).contains(&number))
                }
                Some(Value::String(text)) => text
                    .strip_suffix('%')
                    .is_some_and(|text| text.parse::<u8>().is_ok_and(|number| (1..=100).contains(&number))),
                _ => false,
            };
            let zero = |field: &str| value.int(&format!("rollingUpdate.{field}")) == Some(0);
            part("maxUnavailable") && part("maxSurge") && !(zero("maxUnavailable") && zero("maxSurge"))
        }
        _ => false,
    }
}

/// The strategy that defaulting makes.
fn defaulted(value: &Value) -> bool {
    let rolling = value.map("rollingUpdate");
    value.text("type") == "RollingUpdate"
        && rolling.iter().all(|(key, value)| match key.as_str() {
            "partition" | "maxSurge" => value.as_i64() == Some(0),
            "maxUnavailable" => value.as_i64() == Some(1),
            _ => false,
        })
        || value.text("type") == "OnDelete" && rolling.is_empty()
}
