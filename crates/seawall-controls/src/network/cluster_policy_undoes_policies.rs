use crate::World;
use crate::support::reach::{MOST, has_tiers, named, policies_of};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::Direction;

/// # cluster-policy-undoes-policies
///
/// ## What it finds
/// A policy of the admin tier that accepts everything to or from pods for which NetworkPolicies do not.
///
/// ## Why it matters
/// What the admin tier accepts is final: the NetworkPolicies of the pods' namespace are not asked any more.
///
/// ## Fix
/// Narrow the rule's peers or ports, or use `Pass`, which leaves the decision to the NetworkPolicies.
///
/// ## References
/// - https://network-policy-api.sigs.k8s.io/
#[control(since = "0.1.0", severity = Medium, practices = ["network-policy", "team-isolation"])]
pub fn cluster_policy_undoes_policies(world: &World, _: &World, out: &mut Report) {
    if !has_tiers(world) {
        return;
    }
    let reach = world.reach();
    for undone in reach.undone().into_iter().take(MOST) {
        let direction = match undone.direction {
            Direction::Ingress => "to",
            Direction::Egress => "from",
        };
        let message = format!(
            "everything is accepted {direction} {}: its NetworkPolicies are not asked",
            named(reach, undone.pod)
        );
        let mut finding = out.finding(undone.at, message);
        for policy in policies_of(reach, undone.pod, undone.direction).into_iter().take(3) {
            finding = finding.related(policy.get("metadata.name"), "this policy is not asked");
        }
    }
}
