//! Where clouds hand out the credentials of a node.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The metadata service of a cloud: whoever reaches it can get the identity of the node.
#[derive(Clone, Copy, Debug)]
pub struct MetadataService {
    /// Whose it is.
    pub cloud: &'static str,
    /// The beginning of `spec.providerID` of nodes there; empty if several clouds use the address.
    pub provider: &'static str,
    /// Its address.
    pub address: IpAddr,
    /// The TCP port that answers.
    pub port: u16,
}

const fn v4(cloud: &'static str, provider: &'static str, a: u8, b: u8, c: u8, d: u8) -> MetadataService {
    MetadataService { cloud, provider, address: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), port: 80 }
}

/// The known metadata services, the most common first. The per-pod credential agents of EKS (169.254.170.23) and
/// the DNS cache of nodes (169.254.20.10) are none: pods need them.
pub fn metadata_services() -> &'static [MetadataService] {
    const SERVICES: &[MetadataService] = &[
        v4("AWS, Google Cloud, Azure, Oracle Cloud, OpenStack and others", "", 169, 254, 169, 254),
        MetadataService {
            cloud: "AWS",
            provider: "aws://",
            address: IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
            port: 80,
        },
        MetadataService {
            cloud: "Google Cloud",
            provider: "gce://",
            address: IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
            port: 80,
        },
        v4("Azure (WireServer)", "azure://", 168, 63, 129, 16),
        v4("Alibaba Cloud", "alicloud://", 100, 100, 100, 200),
    ];
    SERVICES
}
