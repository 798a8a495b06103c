//! What one node has to enforce, as a program of nftables: for each class of pods on the node one chain with sets of
//! what it may, so that a new connection costs a few looks whatever the number of policies and pods.
//!
//! The engine has decided everything: policies of all tiers, named ports, ranges without their holes. What is not sure
//! is not allowed. Two things need no rule, since only the hook `forward` is used: a pod reaches itself, and a pod
//! and its own node reach each other.
//!
//! A packet without ports (ICMP, say) is let through in a direction only where every port of every protocol is open to
//! the other end; upstream leaves such packets to the implementation (`k8s.io/website` "NetworkPolicy").

mod build;
mod change;
mod class;
mod names;
mod table;
mod text;

pub use change::{Change, ChangeError, Step};
pub use table::{Chain, Element, Map, Rule, Set, SetKind, Table, TableFamily};

use std::collections::BTreeMap;

/// How pods are connected to their node.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PodNetwork {
    /// Each has a link of its own, and the node routes between them.
    Routed,
    /// They are ports of a bridge, and the node's forward hook sees what it bridges: both
    /// `net.bridge.bridge-nf-call-iptables` and `net.bridge.bridge-nf-call-ip6tables` are 1.
    BridgedFiltered,
    /// They are ports of a bridge, and only the bridge family sees what it bridges. Kernels may lack connection tracking
    /// there, so that the table remembers ways back itself: for TCP, UDP and SCTP. Other protocols pass only where both
    /// directions are open, and a fragment other than the first only where everything is open.
    Bridged,
}

/// The program of a node.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// The tables.
    pub tables: BTreeMap<TableFamily, Table>,
}

/// The program of a node, and which of its pods are not in it as their policies say.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NodePlan {
    /// The program.
    pub plan: Plan,
    /// Pods, by their number in [`Reach::pods`](crate::Reach::pods), whose policies would take too many elements in
    /// some direction: there everything is shut.
    pub shut: Vec<usize>,
    /// Pods whose address is not known yet: no rule can be about them.
    pub waiting: Vec<usize>,
}

impl Plan {
    /// The program that has nothing.
    pub const EMPTY: Self = Self { tables: BTreeMap::new() };

    /// How many elements all sets and maps have.
    pub fn size(&self) -> usize {
        let of_table = |table: &Table| {
            table.sets.values().map(|set| set.elements.len()).sum::<usize>()
                + table.maps.values().map(|map| map.elements.len()).sum::<usize>()
        };
        self.tables.values().map(of_table).sum()
    }
}
