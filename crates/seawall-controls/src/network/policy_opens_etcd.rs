use crate::World;
use crate::support::reach::{named, rules_to};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::Goal;

/// # policy-opens-etcd
///
/// ## What it finds
/// A rule for egress by which pods surely reach etcd (TCP 2379 and 2380): mostly a block of addresses that holds the
/// nodes. Pods that no policy isolates, and rules for everybody on every port, are left to other rules.
///
/// ## Why it matters
/// Whoever is let in by etcd reads every Secret and writes what it likes, past the API server. Only the API server needs
/// the way there.
///
/// ## Fix
/// Leave the nodes' addresses out by `except`, or list the ports that are needed.
///
/// ## References
/// - https://kubernetes.io/docs/reference/networking/ports-and-protocols/
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/
#[control(since = "0.1.0", severity = Medium, practices = ["etcd", "network-policy"])]
pub fn policy_opens_etcd(world: &World, _: &World, out: &mut Report) {
    let reach = || world.reach();
    for (at, pod, landmark) in rules_to(world, Goal::Etcd) {
        let message = format!("lets {} reach etcd ({})", named(reach(), pod), landmark.name);
        out.finding(at, message);
    }
}
