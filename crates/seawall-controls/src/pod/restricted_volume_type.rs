use crate::support::pod_security::offences;
use crate::{PodAt, World};
use seawall_admission::pod_security::RESTRICTED_VOLUMES;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # restricted-volume-type
///
/// ## What it finds
/// A volume of a kind that the restricted level forbids, hostPath and gitRepo left out: network file systems and
/// disks named in the pod itself.
///
/// ## Why it matters
/// Whoever may create pods can name any server or disk in such a volume, past the StorageClasses and quotas that
/// persistent volumes go through, and some kinds put credentials into the pod.
///
/// ## Fix
/// Use a PersistentVolumeClaim, or a CSI volume.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
/// - https://kubernetes.io/docs/concepts/storage/volumes/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["pod-security"],
    pss = "restricted",
    aliases = ["KSV-0028"]
)]
pub fn restricted_volume_type(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for offence in offences(pod, &RESTRICTED_VOLUMES, world) {
        if !matches!(offence.field, "hostPath" | "gitRepo") {
            out.finding(offence.at, format!("the pod mounts a volume of the kind `{}`", offence.field));
        }
    }
}
