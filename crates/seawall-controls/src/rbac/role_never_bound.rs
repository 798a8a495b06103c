use crate::support::rights::is_kubernetes_own;
use crate::{RoleAt, World};
use seawall_auth::rbac::{is_built_in, rules_of};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # role-never-bound
///
/// ## What it finds
/// A Role or ClusterRole with rules that no binding with a subject uses, and no aggregated role takes in. Reported
/// only where all bindings are known: for a cluster, not for files.
///
/// ## Why it matters
/// Rights that lie ready are given away by one binding, and nobody reviews them again. Most are left over from
/// something that was removed.
///
/// ## Fix
/// Delete the role.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#periodic-review
#[control(
    since = "0.1.0",
    severity = Info,
    practices = ["authorization"]
)]
pub fn role_never_bound(role: RoleAt<'_>, world: &World, out: &mut Report) {
    let object = role.object();
    let coverage = world.coverage();
    let namespace = object.namespace().filter(|_| object.well_known() == WellKnown::Role);
    let known = coverage.is_complete(WellKnown::RoleBinding, namespace)
        && coverage.is_complete(WellKnown::ClusterRoleBinding, None);
    // The API server and kubeadm make theirs whether they are used or not.
    let own = is_kubernetes_own(object) || is_built_in(object.name()) || object.name().starts_with("system:");
    if !known || own || rules_of(object).next().is_none() {
        return;
    }
    let taken = object.well_known() == WellKnown::ClusterRole
        && !world.auth().aggregated_into(object.name()).is_empty();
    if !taken && world.auth().uses(object).next().is_none() {
        let message = format!("no binding gives {} `{}` to anybody", object.kind(), object.name());
        out.finding(role.get("metadata.name"), message);
    }
}
