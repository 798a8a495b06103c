use crate::{NetworkPolicyAt, World};
use seawall_controls_macros::control;
use seawall_model::{LabelSelector, Report};
use seawall_network::{Direction, Policy};

/// # invalid-policy-peer
///
/// ## What it finds
/// A NetworkPolicy with a peer or a selector that the API server refuses: an empty peer, an `ipBlock` beside a
/// selector, a selector with an unknown operator or with missing or superfluous values; or with a policy type that
/// does not exist.
///
/// ## Why it matters
/// The API server refuses the whole policy. Where the error is overlooked, the pods stay as open as before.
///
/// ## Fix
/// Give each peer either an `ipBlock` or selectors. For everyone leave the list out; for all pods of all namespaces
/// write `namespaceSelector: {}`.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors
#[control(since = "0.1.0", severity = Medium, practices = ["network-policy"])]
pub fn invalid_policy_peer(policy: NetworkPolicyAt<'_>, _: &World, out: &mut Report) {
    let policy = Policy::new(policy.object());
    let selector = |selector: LabelSelector<'_>, out: &mut Report| {
        if let Some((at, reason)) = selector.problem() {
            out.finding(at, format!("the API server refuses the policy: {reason}"));
        }
    };
    selector(policy.pod_selector(), out);
    for kind in policy.get("policyTypes").items() {
        if !Direction::ALL.iter().any(|direction| kind.str() == Some(direction.as_str())) {
            out.finding(kind, "the API server refuses the policy: supported values: \"Ingress\", \"Egress\"");
        }
    }
    for rule in Direction::ALL.into_iter().flat_map(|direction| policy.written_rules(direction)) {
        for peer in rule.peers() {
            if let Some(reason) = peer.problem() {
                out.finding(peer.at(), format!("the API server refuses the policy: {reason}"));
            }
            for part in [peer.namespace_selector(), peer.pod_selector()].into_iter().flatten() {
                selector(part, out);
            }
        }
    }
}
