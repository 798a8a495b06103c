//! One NetworkPolicy, read from its tree with the API server's defaults and refusals
//! (`pkg/apis/networking/v1/defaults.go`, `pkg/apis/networking/validation`).

use crate::{Cidr, CidrError, PortSet, Protocol};
use core::net::IpAddr;
use seawall_model::{At, LabelSelector, Object};
use std::sync::Arc;

/// The way of a connection, seen from the selected pod.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Direction {
    /// To the pod.
    Ingress,
    /// From the pod.
    Egress,
}

impl Direction {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ingress, Self::Egress];

    /// The word in `policyTypes`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ingress => "Ingress",
            Self::Egress => "Egress",
        }
    }

    /// The field that holds the rules.
    pub fn field(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }

    fn peers_field(self) -> &'static str {
        match self {
            Self::Ingress => "from",
            Self::Egress => "to",
        }
    }
}

/// A NetworkPolicy.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    object: &'a Arc<Object>,
}

impl<'a> Policy<'a> {
    /// The policy in this object, which should be a NetworkPolicy.
    pub fn new(object: &'a Arc<Object>) -> Self {
        Self { object }
    }

    /// The object.
    pub fn object(self) -> &'a Arc<Object> {
        self.object
    }

    /// The namespace whose pods it selects.
    pub fn namespace(self) -> Option<&'a str> {
        self.object.namespace()
    }

    /// A field of its spec.
    pub fn get(self, path: &'a str) -> At<'a> {
        self.object.at().key("spec").get(path)
    }

    /// Which pods of its namespace it is for. Missing is empty: all of them.
    pub fn pod_selector(self) -> LabelSelector<'a> {
        LabelSelector::or_everything(self.get("podSelector"))
    }

    /// Whether it isolates the pods that it selects. Without `policyTypes` it always isolates ingress, and egress
    /// only if it has egress rules: `egress: []` does not count.
    pub fn isolates(self, direction: Direction) -> bool {
        let types = self.get("policyTypes");
        if types.items().next().is_some() {
            return types.contains(direction.as_str());
        }
        direction == Direction::Ingress || self.get("egress").items().next().is_some()
    }

    /// The rules written for a direction, whether or not the policy isolates it.
    pub fn written_rules(self, direction: Direction) -> impl Iterator<Item = Rule<'a>> + Clone {
        self.get(direction.field()).items().map(move |at| Rule { at, direction })
    }

    /// The rules that have an effect in a direction: none if it is not isolated.
    pub fn rules(self, direction: Direction) -> impl Iterator<Item = Rule<'a>> + Clone {
        let counts = self.isolates(direction);
        self.written_rules(direction).take_while(move |_| counts)
    }
}

/// One rule: what it lets through are these peers on these ports.
#[derive(Clone, Copy, Debug)]
pub struct Rule<'a> {
    at: At<'a>,
    direction: Direction,
}

impl<'a> Rule<'a> {
    /// Where it stands.
    pub fn at(self) -> At<'a> {
        self.at
    }

    /// Its direction.
    pub fn direction(self) -> Direction {
        self.direction
    }

    /// Where its peers stand, or would.
    pub fn peers_at(self) -> At<'a> {
        self.at.key(self.direction.peers_field())
    }

    /// Whether it is for everyone: no peer is listed.
    pub fn is_for_everyone(self) -> bool {
        self.peers_at().items().next().is_none()
    }

    /// The listed peers.
    pub fn peers(self) -> impl Iterator<Item = Peer<'a>> + Clone {
        self.peers_at().items().map(|at| Peer { at })
    }

    /// Whether it is for every port of every protocol because no port is listed.
    pub fn is_for_all_ports(self) -> bool {
        self.at.key("ports").items().next().is_none()
    }

    /// The listed ports.
    pub fn ports(self) -> impl Iterator<Item = PolicyPort<'a>> + Clone {
        self.at.key("ports").items().map(|at| PolicyPort { at })
    }

    /// The ports it opens. Named ports count as `resolve` says: to no port where the peer is an address, and by the
    /// destination pod's containers otherwise.
    pub fn port_set(self, mut resolve: impl FnMut(Protocol, &str) -> Option<u16>) -> PortSet {
        if self.is_for_all_ports() {
            return PortSet::all();
        }
        PortSet::of(self.ports().filter_map(|port| match port.spec() {
            PortSpec::Range(protocol, first, last) => Some((protocol, first, last)),
            PortSpec::Named(protocol, name) => resolve(protocol, name).map(|port| (protocol, port, port)),
            PortSpec::Refused(..) => None,
        }))
    }

    /// Whether the rule's peers hold an address that belongs to no pod.
    pub fn is_for_address(self, address: IpAddr) -> bool {
        self.is_for_everyone()
            || self.peers().any(|peer| peer.ip_block().is_some_and(|block| block.contains(address)))
    }
}

/// One entry of `from` or `to`.
#[derive(Clone, Copy, Debug)]
pub struct Peer<'a> {
    at: At<'a>,
}

impl<'a> Peer<'a> {
    /// Where it stands.
    pub fn at(self) -> At<'a> {
        self.at
    }

    /// Which namespaces' pods are meant; `None`: the policy's own namespace.
    pub fn namespace_selector(self) -> Option<LabelSelector<'a>> {
        LabelSelector::new(self.at.key("namespaceSelector"))
    }

    /// Which pods of those namespaces are meant; `None`: all of them.
    pub fn pod_selector(self) -> Option<LabelSelector<'a>> {
        LabelSelector::new(self.at.key("podSelector"))
    }

    /// Whether it means pods.
    pub fn is_pods(self) -> bool {
        let selects = self.namespace_selector().is_some() || self.pod_selector().is_some();
        selects && !self.at.key("ipBlock").exists()
    }

    /// The addresses it means, if it is an ipBlock alone.
    pub fn ip_block(self) -> Option<IpBlock<'a>> {
        let alone = self.namespace_selector().is_none() && self.pod_selector().is_none();
        let at = self.at.key("ipBlock");
        (alone && at.exists()).then_some(IpBlock { at })
    }

    /// Why the API server would refuse it.
    pub fn problem(self) -> Option<&'static str> {
        let block = self.at.key("ipBlock").exists();
        let selects = self.namespace_selector().is_some() || self.pod_selector().is_some();
        match (block, selects) {
            (false, false) => Some("must specify a peer"),
            (true, true) => Some("may not specify both ipBlock and another peer"),
            _ => None,
        }
    }
}

/// A range of addresses without some parts.
#[derive(Clone, Copy, Debug)]
pub struct IpBlock<'a> {
    at: At<'a>,
}

impl<'a> IpBlock<'a> {
    /// Where it stands.
    pub fn at(self) -> At<'a> {
        self.at
    }

    /// Where the range stands.
    pub fn cidr_at(self) -> At<'a> {
        self.at.key("cidr")
    }

    /// The range.
    pub fn cidr(self) -> Result<Cidr, CidrError> {
        Cidr::parse(self.cidr_at().str().unwrap_or(""))
    }

    /// The parts left out, each with its place.
    pub fn except(self) -> impl Iterator<Item = (At<'a>, Result<Cidr, CidrError>)> + Clone {
        self.at.key("except").items().map(|at| (at, Cidr::parse(at.str().unwrap_or(""))))
    }

    /// Whether an address is in it.
    pub fn contains(self, address: IpAddr) -> bool {
        self.cidr().is_ok_and(|cidr| cidr.contains(address))
            && !self.except().any(|(_, except)| except.is_ok_and(|except| except.contains(address)))
    }
}

/// One entry of `ports`.
#[derive(Clone, Copy, Debug)]
pub struct PolicyPort<'a> {
    at: At<'a>,
}

/// What an entry of `ports` means.
#[derive(Clone, Copy, Debug)]
pub enum PortSpec<'a> {
    /// These ports, both ends included.
    Range(Protocol, u16, u16),
    /// The container port of this name and protocol.
    Named(Protocol, &'a str),
    /// The API server would refuse it: where, and why.
    Refused(At<'a>, &'static str),
}

impl<'a> PolicyPort<'a> {
    /// Where it stands.
    pub fn at(self) -> At<'a> {
        self.at
    }

    /// What it means.
    pub fn spec(self) -> PortSpec<'a> {
        let (protocol, port, end) = (self.at.key("protocol"), self.at.key("port"), self.at.key("endPort"));
        let parsed =
            if protocol.exists() { protocol.text().and_then(Protocol::parse) } else { Some(Protocol::Tcp) };
        let Some(parsed) = parsed else {
            return PortSpec::Refused(protocol, "supported values: \"TCP\", \"UDP\", \"SCTP\"");
        };
        if !port.exists() {
            return match end.exists() {
                true => PortSpec::Refused(end, "may not be specified when `port` is not specified"),
                false => PortSpec::Range(parsed, 1, u16::MAX),
            };
        }
        if let Some(name) = port.str() {
            return match (end.exists(), port_name_problem(name)) {
                (true, _) => PortSpec::Refused(end, "may not be specified when `port` is non-numeric"),
                (false, Some(problem)) => PortSpec::Refused(port, problem),
                (false, None) => PortSpec::Named(parsed, name),
            };
        }
        let Some(first) = port.int().and_then(valid_port) else {
            return PortSpec::Refused(port, "must be between 1 and 65535, inclusive");
        };
        if !end.exists() {
            return PortSpec::Range(parsed, first, first);
        }
        match end.int().and_then(valid_port) {
            None => PortSpec::Refused(end, "must be between 1 and 65535, inclusive"),
            Some(last) if last < first => PortSpec::Refused(end, "must be greater than or equal to `port`"),
            Some(last) => PortSpec::Range(parsed, first, last),
        }
    }
}

fn valid_port(port: i64) -> Option<u16> {
    u16::try_from(port).ok().filter(|&port| port != 0)
}

/// Why a text is no port name (`k8s.io/apimachinery/pkg/util/validation` `IsValidPortName`).
fn port_name_problem(name: &str) -> Option<&'static str> {
    if name.len() > 15 {
        Some("must be no more than 15 characters")
    } else if !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        Some("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    } else if !name.bytes().any(|b| b.is_ascii_lowercase()) {
        Some("must contain at least one letter (a-z)")
    } else if name.contains("--") {
        Some("must not contain consecutive hyphens")
    } else if name.starts_with('-') || name.ends_with('-') {
        Some("must not begin or end with a hyphen")
    } else {
        None
    }
}
