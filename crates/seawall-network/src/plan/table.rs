//! A table of nftables as data: what it can hold is what a plan needs, no more.

use crate::{Direction, Family, Protocol};
use core::net::IpAddr;
use std::collections::{BTreeMap, BTreeSet};

/// Which packets a table sees.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum TableFamily {
    /// IPv4 and IPv6 packets that the node forwards.
    Inet,
    /// Frames that a bridge of the node forwards.
    Bridge,
}

/// A table; all have the name `seawall`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Table {
    /// Names of counters.
    pub counters: BTreeSet<Box<str>>,
    /// Sets by name.
    pub sets: BTreeMap<Box<str>, Set>,
    /// Maps from an address to the chain that decides, by name.
    pub maps: BTreeMap<Box<str>, Map>,
    /// Chains by name.
    pub chains: BTreeMap<Box<str>, Chain>,
}

/// A set.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Set {
    /// What it holds.
    pub kind: SetKind,
    /// The family of its addresses.
    pub family: Family,
    /// Empty for [`SetKind::Replies`], which the kernel fills.
    pub elements: BTreeSet<Element>,
}

/// What a set holds.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum SetKind {
    /// One address with one port: a hash.
    Ports,
    /// Ranges of addresses with ranges of ports: intervals that do not overlap.
    PortRanges,
    /// Ranges of addresses to which everything is open: intervals that do not overlap.
    Open,
    /// Ways back of connections that were let through.
    Replies,
}

/// An element of a set: addresses, both ends included, and ports of one protocol, both ends included, where the set
/// is of ports.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Element {
    /// The first address.
    pub first: IpAddr,
    /// The last address.
    pub last: IpAddr,
    /// The protocol, and its first and last port.
    pub ports: Option<(Protocol, u16, u16)>,
}

/// A map from an address to the chain that decides for it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Map {
    /// The family of its addresses.
    pub family: Family,
    /// The name of the chain for each address.
    pub elements: BTreeMap<IpAddr, Box<str>>,
}

/// A chain.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Chain {
    /// Whether packets enter here, at the hook `forward`; other chains are called by rules.
    pub is_base: bool,
    /// From the first to the last.
    pub rules: Vec<Rule>,
}

/// A rule. A rule of a class' chain looks at the other end: the source for ingress, the destination for egress.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Rule {
    /// Packets of connections that were let through, and errors about them, pass. Packets that connection tracking
    /// calls invalid are judged as new ones: dropping them here would also cut traffic that no policy is about.
    Established,
    /// IPv6 neighbour discovery passes (ICMPv6 133 to 137): no address works without it.
    NeighbourDiscovery,
    /// Reports of multicast listeners pass (ICMPv6 130 to 132 and 143): a bridge that listens to them would not
    /// forward neighbour discovery otherwise.
    ListenerReports,
    /// Errors of ICMP pass: replies, as far as the bridge family can tell.
    Errors,
    /// What a bridge floods, and what uses addresses that belong to the link, is dropped: such a packet names no pod,
    /// so that nobody could say whether it may arrive.
    LinkTraffic,
    /// Packets whose addresses and ports are in a set of replies pass, and keep the entry alive.
    Replies(Family, Box<str>),
    /// The way back of what was let through is put into a set of replies.
    Remember(Family, Box<str>),
    /// Another chain is called.
    Jump(Box<str>),
    /// The chain for the pod's own address is gone to: the source for egress, the destination for ingress.
    Dispatch(Direction, Family, Box<str>),
    /// If address, protocol and port of the other end's connection are in a set, the direction allows it.
    AllowPorts(Direction, Family, Box<str>),
    /// If the address of the other end is in a set, the direction allows it, whatever the protocol.
    AllowAddresses(Direction, Family, Box<str>),
    /// Another chain is gone to.
    Goto(Box<str>),
    /// The packet is counted and dropped.
    Drop(Box<str>),
}
