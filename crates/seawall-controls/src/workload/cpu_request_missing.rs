use crate::support::resources::missing;
use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # cpu-request-missing
///
/// ## What it finds
/// A container without a cpu request, after all defaulting: requests follow from limits, a LimitRange of the
/// namespace and resources of the whole pod count.
///
/// ## Why it matters
/// The scheduler counts the container as needing nothing, and under load it gets the smallest share of the
/// processors.
///
/// ## Fix
/// Set `resources.requests.cpu`, or a LimitRange with a default in the namespace.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["resource-quota", "limit-range"],
    aliases = ["KSV-0015", "CKV_K8S_10", "kube-linter:unset-cpu-requirements", "polaris:cpuRequestsMissing", "kube-score:container-resources"],
    group = "container-resources"
)]
pub fn cpu_request_missing(container: ContainerAt<'_>, world: &World, out: &mut Report) {
    if let Some(at) = missing(container, world, "requests", "cpu") {
        out.finding(at, format!("container `{}` has no cpu request", container.name()));
    }
}
