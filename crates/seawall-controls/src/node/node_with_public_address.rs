use crate::{NodeAt, World};
use core::net::IpAddr;
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::parse_address;

/// # node-with-public-address
///
/// ## What it finds
/// A node that has a public address (`status.addresses` of type ExternalIP, or an InternalIP outside the private
/// ranges).
///
/// ## Why it matters
/// The kubelet, SSH and every NodePort and host port can be reached from the internet, unless a firewall that
/// Kubernetes does not know of stands before the node.
///
/// ## Fix
/// Give nodes private addresses only, and send their own connections through a NAT gateway.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/security-checklist/#network-security
#[control(since = "0.1.0", severity = Medium, practices = ["exposure", "cloud", "kubelet"])]
pub fn node_with_public_address(node: NodeAt<'_>, _: &World, out: &mut Report) {
    let public = node.get("status.addresses").items().find(|entry| {
        matches!(entry.key("type").str(), Some("ExternalIP" | "InternalIP"))
            && entry.key("address").str().and_then(parse_address).is_some_and(is_public)
    });
    let Some(entry) = public else { return };
    out.finding(entry.key("address"), "the node has a public address");
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            // 100.64.0.0/10 is shared by carriers and used inside clouds.
            let shared = first == 100 && (second & 0xC0) == 64;
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_documentation()
                || address.is_unspecified()
                || shared)
        }
        // Only 2000::/3 is global; nodes have such addresses in private clouds too, so IPv6 says nothing.
        IpAddr::V6(_) => false,
    }
}
