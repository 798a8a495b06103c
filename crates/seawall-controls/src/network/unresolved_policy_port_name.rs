use crate::support::network::knows_pods;
use crate::{NetworkPolicyAt, World};
use seawall_controls_macros::control;
use seawall_model::{PodAt, Report};
use seawall_network::{Direction, Network, Policy, PortSpec, Protocol, Rule};

/// # unresolved-policy-port-name
///
/// ## What it finds
/// A named port in a NetworkPolicy rule that no container of the pods concerned has with that protocol: for ingress
/// those that the policy selects, for egress those that the peers mean. An address has no named ports at all.
///
/// ## Why it matters
/// The rule lets nothing through. The outage that follows is often ended by a rule that opens too much.
///
/// ## Fix
/// Name the port in the container's `ports` list, with the same protocol, or write the number.
///
/// ## References
/// - https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
#[control(since = "0.1.0", severity = Low, practices = ["network-policy", "application-ports"])]
pub fn unresolved_policy_port_name(policy: NetworkPolicyAt<'_>, world: &World, out: &mut Report) {
    let policy = Policy::new(policy.object());
    for rule in Direction::ALL.into_iter().flat_map(|direction| policy.rules(direction)) {
        for port in rule.ports() {
            let PortSpec::Named(protocol, name) = port.spec() else { continue };
            let whose = match rule.direction() {
                Direction::Ingress => of_selected(policy, protocol, name, world),
                Direction::Egress => of_peers(policy, rule, protocol, name, world),
            };
            if let Some(whose) = whose {
                out.finding(
                    port.at().key("port"),
                    format!("no {} port is called `{name}` {whose}", protocol.as_str()),
                );
            }
        }
    }
}

/// Pods looked at for one port, at most; beyond it nothing is said.
const MOST_PODS: usize = 200;

fn none_has<'a>(mut pods: impl Iterator<Item = PodAt<'a>>, protocol: Protocol, name: &str) -> Option<bool> {
    // Whether there are pods at all, and none of them has the port.
    let first = pods.next()?;
    let mut looked_at = 0;
    let found = std::iter::once(first).chain(pods.take(MOST_PODS)).any(|pod| {
        looked_at += 1;
        Network::named_port(pod, protocol, name).is_some()
    });
    Some(!found && looked_at <= MOST_PODS)
}

fn of_selected(policy: Policy<'_>, protocol: Protocol, name: &str, world: &World) -> Option<&'static str> {
    let namespace = world.network().namespace(policy.namespace())?;
    let known = knows_pods(namespace, world);
    (known && none_has(world.network().pods_of_policy(policy), protocol, name)?)
        .then_some("in the selected pods")
}

fn of_peers(
    policy: Policy<'_>,
    rule: Rule<'_>,
    protocol: Protocol,
    name: &str,
    world: &World,
) -> Option<&'static str> {
    let mut peers = rule.peers().peekable();
    peers.peek()?;
    if peers.clone().all(|peer| peer.ip_block().is_some()) {
        return Some("outside of pods: give addresses a number");
    }
    let mut any = false;
    for peer in peers {
        if peer.problem().is_some() {
            return None;
        }
        let (sure, possible) = world.network().namespaces_of_peer(policy, peer);
        // A selector of namespaces may mean others that are not in the input.
        let open = peer.namespace_selector().is_some_and(|selector| {
            !selector.requirements().any(|requirement| requirement.key == seawall_model::NAMESPACE_NAME_LABEL)
        });
        let complete = world.coverage().is_complete(seawall_model::WellKnown::Namespace, None);
        if !possible.is_empty() || open && !complete {
            return None;
        }
        for namespace in sure {
            if !knows_pods(namespace, world) {
                return None;
            }
            match none_has(world.network().pods_of_peer(namespace, peer), protocol, name) {
                Some(false) => return None,
                Some(true) => any = true,
                None => {}
            }
        }
    }
    any.then_some("in the pods that the rule is for")
}
