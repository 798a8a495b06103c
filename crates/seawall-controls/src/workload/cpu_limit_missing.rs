use crate::support::resources::missing;
use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # cpu-limit-missing
///
/// ## What it finds
/// A container without a cpu limit, after all defaulting: requests follow from limits, a LimitRange of the
/// namespace and resources of the whole pod count.
///
/// ## Why it matters
/// The container may use all processors that others leave idle. With requests everywhere others still get their
/// share, so many clusters do without limits on purpose.
///
/// ## Fix
/// Set `resources.limits.cpu` where pods of several tenants share nodes, or a LimitRange with a default in the
/// namespace.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
#[control(
    since = "0.1.0",
    severity = Info,
    practices = ["resource-quota", "limit-range"],
    aliases = ["KSV-0011", "CKV_K8S_11", "kube-linter:unset-cpu-requirements", "polaris:cpuLimitsMissing", "kube-score:container-resources"],
    group = "container-resources"
)]
pub fn cpu_limit_missing(container: ContainerAt<'_>, world: &World, out: &mut Report) {
    if let Some(at) = missing(container, world, "limits", "cpu") {
        out.finding(at, format!("container `{}` has no cpu limit", container.name()));
    }
}
