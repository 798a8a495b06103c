use crate::support::component::plugins::disabled;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # service-account-admission-off
///
/// ## What it finds
/// A kube-apiserver with the admission plugin ServiceAccount switched off; it is on by default.
///
/// ## Why it matters
/// The plugin checks that a pod's service account exists, keeps mirror pods away from accounts, and enforces
/// which secrets an account may mount. Without it pods get no token of their own and people work around that
/// with tokens that never expire.
///
/// ## Fix
/// Remove ServiceAccount from `--disable-admission-plugins`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#serviceaccount
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authentication"],
    cis = ["1.2.12"],
    aliases = ["KCV-0014", "CKV_K8S_82"],
    fix = Unsafe
)]
pub fn service_account_admission_off(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    disabled(&server, out, "ServiceAccount", "pods may use service accounts and secrets without a check");
}
