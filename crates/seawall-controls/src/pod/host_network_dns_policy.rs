use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # host-network-dns-policy
///
/// ## What it finds
/// A pod on the node's network whose `dnsPolicy` is `ClusterFirst` or unset.
///
/// ## Why it matters
/// On the node's network `ClusterFirst` falls back to the node's own resolver: names of Services are asked of
/// servers outside the cluster, which learn them and may answer them.
///
/// ## Fix
/// Set `dnsPolicy: ClusterFirstWithHostNet`, or `Default` when that is what is meant.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy
#[control(
    since = "0.1.0",
    severity = Low,
    practices = [],
    fix = Unsafe
)]
pub fn host_network_dns_policy(pod: PodAt<'_>, _: &World, out: &mut Report) {
    let at = pod.get("dnsPolicy");
    if pod.get("hostNetwork").is_true()
        && matches!(at.str(), None | Some("" | "ClusterFirst"))
        && !pod.is_windows()
    {
        out.finding(at, "the pod asks the node's resolver for names of Services")
            .unsafe_fix("ask the cluster's name service", vec![at.set("ClusterFirstWithHostNet")]);
    }
}
