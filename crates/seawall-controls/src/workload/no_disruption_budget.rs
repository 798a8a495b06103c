use crate::World;
use crate::target::DESCRIBING;
use seawall_controls_macros::control;
use seawall_model::{LabelSelector, Report, WellKnown};
use std::collections::HashSet;
use std::sync::Arc;

/// # no-disruption-budget
///
/// ## What it finds
/// A Deployment or StatefulSet with several replicas that no PodDisruptionBudget selects, where the input describes
/// the namespace or has budgets in it.
///
/// ## Why it matters
/// When nodes are drained for an update all replicas may go at once.
///
/// ## Fix
/// Add a PodDisruptionBudget with `maxUnavailable: 1`.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/run-application/configure-pdb/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = [],
    aliases = ["polaris:missingPodDisruptionBudget", "kube-score:deployment-has-poddisruptionbudget"]
)]
pub fn no_disruption_budget(world: &World, _: &World, out: &mut Report) {
    for namespace in world.network().namespaces() {
        let budgets = world.cluster().in_namespace(WellKnown::PodDisruptionBudget, namespace.name());
        if budgets.is_empty() && !is_known(namespace.name(), world) {
            continue;
        }
        let selectors =
            budgets.iter().filter_map(|budget| LabelSelector::new(budget.at().get("spec.selector")));
        let covered: HashSet<_> = selectors
            .flat_map(|selector| namespace.select(selector))
            .map(|pod| Arc::as_ptr(pod.object()))
            .collect();
        for kind in [WellKnown::Deployment, WellKnown::StatefulSet] {
            for object in world.cluster().in_namespace(kind, namespace.name()) {
                let at = object.at().get("spec.replicas");
                if at.int().is_some_and(|replicas| replicas > 1) && !covered.contains(&Arc::as_ptr(object)) {
                    out.finding(
                        at,
                        format!("no disruption budget keeps a replica of `{}` running", object.name()),
                    );
                }
            }
        }
    }
}

/// Whether a missing budget says something: the namespace is described, or everything is known.
fn is_known(namespace: Option<&str>, world: &World) -> bool {
    let cluster = world.cluster();
    world.coverage().is_complete(WellKnown::PodDisruptionBudget, namespace)
        || namespace.is_some_and(|name| cluster.find(WellKnown::Namespace, None, name).is_some())
        || DESCRIBING.iter().any(|&kind| !cluster.in_namespace(kind, namespace).is_empty())
}
