use crate::support::network::{knows_pods, namespace_words, some_names};
use crate::{NetworkPolicyAt, World};
use seawall_controls_macros::control;
use seawall_model::{At, LabelSelector, Operator, Report, WellKnown};
use seawall_network::{Direction, Peer, Policy};

/// # dangling-network-policy-peer
///
/// ## What it finds
/// A peer of a NetworkPolicy that matches no pod, while the workloads of the namespaces it means are in the input; or
/// a `namespaceSelector` that asks for the name of a namespace in a label which that namespace does not have.
///
/// ## Why it matters
/// The connection that the rule was written for is denied. That is mostly noticed as an outage, and then "mended"
/// by a rule that opens too much.
///
/// ## Fix
/// Use the labels that the peer's pod template and its namespace really have. Every namespace has
/// `kubernetes.io/metadata.name` with its name as value.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-namespace-by-its-name
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["network-policy"],
    aliases = ["kube-linter:dangling-networkpolicypeer-podselector"],
    fix = Unsafe
)]
pub fn dangling_network_policy_peer(policy: NetworkPolicyAt<'_>, world: &World, out: &mut Report) {
    let policy = Policy::new(policy.object());
    for rule in Direction::ALL.into_iter().flat_map(|direction| policy.rules(direction)) {
        for peer in rule.peers().filter(|peer| peer.is_pods()) {
            look_at(policy, peer, world, out);
        }
    }
}

fn look_at(policy: Policy<'_>, peer: Peer<'_>, world: &World, out: &mut Report) {
    let refused =
        |selector: Option<LabelSelector<'_>>| selector.is_some_and(|selector| selector.problem().is_some());
    if refused(peer.namespace_selector()) || refused(peer.pod_selector()) {
        return;
    }
    let (sure, possible) = world.network().namespaces_of_peer(policy, peer);
    let all_known = world.coverage().is_complete(WellKnown::Namespace, None);
    if let Some(selector) = peer.namespace_selector() {
        if sure.is_empty() {
            if all_known && possible.is_empty() {
                out.finding(selector.at(), "matches no namespace");
            } else if let Some((at, name)) = misnamed(selector, world) {
                let right = format!("matchLabels:\n  kubernetes.io/metadata.name: {name}");
                let alone = selector.requirements().nth(1).is_none();
                let finding = out.finding(at, format!("namespace `{name}` has no such label"));
                if alone {
                    finding
                        .unsafe_fix("use the label that every namespace has", vec![selector.at().set(right)]);
                }
            }
            return;
        }
        // Further namespaces may exist elsewhere; an explicit name is the one that is meant.
        let named =
            selector.requirements().any(|requirement| requirement.key == seawall_model::NAMESPACE_NAME_LABEL);
        if !possible.is_empty() || !(all_known || named) {
            return;
        }
    }
    let matches = |namespace| world.network().pods_of_peer(namespace, peer).next().is_some();
    let known = sure.iter().all(|namespace| knows_pods(namespace, world));
    if let (Some(selector), true) =
        (peer.pod_selector(), known && !sure.iter().any(|namespace| matches(namespace)))
        && !selector.is_empty()
    {
        let words = match sure.as_slice() {
            [only] => namespace_words(only.name()),
            several => {
                format!("namespaces {}", some_names(several.iter().filter_map(|namespace| namespace.name())))
            }
        };
        out.finding(selector.at(), format!("matches no workload of {words}"));
    }
}

/// The name of a namespace in the input that a selector asks for in a label of another name.
fn misnamed<'a>(selector: LabelSelector<'a>, world: &World) -> Option<(At<'a>, &'a str)> {
    selector.requirements().find_map(|requirement| {
        let mut values = requirement.values();
        let (Some(name), None) = (values.next(), values.next()) else { return None };
        let exists = world.cluster().find(WellKnown::Namespace, None, name).is_some();
        (requirement.operator == Some(Operator::In) && exists).then_some((requirement.at, name))
    })
}
