use crate::support::pod_security::offences;
use crate::{PodAt, World};
use seawall_admission::pod_security::HOST_NAMESPACES;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # host-ipc
///
/// ## What it finds
/// A pod with `hostIPC: true`.
///
/// ## Why it matters
/// The pod reads and writes shared memory, semaphores and message queues of every process of the node that uses
/// them, such as databases and GPU services.
///
/// ## Fix
/// Remove the field. Containers of one pod share an IPC namespace without it.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "container-privileges"],
    cis = ["5.2.4"],
    pss = "baseline",
    aliases = ["KSV-0008", "CKV_K8S_18", "kube-linter:host-ipc", "polaris:hostIPCSet"],
    fix = Unsafe
)]
pub fn host_ipc(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for offence in offences(pod, &HOST_NAMESPACES, world) {
        if offence.field == "hostIPC" {
            out.finding(offence.at, "the pod uses the node's IPC namespace")
                .unsafe_fix("use a namespace of its own", vec![offence.at.set("false")]);
        }
    }
}
