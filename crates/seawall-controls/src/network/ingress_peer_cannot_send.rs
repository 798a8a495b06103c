use crate::World;
use crate::support::reach::{MOST, has_policies, named, policies_of};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::Direction;

/// # ingress-peer-cannot-send
///
/// ## What it finds
/// A rule for ingress that names pods of the input, none of which may send what it allows by policies of their own.
///
/// ## Why it matters
/// The connection that the rule was written for is dropped. That is mostly noticed as an outage, and then "mended" by a
/// rule that opens too much.
///
/// ## Fix
/// Let the sender out by a policy for it, or take the rule away: both sides must allow a connection.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation
#[control(since = "0.1.0", severity = Low, practices = ["network-policy"])]
pub fn ingress_peer_cannot_send(world: &World, _: &World, out: &mut Report) {
    if !has_policies(world) {
        return;
    }
    let reach = world.reach();
    for rule in reach.refused_rules(Direction::Ingress).into_iter().take(MOST) {
        let (own, other) = (named(reach, rule.own), named(reach, rule.other));
        let mut finding = out.finding(
            rule.at,
            format!("lets {other} in to {own} on {}, but its own policies let it not out", rule.ports),
        );
        for policy in policies_of(reach, rule.other, Direction::Egress).into_iter().take(3) {
            finding = finding.related(policy.get("metadata.name"), "keeps it in");
        }
    }
}
