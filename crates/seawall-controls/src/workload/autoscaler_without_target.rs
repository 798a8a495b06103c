use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # autoscaler-without-target
///
/// ## What it finds
/// A HorizontalPodAutoscaler of a Deployment, StatefulSet or ReplicaSet that does not exist in the cluster.
///
/// ## Why it matters
/// Nothing is scaled: the workload that was meant runs with what its manifest says, and fails under load.
///
/// ## Fix
/// Name the workload in `scaleTargetRef`, or remove the autoscaler.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = [],
    aliases = ["kube-linter:dangling-horizontalpodautoscaler", "kube-score:horizontalpodautoscaler-has-target"]
)]
pub fn autoscaler_without_target(object: ObjectAt<'_>, world: &World, out: &mut Report) {
    let autoscaler = object.object();
    if autoscaler.well_known() != WellKnown::HorizontalPodAutoscaler {
        return;
    }
    let target = object.get("spec.scaleTargetRef");
    let name = target.key("name");
    let kind = match target.key("kind").str() {
        Some("Deployment") => WellKnown::Deployment,
        Some("StatefulSet") => WellKnown::StatefulSet,
        Some("ReplicaSet") => WellKnown::ReplicaSet,
        _ => return,
    };
    let wanted = name.text().unwrap_or("");
    let known = world.cluster().find(kind, autoscaler.namespace(), wanted).is_some();
    if !known && world.coverage().is_complete(kind, autoscaler.namespace()) {
        out.finding(name, format!("there is no {} `{wanted}` to scale", kind.name()));
    }
}
