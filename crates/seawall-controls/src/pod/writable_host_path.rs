use crate::support::host_path::is_writable;
use crate::support::host_path::{Danger, of_danger};
use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # writable-host-path
///
/// ## What it finds
/// A writable `hostPath` volume elsewhere than in the folders that have controls of their own.
///
/// ## Why it matters
/// The pod leaves files on the node that other pods and the node read. With links in folders such as `/var/log` it
/// can also have the kubelet show files that it cannot read itself.
///
/// ## Fix
/// Mount it read-only, or use an `emptyDir` or a local persistent volume.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/storage/volumes/#hostpath
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security"],
    cis = ["5.2.11"],
    pss = "baseline",
    aliases = ["kube-linter:writable-host-mount", "polaris:hostPathSet"],
    fix = Unsafe
)]
pub fn writable_host_path(pod: PodAt<'_>, _: &World, out: &mut Report) {
    for volume in of_danger(pod, Danger::Other).filter(|volume| volume.writable) {
        let writable = volume.mounts.iter().map(|&(_, mount)| mount).filter(|&mount| is_writable(mount));
        let fix = writable.map(|mount| mount.key("readOnly").set("true")).collect();
        out.finding(volume.at, format!("the pod can write to `{}` on the node", volume.path))
            .unsafe_fix("mount it read-only", fix);
    }
}
