use crate::support::host_path::{Danger, of_danger};
use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # host-path-root
///
/// ## What it finds
/// A `hostPath` volume that mounts the root of the node's file system into a container. High when it is mounted
/// read-only.
///
/// ## Why it matters
/// The container reads every secret and key of the node and of all its pods; with a writable mount it also replaces
/// programs and adds jobs that run as root. A read-only mount leaves the file systems mounted below it writable.
///
/// ## Fix
/// Mount only the folder that the program needs, read-only.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/storage/volumes/#hostpath
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["pod-security", "container-privileges", "kernel-modules"],
    cis = ["5.2.11"],
    pss = "baseline",
    aliases = ["KSV-0023", "kube-linter:sensitive-host-mounts", "polaris:hostPathSet"]
)]
pub fn host_path_root(pod: PodAt<'_>, _: &World, out: &mut Report) {
    for volume in of_danger(pod, Danger::Root) {
        let finding = out.finding(volume.at, "the whole file system of the node is in the pod");
        if !volume.writable {
            finding.severity(Severity::High);
        }
    }
}
