//! Roles and bindings that surely pass `pkg/apis/rbac/validation`. Whether somebody may grant what stands in them is
//! asked of authorization, not here.

use crate::json::Json;
use seawall_model::WellKnown;
use seawall_model::decode::{dns1123_label, dns1123_subdomain};
use serde_json::Value;

/// Adds what may be refused.
pub(super) fn check(object: &Value, kind: WellKnown, open: &mut Vec<String>) {
    let wide = matches!(kind, WellKnown::ClusterRole | WellKnown::ClusterRoleBinding);
    if matches!(kind, WellKnown::Role | WellKnown::ClusterRole) {
        for (index, rule) in object.list("rules").iter().enumerate() {
            if !sure(rule, wide) {
                open.push(format!("rules[{index}] may be refused"));
            }
        }
        if object.at("aggregationRule").is_some() {
            open.push("aggregationRule is not validated here".to_owned());
        }
        return;
    }
    let reference = object.at("roleRef").cloned().unwrap_or_default();
    let kinds: &[&str] = if wide { &["ClusterRole"] } else { &["ClusterRole", "Role"] };
    let referred = reference.text("apiGroup") == "rbac.authorization.k8s.io"
        && kinds.contains(&reference.text("kind"))
        && !reference.text("name").is_empty()
        && !reference.text("name").contains(['/', '%']);
    if !referred {
        open.push("roleRef may be refused".to_owned());
    }
    for (index, subject) in object.list("subjects").iter().enumerate() {
        let fits = match subject.text("kind") {
            "ServiceAccount" => {
                subject.text("apiGroup").is_empty()
                    && dns1123_subdomain(subject.text("name"))
                    && dns1123_label(subject.text("namespace"))
            }
            "User" | "Group" => {
                subject.text("apiGroup") == "rbac.authorization.k8s.io"
                    && !subject.text("name").is_empty()
                    && subject.text("namespace").is_empty()
            }
            _ => false,
        };
        if !fits {
            open.push(format!("subjects[{index}] may be refused"));
        }
    }
}

fn sure(rule: &Value, wide: bool) -> bool {
    let paths = rule.list("nonResourceURLs");
    let resources = !rule.list("resources").is_empty() && !rule.list("apiGroups").is_empty();
    let about = if paths.is_empty() {
        resources
    } else {
        let none = ["resources", "apiGroups", "resourceNames"].iter().all(|list| rule.list(list).is_empty());
        wide && none
    };
    !rule.list("verbs").is_empty() && about
}
