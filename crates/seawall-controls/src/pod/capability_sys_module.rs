use crate::support::capabilities::report_added;
use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # capability-sys-module
///
/// ## What it finds
/// A container that adds the capability SYS_MODULE.
///
/// ## Why it matters
/// The container may load any code into the kernel of the node, which is the end of every isolation there.
///
/// ## Fix
/// Remove it and have the node load the module at boot (`/etc/modules-load.d`).
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
    aliases = ["KSV-0120"],
    fix = Unsafe
)]
pub fn capability_sys_module(pod: PodAt<'_>, world: &World, out: &mut Report) {
    report_added(pod, world, out, "SYS_MODULE");
}
