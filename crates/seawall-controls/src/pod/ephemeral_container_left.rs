use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::{ContainerSort, Report};

/// # ephemeral-container-left
///
/// ## What it finds
/// A pod with ephemeral containers.
///
/// ## Why it matters
/// Debugging containers cannot be removed from a pod: their tools, and often rights beyond those of the
/// application, stay for as long as the pod lives, unseen in the workload's manifest.
///
/// ## Fix
/// Replace the pod when the debugging is over.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["container-privileges"]
)]
pub fn ephemeral_container_left(container: ContainerAt<'_>, _: &World, out: &mut Report) {
    if container.sort() == ContainerSort::Ephemeral {
        out.finding(
            container.at(),
            format!("the debugging container `{}` is still in the pod", container.name()),
        );
    }
}
