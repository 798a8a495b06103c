use crate::support::resources::missing;
use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # memory-limit-missing
///
/// ## What it finds
/// A container without a memory limit, after all defaulting: requests follow from limits, a LimitRange of the
/// namespace and resources of the whole pod count.
///
/// ## Why it matters
/// A leak, or a request made to be expensive, takes the memory of the node, and the kernel then kills processes of
/// other pods.
///
/// ## Fix
/// Set `resources.limits.memory`, or a LimitRange with a default in the namespace.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["resource-quota", "limit-range"],
    aliases = ["KSV-0018", "CKV_K8S_13", "kube-linter:unset-memory-requirements", "polaris:memoryLimitsMissing", "kube-score:container-resources"],
    group = "container-resources"
)]
pub fn memory_limit_missing(container: ContainerAt<'_>, world: &World, out: &mut Report) {
    if let Some(at) = missing(container, world, "limits", "memory") {
        out.finding(at, format!("container `{}` has no memory limit", container.name()));
    }
}
