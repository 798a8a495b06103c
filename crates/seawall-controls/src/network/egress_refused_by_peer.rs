use crate::World;
use crate::support::reach::{MOST, has_policies, named, policies_of};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::Direction;

/// # egress-refused-by-peer
///
/// ## What it finds
/// A rule for egress that names pods of the input, all of which refuse what it allows by policies of their own.
///
/// ## Why it matters
/// The connection that the rule was written for is dropped. That is mostly noticed as an outage, and then "mended" by a
/// rule that opens too much.
///
/// ## Fix
/// Let the sender in by a policy for the receiver, or take the rule away: both sides must allow a connection.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation
#[control(since = "0.1.0", severity = Low, practices = ["network-policy"])]
pub fn egress_refused_by_peer(world: &World, _: &World, out: &mut Report) {
    if !has_policies(world) {
        return;
    }
    let reach = world.reach();
    for rule in reach.refused_rules(Direction::Egress).into_iter().take(MOST) {
        let (own, other) = (named(reach, rule.own), named(reach, rule.other));
        let mut finding = out.finding(
            rule.at,
            format!("lets {own} open {} to {other}, whose policies let none of it in", rule.ports),
        );
        for policy in policies_of(reach, rule.other, Direction::Ingress).into_iter().take(3) {
            finding = finding.related(policy.get("metadata.name"), "refuses it");
        }
    }
}
