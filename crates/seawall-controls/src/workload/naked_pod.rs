use crate::support::host_path::is_component;
use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # naked-pod
///
/// ## What it finds
/// A Pod that no controller owns. Static pods, hooks of Helm and pods that run to their end are left out.
///
/// ## Why it matters
/// When its node fails or is drained the pod is gone for good, and nobody rolls out a fixed image for it.
///
/// ## Fix
/// Use a Deployment, or a Job.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/configuration/overview/#naked-pods-vs-replicasets-deployments-and-jobs
#[control(
    since = "0.1.0",
    severity = Info,
    practices = [],
    aliases = ["C-0073"]
)]
pub fn naked_pod(pod: PodAt<'_>, _: &World, out: &mut Report) {
    let object = pod.object();
    let metadata = object.at().key("metadata");
    let ends = matches!(pod.get("restartPolicy").str(), Some("Never" | "OnFailure"));
    let owned = metadata.key("ownerReferences").items().next().is_some()
        || object.annotation("kubernetes.io/config.mirror").is_some()
        || object.annotation("helm.sh/hook").is_some();
    if object.well_known() == WellKnown::Pod && !ends && !owned && !is_component(pod) {
        out.finding(metadata.key("name"), "no controller brings the pod back");
    }
}
