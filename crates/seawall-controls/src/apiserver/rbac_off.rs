use crate::support::component::authorizers::must_include;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # rbac-off
///
/// ## What it finds
/// A kube-apiserver whose authorizers do not include RBAC.
///
/// ## Why it matters
/// Roles and bindings are then decoration, and what a service account may do is decided by something that
/// reviews of those objects do not see.
///
/// ## Fix
/// Add RBAC to the modes.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization"],
    cis = ["1.2.8"],
    aliases = ["KCV-0009", "CKV_K8S_77"],
    fix = Unsafe,
    group = "authorization-mode"
)]
pub fn rbac_off(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    must_include(&server, out, "RBAC", "roles and bindings have no effect");
}
