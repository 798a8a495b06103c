use crate::support::network::default_deny;
use crate::{NamespaceAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::Direction;

/// # no-default-deny-ingress
///
/// ## What it finds
/// A namespace in which no NetworkPolicy isolates the ingress of every pod. However it is written, a policy (or a
/// pair of policies) that selects all pods counts.
///
/// ## Why it matters
/// A pod that no policy isolates accepts connections from every pod of the cluster. Whoever gets into any pod, of
/// any team, can then reach its databases, caches and unauthenticated administration ports.
///
/// ## Fix
/// Add a NetworkPolicy with `podSelector: {}` and `policyTypes: [Ingress]`, and beside it policies that allow what is
/// needed. The network plugin of the cluster must enforce policies.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-traffic
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["network-policy", "team-isolation"],
    cis = ["5.3.2"],
    aliases = ["CKV2_K8S_6", "kube-linter:non-isolated-pod", "polaris:missingNetworkPolicy", "kube-score:pod-networkpolicy"],
    group = "default-deny"
)]
pub fn no_default_deny_ingress(namespace: NamespaceAt<'_>, world: &World, out: &mut Report) {
    default_deny(namespace, Direction::Ingress, world, out);
}
