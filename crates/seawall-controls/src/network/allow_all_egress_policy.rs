use crate::support::network::allow_all;
use crate::{NetworkPolicyAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::{Direction, Policy};

/// # allow-all-egress-policy
///
/// ## What it finds
/// A NetworkPolicy that lets the pods it selects connect to everything, on every port: an empty rule, or rules that
/// together come to the same.
///
/// ## Why it matters
/// Policies only add to each other. One open policy undoes every stricter one for the same pods, a default deny
/// included; the internet and the metadata service of the cloud are open as if there were no policy.
///
/// ## Fix
/// Name the peers and the ports that are needed. Where the internet is needed, use an `ipBlock` that leaves out
/// private ranges and the metadata addresses.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#allow-all-egress-traffic
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["network-policy", "metadata-api"],
    cis = ["5.3.2"]
)]
pub fn allow_all_egress_policy(policy: NetworkPolicyAt<'_>, world: &World, out: &mut Report) {
    allow_all(Policy::new(policy.object()), Direction::Egress, world, out);
}
