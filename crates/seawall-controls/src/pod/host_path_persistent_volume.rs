use crate::support::host_path::{Danger, danger_of};
use crate::{PersistentVolumeAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # host-path-persistent-volume
///
/// ## What it finds
/// A PersistentVolume with a `hostPath`. Critical or high when the path is one of those that give away the node.
///
/// ## Why it matters
/// A pod gets the folder of the node through an ordinary claim, past the Pod Security levels, which forbid
/// `hostPath` in pods only.
///
/// ## Fix
/// Use a `local` volume on a file system of its own, or a CSI driver.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/storage/persistent-volumes/#types-of-persistent-volumes
/// - https://kubernetes.io/docs/concepts/storage/volumes/#hostpath
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security"]
)]
pub fn host_path_persistent_volume(volume: PersistentVolumeAt<'_>, _: &World, out: &mut Report) {
    let host_path = volume.get("spec.hostPath");
    let at = host_path.key("path");
    if !host_path.exists() {
        return;
    }
    let path = at.text().unwrap_or("");
    let severity = match danger_of(path) {
        Danger::Root | Danger::RuntimeSocket | Danger::ControlPlane => Severity::Critical,
        Danger::Other => Severity::Medium,
        _ => Severity::High,
    };
    out.finding(at, format!("a claim gives any pod `{path}` of the node")).severity(severity);
}
