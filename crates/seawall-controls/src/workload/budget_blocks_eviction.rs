use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # budget-blocks-eviction
///
/// ## What it finds
/// A PodDisruptionBudget that never allows an eviction: `maxUnavailable: 0` or `minAvailable: 100%`.
///
/// ## Why it matters
/// Nodes with such a pod cannot be drained, so updates of the node and of Kubernetes wait until somebody forces
/// them.
///
/// ## Fix
/// Set `maxUnavailable: 1`.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/run-application/configure-pdb/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["versions"],
    aliases = ["kube-linter:pdb-max-unavailable", "kube-linter:pdb-min-available", "polaris:pdbDisruptionsIsZero"]
)]
pub fn budget_blocks_eviction(object: ObjectAt<'_>, _: &World, out: &mut Report) {
    if object.object().well_known() != WellKnown::PodDisruptionBudget {
        return;
    }
    let most = object.get("spec.maxUnavailable");
    let least = object.get("spec.minAvailable");
    for (at, words) in [(most, ["0", "0%"]), (least, ["100%", "100%"])] {
        if at.text().is_some_and(|text| words.contains(&text)) {
            out.finding(at, "no pod of this budget may ever be evicted");
        }
    }
}
