use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # shared-process-namespace
///
/// ## What it finds
/// A pod of several containers with `shareProcessNamespace: true`.
///
/// ## Why it matters
/// Containers of the pod see each other's processes with their arguments and environment, and with the same user
/// also their files and memory: a hole in one is a hole in all, secrets of sidecars included.
///
/// ## Fix
/// Remove the field, unless a container has to signal processes of another.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["container-privileges"],
    fix = Unsafe
)]
pub fn shared_process_namespace(pod: PodAt<'_>, _: &World, out: &mut Report) {
    if let Some(at) = pod.get("shareProcessNamespace").when(true)
        && pod.containers().count() > 1
    {
        out.finding(at, "the containers of the pod see each other's processes")
            .unsafe_fix("give each container its own process namespace", vec![at.remove()]);
    }
}
