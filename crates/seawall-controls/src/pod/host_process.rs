use crate::support::pod_security::{finding, offences, who};
use crate::{PodAt, World};
use seawall_admission::pod_security::WINDOWS_HOST_PROCESS;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # host-process
///
/// ## What it finds
/// A Windows pod or container with `windowsOptions.hostProcess: true`.
///
/// ## Why it matters
/// A HostProcess container runs on the Windows node itself, as privileged containers do on Linux: with the node's
/// file system, network and accounts. Whoever gets into it owns the node.
///
/// ## Fix
/// Remove the field. Node agents that need it belong in a namespace of their own with a privileged Pod Security
/// level.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["pod-security", "container-privileges"],
    cis = ["5.2.10"],
    pss = "baseline",
    aliases = ["KSV-0103", "polaris:hostProcess"],
    fix = Unsafe
)]
pub fn host_process(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for offence in offences(pod, &WINDOWS_HOST_PROCESS, world) {
        finding(out, &offence, format!("{} runs on the Windows node itself", who(&offence)))
            .unsafe_fix("run it in a container", vec![offence.at.set("false")]);
    }
}
