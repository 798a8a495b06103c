use crate::World;
use crate::support::service_account::{all_mounted, bound};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # service-account-token-mounted
///
/// ## What it finds
/// A pod whose containers get a service-account token although no binding in the input gives the account any right.
/// What counts is the effective value: the pod's field, else the service account's.
///
/// ## Why it matters
/// Whoever gets into a container holds the token, and with it every right that the account has now or is given
/// later, discovery of the API included.
///
/// ## Fix
/// Set `automountServiceAccountToken: false` in the pod, or in the service account for all of its pods.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["token-rotation", "authorization"],
    cis = ["5.1.6"],
    aliases = ["KSV-0036", "CKV_K8S_38", "polaris:automountServiceAccountToken"],
    fix = Unsafe,
    group = "service-account-token"
)]
pub fn service_account_token_mounted(world: &World, _: &World, out: &mut Report) {
    let bound = bound(world);
    for mounted in all_mounted(world) {
        let pod = mounted.pod;
        let name = pod.service_account();
        // Rights are a reason to have the token, unless every pod of the namespace gets them.
        if name != "default" && bound.contains_key(&(pod.namespace(), name)) {
            continue;
        }
        let message = format!("the pod gets a token of the service account `{name}`");
        let finding = out
            .finding(mounted.at, message)
            .unsafe_fix("do not mount the token", vec![mounted.at.set("false")]);
        if let Some(account) = mounted.account {
            finding.related(
                account.at().key("automountServiceAccountToken"),
                "the service account does not say no",
            );
        }
    }
}
