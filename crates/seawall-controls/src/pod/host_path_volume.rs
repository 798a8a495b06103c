use crate::support::host_path::{Danger, of_danger};
use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # host-path-volume
///
/// ## What it finds
/// A `hostPath` volume that is mounted read-only, or not at all, and holds nothing known to be dangerous.
///
/// ## Why it matters
/// The pod depends on files of its node, reads what others left there, and is refused in namespaces with the
/// baseline level.
///
/// ## Fix
/// Use a ConfigMap, a projected volume or a local persistent volume.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/storage/volumes/#hostpath
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["pod-security"],
    cis = ["5.2.11"],
    pss = "baseline",
    aliases = ["KSV-0023", "polaris:hostPathSet"]
)]
pub fn host_path_volume(pod: PodAt<'_>, _: &World, out: &mut Report) {
    for volume in of_danger(pod, Danger::Other).filter(|volume| !volume.writable) {
        out.finding(volume.at, format!("`{}` of the node is a volume of the pod", volume.path));
    }
}
