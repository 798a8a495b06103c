use crate::World;
use seawall_controls_macros::control;
use seawall_model::{Object, Report, WellKnown};
use std::collections::HashSet;
use std::sync::Arc;

/// # single-replica
///
/// ## What it finds
/// A Deployment or StatefulSet with one replica that no HorizontalPodAutoscaler in the input scales.
///
/// ## Why it matters
/// Each update of the node and each crash is an outage, so updates with security fixes are put off.
///
/// ## Fix
/// Run at least two replicas where the program allows it.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
/// - https://kubernetes.io/docs/concepts/workloads/pods/disruptions/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = [],
    aliases = ["kube-linter:minimum-three-replicas", "polaris:deploymentMissingReplicas", "kube-score:deployment-replicas"]
)]
pub fn single_replica(world: &World, _: &World, out: &mut Report) {
    let scaled: HashSet<_> = world.cluster().of(WellKnown::HorizontalPodAutoscaler).map(target).collect();
    for kind in [WellKnown::Deployment, WellKnown::StatefulSet] {
        for object in world.cluster().of(kind) {
            let at = object.at().get("spec.replicas");
            let one = at.int() == Some(1) || !at.exists();
            if one && !scaled.contains(&(object.namespace(), object.kind(), object.name())) {
                out.finding(at, format!("`{}` runs in one replica", object.name()));
            }
        }
    }
}

/// Namespace, kind and name of what an autoscaler scales.
fn target(autoscaler: &Arc<Object>) -> (Option<&str>, &str, &str) {
    let target = autoscaler.at().get("spec.scaleTargetRef");
    (autoscaler.namespace(), target.key("kind").text().unwrap_or(""), target.key("name").text().unwrap_or(""))
}
