use crate::support::host_path::{Danger, of_danger};
use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # host-path-kernel-files
///
/// ## What it finds
/// A `hostPath` volume with the node's `/proc` (also read-only), `/dev`, or a writable `/boot`.
///
/// ## Why it matters
/// The node's `/proc` shows every process with its arguments, and to root also environment and files: passwords
/// among them. `/dev` holds the disks, `/boot` the kernel of the next start.
///
/// ## Fix
/// Mount only the files that are needed. Monitoring agents that read `/proc` belong in a namespace of their own.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/storage/volumes/#hostpath
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["pod-security", "container-privileges", "kernel-modules"],
    cis = ["5.2.11"],
    pss = "baseline",
    aliases = ["kube-linter:sensitive-host-mounts"]
)]
pub fn host_path_kernel_files(pod: PodAt<'_>, _: &World, out: &mut Report) {
    for volume in of_danger(pod, Danger::Kernel) {
        out.finding(
            volume.at,
            format!("`{}` gives the pod processes, devices or boot files of the node", volume.path),
        );
    }
}
