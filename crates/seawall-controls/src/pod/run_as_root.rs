use crate::support::pod_security::{finding, offences, who};
use crate::{PodAt, World};
use seawall_admission::pod_security::RUN_AS_USER;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # run-as-root
///
/// ## What it finds
/// A pod or container with `runAsUser: 0`.
///
/// ## Why it matters
/// The container runs as root whatever its image says: it can write everywhere in it, use its capabilities, and is
/// root on the node after an escape.
///
/// ## Fix
/// Name an unprivileged user. Where the program needs root, put the pod into a user namespace with `hostUsers:
/// false`.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
/// - https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "container-privileges"],
    cis = ["5.2.7"],
    pss = "restricted",
    aliases = ["KSV-0105", "CKV_K8S_40", "kube-score:container-security-context-user-group-id"],
    group = "container-hardening"
)]
pub fn run_as_root(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for offence in offences(pod, &RUN_AS_USER, world) {
        finding(out, &offence, format!("{} runs as root", who(&offence)));
    }
}
