use crate::support::component::plugins::disabled;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # namespace-lifecycle-off
///
/// ## What it finds
/// A kube-apiserver with the admission plugin NamespaceLifecycle switched off; it is on by default.
///
/// ## Why it matters
/// Objects can then be made in namespaces that do not exist or are being deleted, out of sight of quota and
/// policy, and `default`, `kube-system` and `kube-public` can be deleted.
///
/// ## Fix
/// Remove NamespaceLifecycle from `--disable-admission-plugins`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#namespacelifecycle
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["team-isolation"],
    cis = ["1.2.13"],
    aliases = ["KCV-0015", "CKV_K8S_83"],
    fix = Unsafe
)]
pub fn namespace_lifecycle_off(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    disabled(
        &server,
        out,
        "NamespaceLifecycle",
        "objects outlive their namespace, and system namespaces can be deleted",
    );
}
