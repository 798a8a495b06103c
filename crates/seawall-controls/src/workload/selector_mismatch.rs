use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::{LabelSelector, Labels, Report, WellKnown};

/// # selector-mismatch
///
/// ## What it finds
/// A workload whose selector does not match the labels of its own pod template.
///
/// ## Why it matters
/// The API server refuses it, so the change that it carries, a security fix perhaps, never arrives.
///
/// ## Fix
/// Make the labels of the template match the selector.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = [],
    aliases = ["kube-linter:mismatching-selector"]
)]
pub fn selector_mismatch(pod: PodAt<'_>, _: &World, out: &mut Report) {
    let object = pod.object();
    use WellKnown::*;
    if !matches!(object.well_known(), Deployment | StatefulSet | DaemonSet | ReplicaSet) {
        return;
    }
    // Without labels in sight a tool may still add them.
    if let Some(selector) = LabelSelector::new(object.at().get("spec.selector"))
        && !selector.is_empty()
        && selector.matches(Labels::of(pod.labels())) == Some(false)
    {
        out.finding(
            selector.at(),
            format!("the selector of `{}` does not match its own pods", object.name()),
        )
        .related(pod.labels(), "the labels of the pods");
    }
}
