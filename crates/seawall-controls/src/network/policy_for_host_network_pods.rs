use crate::support::network::some_names;
use crate::{NetworkPolicyAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::{Namespace, Policy};

/// # policy-for-host-network-pods
///
/// ## What it finds
/// A NetworkPolicy all of whose selected pods use their nodes' network.
///
/// ## Why it matters
/// Network plugins do not apply policies to such pods: their traffic is the node's. The policy reads like a
/// protection and is none.
///
/// ## Fix
/// Give the pods a network of their own (remove `hostNetwork`), or protect the node's ports by its firewall.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-and-hostnetwork-pods
#[control(since = "0.1.0", severity = Medium, practices = ["network-policy"])]
pub fn policy_for_host_network_pods(policy: NetworkPolicyAt<'_>, world: &World, out: &mut Report) {
    let policy = Policy::new(policy.object());
    let selector = policy.pod_selector();
    let pods = || world.network().pods_of_policy(policy);
    // A policy for all pods is for those to come as well.
    if selector.is_empty() || !Namespace::all_use_host_network(pods()) {
        return;
    }
    let names = some_names(pods().map(|pod| pod.object().name()));
    let mut finding =
        out.finding(selector.at(), format!("has no effect: {names} on the node's network is all it selects"));
    for pod in pods().take(3) {
        finding = finding.related(pod.get("hostNetwork"), "policies do not apply to this pod");
    }
}
