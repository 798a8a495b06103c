use crate::support::network::default_deny;
use crate::{NamespaceAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::Direction;

/// # no-default-deny-egress
///
/// ## What it finds
/// A namespace in which no NetworkPolicy isolates the egress of every pod. However it is written, a policy (or a
/// pair of policies) that selects all pods counts.
///
/// ## Why it matters
/// A pod that no policy isolates may connect to everything: the internet, where stolen data goes and tools come
/// from, every other pod, and the metadata service of the cloud with the credentials of the node.
///
/// ## Fix
/// Add a NetworkPolicy with `podSelector: {}` and `policyTypes: [Egress]`, and beside it policies that allow name
/// lookups (UDP and TCP port 53 to the cluster's DNS) and what is needed. The network plugin must enforce policies.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-egress-traffic
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["network-policy", "team-isolation", "metadata-api"],
    cis = ["5.3.2"],
    aliases = ["CKV2_K8S_6", "polaris:missingNetworkPolicy", "kube-score:pod-networkpolicy"],
    group = "default-deny"
)]
pub fn no_default_deny_egress(namespace: NamespaceAt<'_>, world: &World, out: &mut Report) {
    default_deny(namespace, Direction::Egress, world, out);
}
