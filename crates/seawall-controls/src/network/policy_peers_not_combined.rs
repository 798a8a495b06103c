use crate::{NetworkPolicyAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::{Direction, Peer, Policy};

/// # policy-peers-not-combined
///
/// ## What it finds
/// Two list items of a NetworkPolicy rule, one with only a `namespaceSelector` and one with only a `podSelector`,
/// where one item with both must have been meant: the first already lets in all that the second does, or the second
/// matches pods there only and none in the policy's own namespace.
///
/// ## Why it matters
/// Items of a list are alternatives. Instead of "these pods of those namespaces" the rule means "every pod of those
/// namespaces, and these pods here": one dash too many opens the pods to whole namespaces.
///
/// ## Fix
/// Remove the dash before the second selector, so that both stand in one item.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors
#[control(since = "0.1.0", severity = Medium, practices = ["network-policy", "team-isolation"])]
pub fn policy_peers_not_combined(policy: NetworkPolicyAt<'_>, world: &World, out: &mut Report) {
    let policy = Policy::new(policy.object());
    for rule in Direction::ALL.into_iter().flat_map(|direction| policy.rules(direction)) {
        let peers: Vec<Peer<'_>> = rule.peers().collect();
        for pair in peers.windows(2) {
            let &[one, other] = pair else { continue };
            // The order of the two selectors does not matter to whoever writes them.
            let ordered = if one.namespace_selector().is_some() { (one, other) } else { (other, one) };
            if let Some(reason) = mistaken(policy, ordered.0, ordered.1, world) {
                out.finding(
                    ordered.0.at().key("namespaceSelector"),
                    format!("lets in whole namespaces: {reason}"),
                )
                .related(
                    ordered.1.at().key("podSelector"),
                    "an alternative of its own, not a further condition",
                );
            }
        }
    }
}

fn mistaken(policy: Policy<'_>, namespaces: Peer<'_>, pods: Peer<'_>, world: &World) -> Option<&'static str> {
    let shape = namespaces.is_pods()
        && namespaces.pod_selector().is_none()
        && pods.is_pods()
        && pods.namespace_selector().is_none();
    let (wide, narrow) = (namespaces.namespace_selector()?, pods.pod_selector()?);
    if !shape || narrow.is_empty() {
        return None;
    }
    if wide.is_empty() {
        return Some("the empty selector matches all of them, so the podSelector beside it adds nothing");
    }
    let network = world.network();
    let own = network.namespace(policy.namespace())?;
    let (sure, _) = network.namespaces_of_peer(policy, namespaces);
    if sure.iter().any(|namespace| std::ptr::eq(*namespace, own)) {
        return Some("the policy's own is among them, so the podSelector beside it adds nothing");
    }
    let here = own.has_pods() && network.pods_of_peer(own, pods).next().is_none();
    let there = sure.iter().any(|namespace| network.pods_of_peer(namespace, pods).next().is_some());
    (here && there)
        .then_some("the podSelector beside it matches pods there only, and none in its own namespace")
}
