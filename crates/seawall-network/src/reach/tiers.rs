//! ClusterNetworkPolicy v1alpha2 and its predecessors AdminNetworkPolicy and BaselineAdminNetworkPolicy v1alpha1
//! (`kubernetes-sigs/network-policy-api`, `apis/v1alpha2/clusternetworkpolicy_types.go`,
//! `apis/v1alpha1/shared_types.go`).

use super::Bound;
use super::block::Block;
use super::compile::{Ports, Problems, add, note};
use super::rule::{Action, Compiled, CompiledPolicy, Tier};
use super::select::{Compiler, Pick};
use super::table::ALL;
use crate::address::number_of;
use crate::{Cidr, Direction, Family, PortSet, Protocol, parse_address};
use seawall_model::{At, LabelSelector, Labels, Object, WellKnown};
use std::sync::Arc;

/// The API group of the policies of the whole cluster that stand above and below NetworkPolicies.
pub const GROUP: &str = "policy.networking.k8s.io";
const PEERS: &str = "must have exactly one of the known fields: an unknown one matches nothing in Accept and everything in Deny";

/// The tier of an object that is a policy of the whole cluster.
pub(crate) fn tier_of(object: &Object) -> Option<Tier> {
    if object.group() != GROUP {
        return None;
    }
    match object.kind() {
        "AdminNetworkPolicy" => Some(Tier::Admin),
        "BaselineAdminNetworkPolicy" => Some(Tier::Baseline),
        "ClusterNetworkPolicy" => {
            match object.root().get("spec").and_then(|spec| spec.get("tier")).and_then(|tier| tier.as_str()) {
                Some("Admin") => Some(Tier::Admin),
                Some("Baseline") => Some(Tier::Baseline),
                // The API server refuses it; what it will be is not known. The last word is the safe side.
                _ => Some(Tier::Baseline),
            }
        }
        _ => None,
    }
}

/// Every range of addresses that a policy of the whole cluster names.
pub(crate) fn networks(object: &Arc<Object>) -> impl Iterator<Item = Cidr> + '_ {
    let rules = object.at().key("spec").key("egress").items();
    let peers = rules.flat_map(|rule| rule.key("to").items());
    let networks = peers.flat_map(|peer| peer.key("networks").items());
    networks.filter_map(|network| Cidr::parse(network.str().unwrap_or("")).ok())
}

/// Whether it names nodes.
pub(crate) fn names_nodes(object: &Arc<Object>) -> bool {
    let rules = object.at().key("spec").key("egress").items();
    rules.flat_map(|rule| rule.key("to").items()).any(|peer| peer.key("nodes").exists())
}

impl Compiler<'_> {
    /// A policy of the whole cluster.
    pub(crate) fn tier_policy(&mut self, object: &Arc<Object>, tier: Tier) -> CompiledPolicy {
        let spec = object.at().key("spec");
        let mut problems = Problems::new();
        if object.kind() == "ClusterNetworkPolicy"
            && !matches!(spec.key("tier").str(), Some("Admin" | "Baseline"))
        {
            add(&mut problems, spec.key("tier").nearest().id(), "must be `Admin` or `Baseline`");
        }
        let subject = spec.key("subject");
        let mut pick = self.pods(subject, &mut problems).unwrap_or_else(|| {
            add(&mut problems, subject.nearest().id(), "must have exactly one of `namespaces` and `pods`");
            Pick { sure: self.nothing().sure, possible: self.space.selectable.clone() }
        });
        if !problems.is_empty() {
            pick.sure = self.nothing().sure;
        }
        let rules = Direction::ALL.map(|direction| {
            let mut rules = spec.key(direction.field()).items().peekable();
            rules.peek()?;
            Some(rules.map(|rule| self.tier_rule(rule, direction, &mut problems)).collect())
        });
        let subject = self.matched(pick);
        let priority = spec.key("priority").int().unwrap_or(0);
        CompiledPolicy { object: object.clone(), tier, priority, subject, rules, problems }
    }

    fn tier_rule(&mut self, rule: At<'_>, direction: Direction, problems: &mut Problems) -> Compiled {
        let mut action = match rule.key("action").str() {
            Some("Accept" | "Allow") => Some(Action::Accept),
            Some("Deny") => Some(Action::Deny),
            Some("Pass") => Some(Action::Pass),
            _ => None,
        };
        let listed = rule.key(if direction == Direction::Ingress { "from" } else { "to" });
        let mut peers = self.nothing();
        let mut is_unknown = false;
        for peer in listed.items() {
            match self.tier_peer(peer, direction, problems) {
                Some(pick) => peers.unite(&pick),
                None => {
                    add(problems, peer.nearest().id(), PEERS);
                    is_unknown = true;
                }
            }
        }
        let mut ports = self.tier_ports(rule, problems);
        if is_unknown {
            // "Fail closed": an Accept matches nothing at all, Deny and Pass deny everything.
            match action {
                Some(Action::Accept) => peers = self.nothing(),
                _ => {
                    action = Some(Action::Deny);
                    peers = Pick {
                        sure: crate::Bits::all(self.space.len()),
                        possible: crate::Bits::all(self.space.len()),
                    };
                    ports = Ports { sure: ALL, possible: ALL, named: Vec::new() };
                }
            }
        }
        if action.is_none() {
            add(problems, rule.key("action").nearest().id(), "must be `Accept`, `Deny` or `Pass`");
            peers.sure = self.nothing().sure;
        }
        Compiled {
            action: action.unwrap_or(Action::Pass),
            peers: self.matched(peers),
            ports: ports.sure,
            possible_ports: ports.possible,
            named: ports.named,
            at: rule.nearest().id(),
        }
    }

    /// The pods of a subject or peer: `None` if neither field is there.
    fn pods(&self, at: At<'_>, problems: &mut Problems) -> Option<Pick> {
        if let Some(selector) = LabelSelector::new(at.key("namespaces")) {
            note(problems, selector);
            return Some(self.namespaces(selector));
        }
        let pods = at.key("pods");
        if !pods.exists() {
            return None;
        }
        let namespaces = LabelSelector::or_everything(pods.key("namespaceSelector"));
        let selector = LabelSelector::or_everything(pods.key("podSelector"));
        note(problems, namespaces);
        note(problems, selector);
        let mut pick = self.namespaces(namespaces);
        self.narrow(&mut pick, selector);
        Some(pick)
    }

    fn tier_peer(&mut self, peer: At<'_>, direction: Direction, problems: &mut Problems) -> Option<Pick> {
        if let Some(pick) = self.pods(peer, problems) {
            return Some(pick);
        }
        if direction == Direction::Ingress {
            return None;
        }
        let networks = peer.key("networks");
        if networks.exists() {
            let mut pick = self.nothing();
            for network in networks.items() {
                match Cidr::parse(network.str().unwrap_or("")) {
                    Ok(cidr) => self.add_block(&mut pick, &Block::whole(cidr)),
                    Err(_) => {
                        add(problems, network.nearest().id(), "must be a valid CIDR value");
                        pick.unite(&self.perhaps_all());
                    }
                }
            }
            return Some(pick);
        }
        if let Some(selector) = LabelSelector::new(peer.key("nodes")) {
            note(problems, selector);
            return Some(self.nodes(selector));
        }
        // Which addresses a name has is known to nobody who reads manifests.
        peer.key("domainNames").exists().then(|| self.outside(false))
    }

    /// The addresses of the nodes that a selector matches.
    fn nodes(&self, selector: LabelSelector<'_>) -> Pick {
        let mut pick = self.nothing();
        let mut any = false;
        for node in self.cluster.of(WellKnown::Node) {
            any = true;
            if selector.matches(Labels::of(node.at().get("metadata.labels"))) != Some(true) {
                continue;
            }
            for address in addresses_of_node(node) {
                let (family, number) = number_of(address);
                let cidr = Cidr { family, first: number, last: number, prefix: family.bits() };
                self.add_block(&mut pick, &Block::whole(cidr));
            }
        }
        if any { pick } else { self.outside(true) }
    }

    /// Possibly every address that is no pod's; also those of pods on their node's network.
    fn outside(&self, hosts: bool) -> Pick {
        let mut pick = self.nothing();
        for family in Family::ALL {
            for atom in self.space.atoms[family as usize].list() {
                pick.possible.insert(atom.column as usize);
            }
        }
        for group in self.space.groups.iter().filter(|group| hosts && group.host_network) {
            group.columns.iter().flatten().for_each(|&column| pick.possible.insert(column as usize));
        }
        pick
    }

    /// `protocols` of v1alpha2, `ports` of v1alpha1.
    fn tier_ports(&mut self, rule: At<'_>, problems: &mut Problems) -> Ports {
        let (new, old) = (rule.key("protocols"), rule.key("ports"));
        let mut entries = new.items().chain(old.items()).peekable();
        if entries.peek().is_none() {
            return Ports { sure: ALL, possible: ALL, named: Vec::new() };
        }
        let (mut named, mut ranges, mut refused) = (Vec::new(), Vec::new(), false);
        for entry in entries {
            let name = entry.key("destinationNamedPort").str().or_else(|| entry.key("namedPort").str());
            if let Some(name) = name {
                named.push((None, name.into()));
            } else if let Some(range) = protocol_range(entry).or_else(|| port_range(entry)) {
                ranges.push(range);
            } else {
                add(problems, entry.nearest().id(), "is no port that the API server would accept");
                refused = true;
            }
        }
        named.sort_unstable();
        named.dedup();
        let sure = self.table.intern(PortSet::of(ranges), Bound::Sure);
        Ports { sure, possible: if refused || self.table.is_full() { ALL } else { sure }, named }
    }
}

/// The addresses in a Node's status.
pub(crate) fn addresses_of_node(node: &Arc<Object>) -> impl Iterator<Item = core::net::IpAddr> + '_ {
    let addresses = node.at().get("status.addresses").items();
    addresses.filter_map(|entry| parse_address(entry.key("address").str()?))
}

fn number(at: At<'_>) -> Option<u16> {
    at.int().and_then(|port| u16::try_from(port).ok()).filter(|&port| port != 0)
}

/// v1alpha2: `tcp: {destinationPort: {number: 80}}` or `{range: {start: 1, end: 2}}`; nothing inside is every port.
fn protocol_range(entry: At<'_>) -> Option<(Protocol, u16, u16)> {
    let of = |protocol, key| Some((protocol, entry.key(key))).filter(|(_, at): &(_, At<'_>)| at.exists());
    let (protocol, at) = of(Protocol::Tcp, "tcp")
        .or_else(|| of(Protocol::Udp, "udp"))
        .or_else(|| of(Protocol::Sctp, "sctp"))?;
    let port = at.key("destinationPort");
    if !port.exists() {
        return Some((protocol, 1, u16::MAX));
    }
    if port.key("number").exists() {
        let port = number(port.key("number"))?;
        return Some((protocol, port, port));
    }
    ordered(protocol, port.key("range"), true)
}

/// v1alpha1: `portNumber: {protocol, port}` or `portRange: {protocol, start, end}`.
fn port_range(entry: At<'_>) -> Option<(Protocol, u16, u16)> {
    let (single, range) = (entry.key("portNumber"), entry.key("portRange"));
    let at = if single.exists() { single } else { range };
    let protocol = at.key("protocol").text().filter(|text| !text.is_empty()).unwrap_or("TCP");
    let protocol = Protocol::parse(protocol)?;
    if single.exists() {
        let port = number(single.key("port"))?;
        return Some((protocol, port, port));
    }
    ordered(protocol, range, false)
}

fn ordered(protocol: Protocol, range: At<'_>, strictly: bool) -> Option<(Protocol, u16, u16)> {
    let (start, end) = (number(range.key("start"))?, number(range.key("end"))?);
    (start < end || start == end && !strictly).then_some((protocol, start, end))
}
