use crate::support::capabilities::report_added;
use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # all-capabilities-added
///
/// ## What it finds
/// A container that adds every capability.
///
/// ## Why it matters
/// With every capability the container is as good as privileged: it mounts disks, loads kernel modules and reads
/// the memory of other processes, and so owns the node.
///
/// ## Fix
/// Add only the capabilities that the program needs.
///
/// ## References
/// - https://man7.org/linux/man-pages/man7/capabilities.7.html
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["pod-security", "container-privileges", "kernel-modules"],
    cis = ["5.2.9"],
    pss = "baseline",
    aliases = ["KSV-0022", "CKV_K8S_25"],
    fix = Unsafe
)]
pub fn all_capabilities_added(pod: PodAt<'_>, world: &World, out: &mut Report) {
    report_added(pod, world, out, "ALL");
}
