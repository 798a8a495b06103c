use crate::support::network::{knows_pods, namespace_words};
use crate::{NetworkPolicyAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};
use seawall_network::Policy;

/// # dangling-network-policy
///
/// ## What it finds
/// A NetworkPolicy whose `podSelector` matches no workload of its namespace, while workloads of that namespace are in
/// the input. Namespaces with custom resources that may run pods of their own are left undecided.
///
/// ## Why it matters
/// The policy protects nothing. Mostly a label was renamed or misspelt, and the pods it was written for are open.
///
/// ## Fix
/// Make the selector match the labels in the workload's pod template, or remove the policy.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["network-policy"],
    aliases = ["kube-linter:dangling-networkpolicy", "kube-score:networkpolicy-targets-pod"]
)]
pub fn dangling_network_policy(policy: NetworkPolicyAt<'_>, world: &World, out: &mut Report) {
    let policy = Policy::new(policy.object());
    let Some(namespace) = world.network().namespace(policy.namespace()) else { return };
    let selector = policy.pod_selector();
    if selector.is_empty()
        || selector.problem().is_some()
        || world.network().pods_of_policy(policy).next().is_some()
    {
        return;
    }
    let words = namespace_words(policy.namespace());
    if knows_pods(namespace, world) {
        out.finding(selector.at(), format!("selects no workload of {words}"));
    } else if let (true, Some(maker)) = (namespace.has_pods(), namespace.may_have_more_pods()) {
        let kind = maker.object().kind();
        out.unknown(
            selector.at(),
            format!("selects no workload of {words} that is in the input"),
            format!(
                "whether the controller of {kind} `{}` makes pods with these labels",
                maker.object().name()
            ),
        )
        .severity(Severity::Low);
    }
}
