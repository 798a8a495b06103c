use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # system-priority
///
/// ## What it finds
/// A pod outside of `kube-system` with the priority class `system-cluster-critical` or `system-node-critical`.
///
/// ## Why it matters
/// When nodes are full such a pod evicts any other, also those that keep the cluster alive. Without a ResourceQuota
/// for these classes everybody who may create pods can do that.
///
/// ## Fix
/// Use a priority class of your own, and limit the system classes by a ResourceQuota with a scope.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
/// - https://kubernetes.io/docs/concepts/policy/resource-quotas/#limit-priority-class-consumption-by-default
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["team-isolation", "resource-quota"]
)]
pub fn system_priority(pod: PodAt<'_>, _: &World, out: &mut Report) {
    let at = pod.get("priorityClassName");
    let system = matches!(at.str(), Some("system-cluster-critical" | "system-node-critical"));
    // Without a namespace in the manifest it may well be kube-system.
    if system && pod.namespace().is_some_and(|namespace| namespace != "kube-system") {
        out.finding(at, "the pod evicts every other pod when nodes are full");
    }
}
