//! ExtendedResourceToleration (`plugin/pkg/admission/extendedresourcetoleration/admission.go`).

use super::Plugin;
use crate::json::{Json, set};
use crate::pass::{Pass, Step};
use crate::request::Operation;
use serde_json::json;
use std::collections::BTreeSet;

pub(super) const PLUGIN: Plugin =
    Plugin { name: "ExtendedResourceToleration", admit: Some(admit), validate: None };

/// `IsExtendedResourceName`.
pub(crate) fn is_extended(name: &str) -> bool {
    let native = !name.contains('/') || name.contains("kubernetes.io/");
    !native && !name.starts_with("requests.") && crate::validate::is_label_key(&format!("requests.{name}"))
}

fn admit(pass: &mut Pass<'_>) -> Step {
    let writes = matches!(pass.request.operation, Operation::Create | Operation::Update);
    if !pass.request.is_pod() || !writes {
        return Ok(());
    }
    let lists = ["spec.containers", "spec.initContainers"];
    let names: BTreeSet<String> = lists
        .iter()
        .flat_map(|list| pass.object.list(list))
        .flat_map(|container| container.map("resources.requests").keys().cloned())
        .filter(|name| is_extended(name))
        .collect();
    for name in names {
        let mut tolerations = pass.object.list("spec.tolerations").to_vec();
        // MatchToleration: same key, effect, operator and value.
        let same = |one: &serde_json::Value| {
            one.text("key") == name
                && one.text("effect") == "NoSchedule"
                && one.text("operator") == "Exists"
                && one.text("value").is_empty()
        };
        let new = json!({"key": name, "operator": "Exists", "effect": "NoSchedule"});
        match tolerations.iter().position(same) {
            Some(at) => {
                if let Some(slot) = tolerations.get_mut(at) {
                    *slot = new;
                }
            }
            None => tolerations.push(new),
        }
        set(&mut pass.object, "spec.tolerations", tolerations);
    }
    Ok(())
}
