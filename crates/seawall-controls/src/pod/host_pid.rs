use crate::support::pod_security::offences;
use crate::{PodAt, World};
use seawall_admission::pod_security::HOST_NAMESPACES;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # host-pid
///
/// ## What it finds
/// A pod with `hostPID: true`.
///
/// ## Why it matters
/// The pod sees every process of the node with its arguments and environment. As root it reads their files through
/// `/proc/<pid>/root` and their memory with one capability more, and can kill them: secrets of all other pods
/// included.
///
/// ## Fix
/// Remove the field. To debug one pod, use `kubectl debug` with `shareProcessNamespace` instead.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["pod-security", "container-privileges"],
    cis = ["5.2.3"],
    pss = "baseline",
    aliases = ["KSV-0010", "CKV_K8S_17", "kube-linter:host-pid", "polaris:hostPIDSet"],
    fix = Unsafe
)]
pub fn host_pid(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for offence in offences(pod, &HOST_NAMESPACES, world) {
        if offence.field == "hostPID" {
            out.finding(offence.at, "the pod uses the node's process namespace")
                .unsafe_fix("use a namespace of its own", vec![offence.at.set("false")]);
        }
    }
}
