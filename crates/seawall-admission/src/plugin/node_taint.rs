//! TaintNodesByCondition (`plugin/pkg/admission/nodetaint/admission.go`).

use super::Plugin;
use crate::json::{Json, list_made};
use crate::pass::{Pass, Step};
use crate::request::Operation;
use serde_json::json;

pub(super) const PLUGIN: Plugin =
    Plugin { name: "TaintNodesByCondition", admit: Some(admit), validate: None };

fn admit(pass: &mut Pass<'_>) -> Step {
    if !pass.request.is("", "nodes") || pass.request.operation != Operation::Create {
        return Ok(());
    }
    let key = "node.kubernetes.io/not-ready";
    let same = |taint: &serde_json::Value| taint.text("key") == key && taint.text("effect") == "NoSchedule";
    if !pass.object.list("spec.taints").iter().any(same) {
        list_made(&mut pass.object, "spec.taints").push(json!({"key": key, "effect": "NoSchedule"}));
    }
    Ok(())
}
