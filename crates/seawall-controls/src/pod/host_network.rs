use crate::support::pod_security::offences;
use crate::{PodAt, World};
use seawall_admission::pod_security::HOST_NAMESPACES;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # host-network
///
/// ## What it finds
/// A pod with `hostNetwork: true`.
///
/// ## Why it matters
/// The pod sees every interface of the node: it can listen to other pods' traffic, reach services bound to the
/// node's loopback address (kubelet, etcd, cloud agents, the metadata API with the node's identity), and
/// NetworkPolicies do not apply to it.
///
/// ## Fix
/// Remove the field and publish the ports through a Service. Network plugins and node agents that need it belong in
/// a namespace of their own with a privileged Pod Security level.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["pod-security", "network-policy", "metadata-api"],
    cis = ["5.2.5"],
    pss = "baseline",
    aliases = ["KSV-0009", "CKV_K8S_19", "kube-linter:host-network", "polaris:hostNetworkSet"],
    fix = Unsafe
)]
pub fn host_network(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for offence in offences(pod, &HOST_NAMESPACES, world) {
        if offence.field == "hostNetwork" {
            out.finding(offence.at, "the pod uses the node's network namespace")
                .unsafe_fix("use a namespace of its own", vec![offence.at.set("false")]);
        }
    }
}
