//! Who can talk to whom? NetworkPolicy exactly as upstream defines it, Services, and what exposes a pod.
//!
//! [`Policy`] reads one NetworkPolicy from its tree with the API server's defaults; [`Network`] knows all of them
//! together with the pods, namespaces, Services, Ingresses and routes of a cluster. Pure.
//!
//! Where upstream leaves something open (`k8s.io/website` "NetworkPolicy and hostNetwork pods"), the common
//! behaviour is taken: a pod on its node's network is neither selected by policies nor a peer of theirs. An
//! `ipBlock` matches pod addresses too, as upstream's own tests expect.

mod address;
mod bits;
mod cloud;
mod container_port;
mod cover;
mod endpoints;
mod exposure;
mod generate;
mod index;
mod kinds;
mod metadata;
mod namespace;
mod network;
pub mod plan;
mod plugin;
mod policy;
mod ports;
mod reach;
mod service;
mod union;

pub use address::{Cidr, CidrError, Family, parse_address};
pub use bits::Bits;
pub use cloud::{MetadataService, metadata_services};
pub use container_port::{ContainerPort, declared_ports, is_probed, service_targets, target_in};
pub use cover::{Needless, needless_policies, needless_rules};
pub use endpoints::Endpoint;
pub use exposure::Exposure;
pub use generate::{
    Flow, FlowEnd, FlowError, Flows, Generated, GeneratedPolicy, Missing, Proof, Side, Wanted, declared,
    generate, name_lookups, prove,
};
pub use index::{LabelIndex, Matches};
pub use metadata::{MetadataProxy, metadata_hop_limit, metadata_proxies};
pub use namespace::Namespace;
pub use network::Network;
pub use plugin::{Plugin, enforces, plugins};
pub use policy::{Direction, IpBlock, Peer, Policy, PolicyPort, PortSpec, Rule};
pub use ports::{PortSet, Protocol};
pub use reach::{
    Action, Answer, Connection, ConnectionChange, ConnectionDifference, ConnectionEnd, ConnectionPorts,
    Connections, Dialect, End, Entry, Exempt, Explained, Goal, HeldRule, Landmark, OpenTo, Party,
    PolicyProblem, PolicyVerdict, RangeText, Reach, ReachError, ReachPod, RefusedRule, RuleVerdict,
    SideExplained, TIER_GROUP, Tier, Totals, Undone, Workload,
};
pub use service::{Service, ServicePort, Target};
pub use union::Union;

#[cfg(test)]
mod tests;
