//! DefaultTolerationSeconds (`plugin/pkg/admission/defaulttolerationseconds/admission.go`).

use super::Plugin;
use crate::json::{Json, list_made};
use crate::pass::{Pass, Step};
use crate::request::Operation;
use serde_json::json;

pub(super) const PLUGIN: Plugin =
    Plugin { name: "DefaultTolerationSeconds", admit: Some(admit), validate: None };

fn admit(pass: &mut Pass<'_>) -> Step {
    let writes = matches!(pass.request.operation, Operation::Create | Operation::Update);
    if !pass.request.is_pod() || !writes {
        return Ok(());
    }
    let taints = [
        ("node.kubernetes.io/not-ready", pass.settings.not_ready_seconds),
        ("node.kubernetes.io/unreachable", pass.settings.unreachable_seconds),
    ];
    // Both are looked for before the first is added.
    let missing: Vec<_> = taints
        .into_iter()
        .filter(|(taint, _)| {
            !pass.object.list("spec.tolerations").iter().any(|one| {
                let (key, effect) = (one.text("key"), one.text("effect"));
                (key == *taint || key.is_empty()) && (effect == "NoExecute" || effect.is_empty())
            })
        })
        .collect();
    for (taint, seconds) in missing {
        list_made(&mut pass.object, "spec.tolerations").push(json!({
            "key": taint, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": seconds,
        }));
    }
    Ok(())
}
