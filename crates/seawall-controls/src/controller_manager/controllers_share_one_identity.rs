use crate::support::component::must_be;
use crate::{ControllerManagerAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety};

/// # controllers-share-one-identity
///
/// ## What it finds
/// A kube-controller-manager without `--use-service-account-credentials=true`.
///
/// ## Why it matters
/// All controllers then act with one identity that needs every right that any of them needs, and the audit log
/// cannot tell which of them did something.
///
/// ## Fix
/// Set it to true. Each controller then uses a service account of its own, whose role Kubernetes maintains.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization"],
    cis = ["1.3.3"],
    aliases = ["KCV-0035", "CKV_K8S_108"],
    fix = Unsafe
)]
pub fn controllers_share_one_identity(manager: ControllerManagerAt<'_>, _: &World, out: &mut Report) {
    let mend = (Safety::Unsafe, "give each controller its own account", "true");
    must_be(
        out,
        *manager,
        "use-service-account-credentials",
        true,
        "all controllers act with one identity",
        mend,
    );
}
