use crate::support::capabilities::report_added;
use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # capability-sys-admin
///
/// ## What it finds
/// A container that adds the capability SYS_ADMIN.
///
/// ## Why it matters
/// SYS_ADMIN covers mounting file systems, namespaces, quotas and much more of the kernel. Most known escapes from
/// containers need nothing else.
///
/// ## Fix
/// Remove it. Programs that mount need a CSI driver, programs that trace need PERFMON or BPF alone.
///
/// ## References
/// - https://man7.org/linux/man-pages/man7/capabilities.7.html
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["pod-security", "container-privileges"],
    cis = ["5.2.9"],
    pss = "baseline",
    aliases = ["KSV-0005", "CKV_K8S_39", "polaris:dangerousCapabilities"],
    fix = Unsafe
)]
pub fn capability_sys_admin(pod: PodAt<'_>, world: &World, out: &mut Report) {
    report_added(pod, world, out, "SYS_ADMIN");
}
