use crate::World;
use crate::support::reach::{MOST, has_tiers, named};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # cluster-policies-contradict
///
/// ## What it finds
/// Two policies of the whole cluster with the same tier and priority that decide differently about the same pods.
///
/// ## Why it matters
/// Which of them is asked first is left to the implementation: a Deny may count on one day and not on the next.
///
/// ## Fix
/// Give them different priorities: the lower number is asked first.
///
/// ## References
/// - https://network-policy-api.sigs.k8s.io/
#[control(since = "0.1.0", severity = Medium, practices = ["network-policy"])]
pub fn cluster_policies_contradict(world: &World, _: &World, out: &mut Report) {
    if !has_tiers(world) {
        return;
    }
    let reach = world.reach();
    for (one, other, pod) in reach.contradictions().into_iter().take(MOST) {
        let message = format!(
            "has the priority of `{}`, which decides otherwise about {}",
            one.name(),
            named(reach, pod)
        );
        let at = other.at().get("spec.priority");
        out.finding(at, message).related(one.at().get("spec.priority"), "the same priority");
    }
}
