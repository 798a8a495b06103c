use crate::support::network::allow_all;
use crate::{NetworkPolicyAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::{Direction, Policy};

/// # allow-all-ingress-policy
///
/// ## What it finds
/// A NetworkPolicy that lets everyone connect to the pods it selects, on every port: an empty rule, or rules that
/// together come to the same.
///
/// ## Why it matters
/// Policies only add to each other. One open policy undoes every stricter one for the same pods, a default deny
/// included, and nothing in those shows it.
///
/// ## Fix
/// Name the peers and the ports that are needed. Remove the policy if it is left from debugging.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#allow-all-ingress-traffic
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["network-policy", "application-ports"],
    cis = ["5.3.2"]
)]
pub fn allow_all_ingress_policy(policy: NetworkPolicyAt<'_>, world: &World, out: &mut Report) {
    allow_all(Policy::new(policy.object()), Direction::Ingress, world, out);
}
