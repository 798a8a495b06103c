use crate::support::host_path::{Danger, of_danger};
use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # host-path-control-plane
///
/// ## What it finds
/// A `hostPath` volume with files of the control plane: `/etc/kubernetes`, the data of etcd, or a folder above
/// them. Pods of the control plane itself are left out.
///
/// ## Why it matters
/// There are the keys of the cluster's certificate authority, the administrator's credentials, the manifests of
/// static pods and every secret in etcd. Reading them takes over the cluster.
///
/// ## Fix
/// Do not mount these folders. Copy the one file that is needed into a Secret.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/storage/volumes/#hostpath
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["pod-security", "etcd", "escalation"],
    cis = ["5.2.11"],
    pss = "baseline",
    aliases = ["kube-linter:sensitive-host-mounts"]
)]
pub fn host_path_control_plane(pod: PodAt<'_>, _: &World, out: &mut Report) {
    for volume in of_danger(pod, Danger::ControlPlane) {
        out.finding(volume.at, format!("`{}` gives the pod files of the control plane", volume.path));
    }
}
