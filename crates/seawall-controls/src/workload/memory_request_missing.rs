use crate::support::resources::missing;
use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # memory-request-missing
///
/// ## What it finds
/// A container without a memory request, after all defaulting: requests follow from limits, a LimitRange of the
/// namespace and resources of the whole pod count.
///
/// ## Why it matters
/// The scheduler counts the container as needing nothing: nodes fill up beyond their memory, and such pods are the
/// first to be evicted.
///
/// ## Fix
/// Set `resources.requests.memory`, or a LimitRange with a default in the namespace.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["resource-quota", "limit-range"],
    aliases = ["KSV-0016", "CKV_K8S_12", "kube-linter:unset-memory-requirements", "polaris:memoryRequestsMissing", "kube-score:container-resources"],
    group = "container-resources"
)]
pub fn memory_request_missing(container: ContainerAt<'_>, world: &World, out: &mut Report) {
    if let Some(at) = missing(container, world, "requests", "memory") {
        out.finding(at, format!("container `{}` has no memory request", container.name()));
    }
}
