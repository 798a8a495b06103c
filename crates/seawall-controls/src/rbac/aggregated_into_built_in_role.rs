use crate::support::rights::is_kubernetes_own;
use crate::{RoleAt, World};
use seawall_auth::rbac::{
    Atom, AtomObject, BuiltInRole, PolicyRuleAt, is_cluster_scoped, rules_of, uncovered,
};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity, WellKnown};

/// # aggregated-into-built-in-role
///
/// ## What it finds
/// A ClusterRole whose labels add it to `admin`, `edit` or `view`, with rights on Kubernetes' own resources
/// that those roles do not have.
///
/// ## Why it matters
/// Everybody who holds the built-in role gets the rights at once, in every namespace where it is bound;
/// nothing in those bindings shows it. Rights on an extension's own custom resources are what the labels
/// are for.
///
/// ## Fix
/// Remove the label `rbac.authorization.k8s.io/aggregate-to-…` and bind the role to those who need it.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization", "escalation"]
)]
pub fn aggregated_into_built_in_role(role: RoleAt<'_>, _: &World, out: &mut Report) {
    if role.object().well_known() != WellKnown::ClusterRole || is_kubernetes_own(role.object()) {
        return;
    }
    let Some((label, target)) = TARGETS.iter().find(|(label, _)| role.object().label(label) == Some("true"))
    else {
        return;
    };
    let Some(built_in) = BuiltInRole::find(target) else { return };
    for rule in rules_of(role.object()) {
        let Some(atom) = surplus(&rule, built_in) else { continue };
        let AtomObject::Resource { resource, .. } = atom.object else { continue };
        let severity = if resource == "*" || atom.verb == "*" { Severity::High } else { Severity::Medium };
        let message = format!("everybody who holds `{target}` may also {} `{resource}`", atom.verb);
        out.finding(role.get("metadata.labels").key(label), message)
            .severity(severity)
            .related(rule.at().key("resources"), "this rule is added");
        return;
    }
}

const TARGETS: [(&str, &str); 3] = [
    ("rbac.authorization.k8s.io/aggregate-to-view", "view"),
    ("rbac.authorization.k8s.io/aggregate-to-edit", "edit"),
    ("rbac.authorization.k8s.io/aggregate-to-admin", "admin"),
];

/// The first right of the rule on a resource of Kubernetes that the built-in role lacks.
fn surplus<'r>(rule: &'r PolicyRuleAt<'_>, target: &BuiltInRole) -> Option<Atom<'r>> {
    uncovered(target.rules, rule).find(|atom| match atom.object {
        AtomObject::Resource { group, resource, .. } => {
            // Reading anything but Secrets is in the spirit of all three.
            let reads = matches!(atom.verb, "get" | "list" | "watch") && !matches!(resource, "secrets" | "*");
            (group == "*" || is_cluster_scoped(group, resource).is_some()) && !reads
        }
        // Bound in namespaces, paths have no effect.
        AtomObject::Path(_) => false,
    })
}
