use crate::support::resources::missing;
use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # ephemeral-storage-limit-missing
///
/// ## What it finds
/// A container without a ephemeral-storage limit, after all defaulting: requests follow from limits, a LimitRange
/// of the namespace and resources of the whole pod count.
///
/// ## Why it matters
/// A container that fills its log or its writable layer fills the disk of the node, and the kubelet then evicts
/// pods of others too.
///
/// ## Fix
/// Set `resources.limits.ephemeral-storage`, or a LimitRange with a default in the namespace.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
#[control(
    since = "0.1.0",
    severity = Info,
    practices = ["resource-quota", "limit-range"],
    aliases = ["kube-score:container-ephemeral-storage-request-and-limit"],
    group = "container-resources"
)]
pub fn ephemeral_storage_limit_missing(container: ContainerAt<'_>, world: &World, out: &mut Report) {
    if let Some(at) = missing(container, world, "limits", "ephemeral-storage") {
        out.finding(at, format!("container `{}` has no ephemeral-storage limit", container.name()));
    }
}
