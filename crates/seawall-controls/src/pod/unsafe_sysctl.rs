use crate::support::pod_security::{finding, offences};
use crate::{PodAt, World};
use seawall_admission::pod_security::SYSCTLS;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # unsafe-sysctl
///
/// ## What it finds
/// A pod that sets a kernel parameter outside of the safe set of its Kubernetes version.
///
/// ## Why it matters
/// Unsafe parameters are not isolated between pods or can exhaust the node. The kubelet refuses them unless the
/// node allows them, so the pod also runs on few nodes only.
///
/// ## Fix
/// Remove the parameter, or set it on the nodes.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security"],
    pss = "baseline",
    aliases = ["KSV-0026", "kube-linter:unsafe-sysctls"]
)]
pub fn unsafe_sysctl(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for offence in offences(pod, &SYSCTLS, world) {
        let name = offence.at.text().unwrap_or("");
        finding(out, &offence, format!("the pod sets the unsafe kernel parameter `{name}`"));
    }
}
