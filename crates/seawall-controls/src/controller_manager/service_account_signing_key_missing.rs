use crate::support::component::must_be_given;
use crate::{ControllerManagerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # service-account-signing-key-missing
///
/// ## What it finds
/// A kube-controller-manager without `--service-account-private-key-file`.
///
/// ## Why it matters
/// The controller that fills token secrets does not run then. People who need such a token make one of another
/// kind, often a certificate or static token that cannot be taken back.
///
/// ## Fix
/// Set it to the private half of the service account key; rotate the pair at times.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#token-controller
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["token-rotation"],
    cis = ["1.3.4"],
    aliases = ["KCV-0036", "CKV_K8S_110"]
)]
pub fn service_account_signing_key_missing(manager: ControllerManagerAt<'_>, _: &World, out: &mut Report) {
    must_be_given(
        out,
        *manager,
        &["service-account-private-key-file"],
        "token secrets are not filled or revoked",
    );
}
