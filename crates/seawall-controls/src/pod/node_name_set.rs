use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::{Origin, Report, WellKnown};

/// # node-name-set
///
/// ## What it finds
/// A manifest that names its node in `nodeName`. Pods that a cluster has already placed are left out.
///
/// ## Why it matters
/// The scheduler is not asked: taints with `NoSchedule`, affinity and resources do not count, so the pod lands on
/// control-plane nodes and nodes of other tenants as it likes. With a node that is gone it never starts.
///
/// ## Fix
/// Use `nodeSelector` or affinity.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["node-placement"]
)]
pub fn node_name_set(pod: PodAt<'_>, _: &World, out: &mut Report) {
    let at = pod.get("nodeName");
    let object = pod.object();
    let placed = *object.origin() != Origin::File
        || object.well_known() == WellKnown::Pod
            && (object.at().get("metadata.uid").exists() || object.at().key("status").exists());
    if at.str().is_some_and(|name| !name.is_empty()) && !placed {
        out.finding(at, "the pod goes past the scheduler to a node of its choice");
    }
}
