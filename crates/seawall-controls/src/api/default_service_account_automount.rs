use crate::{ServiceAccountAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # default-service-account-automount
///
/// ## What it finds
/// A manifest of the service account `default` that does not turn the mounting of its token off.
///
/// ## Why it matters
/// Every pod that names no service account gets a token of it, though hardly any talks to the API: one more
/// credential for whoever gets into a pod.
///
/// ## Fix
/// Set `automountServiceAccountToken: false`, and give programs that need the API a service account of
/// their own.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["token-rotation", "authorization"],
    cis = ["5.1.5", "5.1.6"],
    aliases = ["KSV-0036"],
    fix = Unsafe
)]
pub fn default_service_account_automount(account: ServiceAccountAt<'_>, _: &World, out: &mut Report) {
    let at = account.key("automountServiceAccountToken");
    if account.object().name() == "default" && !at.is_false() {
        let namespace = account.object().namespace().map_or(String::new(), |name| format!(" of `{name}`"));
        out.finding(at, format!("pods get a token of the default service account{namespace}"))
            .unsafe_fix("do not mount the token", vec![at.set("false")]);
    }
}
