use crate::support::host_path::{Danger, of_danger};
use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # container-runtime-socket
///
/// ## What it finds
/// A container that mounts the socket of the container runtime (Docker, containerd, CRI-O, Podman), or a folder
/// that holds it.
///
/// ## Why it matters
/// Whoever talks to the runtime starts a privileged container with the node's file system in it, past the API
/// server, and so owns the node. A read-only mount changes nothing: connecting is not writing.
///
/// ## Fix
/// Do not mount the socket. Build images with BuildKit or Buildah without privileges, and read the state of
/// containers from the kubelet.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/storage/volumes/#hostpath
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["pod-security", "container-privileges"],
    cis = ["5.2.11"],
    pss = "baseline",
    aliases = ["KSV-0006", "CKV_K8S_27", "kube-linter:docker-sock"]
)]
pub fn container_runtime_socket(pod: PodAt<'_>, _: &World, out: &mut Report) {
    for volume in of_danger(pod, Danger::RuntimeSocket) {
        out.finding(volume.at, format!("`{}` gives the pod the container runtime of the node", volume.path));
    }
}
