use crate::support::host_path::{Danger, of_danger};
use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # host-path-kubelet
///
/// ## What it finds
/// A `hostPath` volume with the kubelet's folder, its keys, or the volumes of pods. The folders for plugin sockets
/// are left out.
///
/// ## Why it matters
/// The folder holds the mounted secrets and tokens of every pod on the node and the kubelet's client key, which may
/// read all of them from the API server.
///
/// ## Fix
/// Mount only the sub-folder that a CSI driver or device plugin needs, such as `/var/lib/kubelet/plugins`.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/storage/volumes/#hostpath
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["pod-security", "kubelet"],
    cis = ["5.2.11"],
    pss = "baseline",
    aliases = ["kube-linter:sensitive-host-mounts"]
)]
pub fn host_path_kubelet(pod: PodAt<'_>, _: &World, out: &mut Report) {
    for volume in of_danger(pod, Danger::Kubelet) {
        out.finding(
            volume.at,
            format!("`{}` gives the pod secrets of the node and of its pods", volume.path),
        );
    }
}
