use crate::support::host_path::is_writable;
use crate::support::host_path::{Danger, of_danger};
use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # kernel-module-path-writable
///
/// ## What it finds
/// A writable `hostPath` volume that covers `/lib/modules`, `/proc/sys` or `/sys`. Critical for `/proc/sys`.
///
/// ## Why it matters
/// A replaced module runs in the kernel at its next load, and settings such as `kernel.modprobe` and
/// `kernel.core_pattern` make the kernel run a program as root on the node.
///
/// ## Fix
/// Mount it read-only, or not at all.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/storage/volumes/#hostpath
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["pod-security", "kernel-modules"],
    cis = ["5.2.11"],
    pss = "baseline",
    aliases = ["KSV-0121", "kube-linter:sensitive-host-mounts"],
    fix = Unsafe
)]
pub fn kernel_module_path_writable(pod: PodAt<'_>, _: &World, out: &mut Report) {
    for volume in of_danger(pod, Danger::KernelModules) {
        let writable = volume.mounts.iter().map(|&(_, mount)| mount).filter(|&mount| is_writable(mount));
        let fix = writable.map(|mount| mount.key("readOnly").set("true")).collect();
        let finding = out
            .finding(
                volume.at,
                format!("the pod can change what the kernel loads and runs through `{}`", volume.path),
            )
            .unsafe_fix("mount it read-only", fix);
        if volume.path.starts_with("/proc") {
            finding.severity(Severity::Critical);
        }
    }
}
