use crate::World;
use crate::support::reach::{MOST, has_policies};
use seawall_controls_macros::control;
use seawall_model::{At, Report, WellKnown};
use seawall_network::{Direction, Plugin, Policy, enforces, plugins};

/// # policy-partly-enforced
///
/// ## What it finds
/// Parts of policies that the network plugin of the input does not know: `endPort` with Cilium before 1.16 and the policy
/// manager of Azure, SCTP with Cilium that is not told to handle it, ClusterNetworkPolicy and AdminNetworkPolicy with
/// kube-router, Weave Net and the policy manager of Azure.
///
/// ## Why it matters
/// Such a rule opens less than it says, or forbids nothing at all, without a word.
///
/// ## Fix
/// Write the policy in the plugin's own terms, or use a plugin that knows what you need.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-range-of-ports
/// - https://docs.cilium.io/en/stable/network/kubernetes/policy/
#[control(since = "0.1.0", severity = Medium, practices = ["network-policy"])]
pub fn policy_partly_enforced(world: &World, _: &World, out: &mut Report) {
    if !has_policies(world) {
        return;
    }
    let plugins = plugins(world.cluster());
    let enforcing: Vec<&Plugin<'_>> = plugins.iter().filter(|plugin| plugin.enforces == Some(true)).collect();
    // Where two of them enforce, each may do what the other does not.
    let ([plugin], Some(true)) = (enforcing.as_slice(), enforces(&plugins)) else { return };
    let mut left = MOST;
    let mut report = |at: At<'_>, what: &str| {
        if left > 0 {
            left -= 1;
            out.finding(at, format!("{} does not enforce {what}", plugin.name))
                .related(plugin.at, "the network plugin");
        }
    };
    for object in world.cluster().of(WellKnown::NetworkPolicy) {
        let policy = Policy::new(object);
        let rules = Direction::ALL.into_iter().flat_map(|direction| policy.rules(direction));
        for port in rules.flat_map(|rule| rule.ports().collect::<Vec<_>>()) {
            let (end, protocol) = (port.at().key("endPort"), port.at().key("protocol"));
            if plugin.end_port == Some(false) && end.exists() {
                report(end, "ranges of ports");
            }
            if plugin.sctp == Some(false) && protocol.str() == Some("SCTP") {
                report(protocol, "rules for SCTP");
            }
        }
    }
    if plugin.tiers == Some(false) {
        let wide = world.cluster().of(WellKnown::Other);
        for object in wide.filter(|object| object.group() == "policy.networking.k8s.io") {
            report(object.at().key("kind"), "policies of the whole cluster");
        }
    }
}
