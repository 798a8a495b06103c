use crate::support::capabilities::report_added;
use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # capability-net-raw
///
/// ## What it finds
/// A container that adds the capability NET_RAW.
///
/// ## Why it matters
/// Raw sockets forge packets: ARP and DNS answers that turn the traffic of other pods on the node to this one, from
/// addresses that are not its own.
///
/// ## Fix
/// Remove it. `ping` works without it where `net.ipv4.ping_group_range` covers the group, which container runtimes
/// set.
///
/// ## References
/// - https://man7.org/linux/man-pages/man7/capabilities.7.html
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "container-privileges", "network-policy"],
    cis = ["5.2.8"],
    pss = "baseline",
    aliases = ["KSV-0119", "CKV_K8S_28", "kube-linter:drop-net-raw-capability"],
    fix = Unsafe
)]
pub fn capability_net_raw(pod: PodAt<'_>, world: &World, out: &mut Report) {
    report_added(pod, world, out, "NET_RAW");
}
