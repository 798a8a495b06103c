use crate::World;
use crate::support::reach::{MOST, has_policies, named, place};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::{Direction, Exposure, RangeText, Reach, ReachPod, Service, target_in};
use std::collections::HashSet;

/// # client-address-lost
///
/// ## What it finds
/// A Service of type NodePort or LoadBalancer without `externalTrafficPolicy: Local` that leads to pods whose policies
/// open the port to some addresses outside only.
///
/// ## Why it matters
/// Nodes put their own address in the place of the client's when they pass a connection on. The policy never sees the
/// addresses it lists: clients are refused, or everybody passes where the nodes' addresses are among them.
///
/// ## Fix
/// Set `externalTrafficPolicy: Local`, or limit the clients by `loadBalancerSourceRanges`.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/#preserving-the-client-source-ip
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/
#[control(since = "0.1.0", severity = Medium, practices = ["network-policy", "exposure"], fix = Unsafe)]
pub fn client_address_lost(world: &World, _: &World, out: &mut Report) {
    if !has_policies(world) {
        return;
    }
    let reach = world.reach();
    let mut seen = HashSet::new();
    for entry in reach.entries(world.network()) {
        let (Exposure::NodePort(service)
        | Exposure::LoadBalancer(service)
        | Exposure::InternalLoadBalancer(service)) = entry.through
        else {
            continue;
        };
        let at = service.get("externalTrafficPolicy");
        if at.str() == Some("Local") || !is_for_some_addresses(reach, entry.pod, service) {
            continue;
        }
        let place = place(service.object().at());
        if seen.len() < MOST && seen.insert(place) {
            let message = format!(
                "the policies of {} ask for the client's address, and nodes put theirs in its place",
                named(reach, entry.pod)
            );
            let mut finding = out.finding(if at.exists() { at } else { service.get("type") }, message);
            for rule in reach.rules_of(entry.pod, Direction::Ingress) {
                if let Some(block) =
                    rule.at.key("from").items().map(|peer| peer.key("ipBlock")).find(|at| at.exists())
                {
                    finding = finding.related(block.key("cidr"), "the addresses that it lists");
                    break;
                }
            }
            finding.unsafe_fix("keep the client's address", vec![at.set("Local")]);
        }
    }
}

/// Whether policies open a port of the Service to addresses outside, but not to all of them.
fn is_for_some_addresses(reach: &Reach, pod: usize, service: Service<'_>) -> bool {
    if !reach.isolates(pod, Direction::Ingress) {
        return false;
    }
    let Some(at) = reach.pods().get(pod).and_then(ReachPod::at) else { return false };
    service.ports().any(|port| {
        let asked = port.protocol.and_then(|protocol| target_in(at, protocol, port.target));
        let Some(asked) = asked else { return false };
        let open = reach.addresses(pod, Direction::Ingress, Some(asked), false);
        let is_whole = |&(first, last): &(_, _)| {
            matches!(RangeText(first, last).to_string().as_str(), "0.0.0.0/0" | "::/0")
        };
        !open.is_empty() && !open.iter().any(is_whole)
    })
}
