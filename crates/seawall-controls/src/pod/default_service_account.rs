use crate::World;
use crate::support::service_account::{all_mounted, bound};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # default-service-account
///
/// ## What it finds
/// A pod that gets a token of its namespace's service account `default`. Medium when a binding gives that account
/// rights.
///
/// ## Why it matters
/// Every pod of the namespace that names no account shares this one: rights given for one program are rights of all
/// of them, and the audit log cannot tell them apart.
///
/// ## Fix
/// Give the program a service account of its own, or set `automountServiceAccountToken: false` when it does not use
/// the API.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["authorization", "token-rotation"],
    cis = ["5.1.5"],
    aliases = ["kube-linter:default-service-account", "CKV_K8S_41"],
    group = "service-account-token"
)]
pub fn default_service_account(world: &World, _: &World, out: &mut Report) {
    let bound = bound(world);
    for mounted in all_mounted(world) {
        let pod = mounted.pod;
        if pod.service_account() != "default" {
            continue;
        }
        let finding =
            out.finding(pod.service_account_at(), "the pod uses the service account that all pods share");
        if let Some(&binding) = bound.get(&(pod.namespace(), "default")) {
            finding.severity(Severity::Medium).related(binding, "gives the account rights");
        }
    }
}
