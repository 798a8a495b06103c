//! Two looks: what the one end may send, what the other may take.

use super::atoms::address_of;
use super::table::{ALL, NONE, Operation, SetId};
use super::{Bound, End, Reach};
use crate::address::number_of;
use crate::{Direction, Family, PortSet, Protocol};
use core::net::IpAddr;
use std::sync::Arc;

/// Why policies are not asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exempt {
    /// A pod cannot block access to itself.
    Loopback,
    /// A pod and its own node always reach each other.
    OwnNode,
    /// Neither end is a pod that policies can select.
    NoPod,
}

/// Which ports of one end the other reaches.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Surely.
    pub sure: Arc<PortSet>,
    /// Surely, or depending on what the input leaves open.
    pub possible: Arc<PortSet>,
    /// Why no policy was asked, if none was.
    pub exempt: Option<Exempt>,
}

impl Answer {
    /// Whether a port is open; `None`: it depends on what the input leaves open.
    pub fn allows(&self, protocol: Protocol, port: u16) -> Option<bool> {
        match (self.sure.contains(protocol, port), self.possible.contains(protocol, port)) {
            (true, _) => Some(true),
            (false, true) => None,
            (false, false) => Some(false),
        }
    }

    /// Whether any port is open.
    pub fn allows_any(&self) -> Option<bool> {
        match (self.sure.is_empty(), self.possible.is_empty()) {
            (false, _) => Some(true),
            (true, false) => None,
            (true, true) => Some(false),
        }
    }
}

/// An end of one family: its class per direction if policies can select it, and its column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Face {
    pub(crate) classes: Option<[u32; 2]>,
    pub(crate) column: u32,
}

impl Reach {
    /// Which ports of `to` are open to `from`. For `internet`: to or from at least one address outside.
    pub fn between(&self, from: End, to: End) -> Answer {
        if let Some(exempt) = self.exempt(from, to) {
            let all = self.table().get(ALL);
            return Answer { sure: all.clone(), possible: all, exempt: Some(exempt) };
        }
        let [sure, possible] = Bound::ALL.map(|bound| self.ids_between(from, to, bound));
        let table = self.table();
        Answer { sure: table.get(sure), possible: table.get(possible), exempt: None }
    }

    fn ids_between(&self, from: End, to: End, bound: Bound) -> SetId {
        let mut open = NONE;
        for family in Family::ALL {
            for source in self.faces(from, family) {
                for target in self.faces(to, family) {
                    let both = self.between_faces(source, target, bound);
                    open = self.table().combine(Operation::Unite, open, both, bound);
                    if open == ALL {
                        return ALL;
                    }
                }
            }
        }
        open
    }

    /// The ports that are open between two faces of one family.
    pub(crate) fn between_faces(&self, source: Face, target: Face, bound: Bound) -> SetId {
        let egress = self.side_set(Direction::Egress, source, target, bound);
        let ingress = self.side_set(Direction::Ingress, target, source, bound);
        if egress == ingress || ingress == ALL {
            return egress;
        }
        if egress == ALL || ingress == NONE {
            return ingress;
        }
        self.table().combine(Operation::Intersect, egress, ingress, bound)
    }

    /// What one side lets through.
    pub(crate) fn side_set(&self, direction: Direction, own: Face, other: Face, bound: Bound) -> SetId {
        let Some(classes) = own.classes else { return ALL };
        let row = self.row(direction, classes[direction as usize], bound);
        row.map_or(NONE, |row| row.get(other.column))
    }

    /// The faces of an end in a family: one for pods and addresses, one per part of the address space for the internet.
    pub(crate) fn faces(&self, end: End, family: Family) -> Vec<Face> {
        let outside = |column| Face { classes: None, column };
        let atoms = &self.space.atoms[family as usize];
        match end {
            End::Pod(pod) => {
                let group = self.pods.get(pod).map_or(u32::MAX, |pod| pod.group);
                self.face_of_group(group, family).into_iter().collect()
            }
            End::Address(address) => {
                let (own, number) = number_of(address);
                let atom = (own == family).then(|| atoms.list().get(atoms.find(number))).flatten();
                atom.into_iter().map(|atom| outside(atom.column)).collect()
            }
            End::Internet => {
                let numbers = (0..atoms.list().len()).filter(|&number| self.is_outside(family, number));
                numbers.filter_map(|number| Some(outside(atoms.list().get(number)?.column))).collect()
            }
        }
    }

    /// The face of a group of pods.
    pub(crate) fn face_of_group(&self, number: u32, family: Family) -> Option<Face> {
        let group = self.space.groups.get(number as usize)?;
        let column = group.columns[family as usize]?;
        let class = |direction| self.side(direction).classes.of.get(number as usize).copied();
        let classes = match group.host_network {
            true => None,
            false => Some([class(Direction::Ingress)?, class(Direction::Egress)?]),
        };
        Some(Face { classes, column })
    }

    /// Whether a part of the address space holds an address outside the cluster: the address of a pod alone is none.
    pub(crate) fn is_outside(&self, family: Family, atom: usize) -> bool {
        let atoms = &self.space.atoms[family as usize];
        let Some(first) = atoms.list().get(atom).map(|atom| atom.first) else { return false };
        first != atoms.last(atom) || !self.places.is_inside(address_of(family, first))
    }

    /// Why no policy is asked, if none is.
    pub fn exempt(&self, from: End, to: End) -> Option<Exempt> {
        let selectable = |end| match end {
            End::Pod(pod) => self
                .pods
                .get(pod)
                .and_then(|pod| self.space.groups.get(pod.group as usize))
                .is_some_and(|group| !group.host_network),
            _ => false,
        };
        match (selectable(from), selectable(to)) {
            (false, false) => Some(Exempt::NoPod),
            (true, true) => (from == to && self.dialect.loopback_is_exempt).then_some(Exempt::Loopback),
            (true, false) => self.is_own_node(from, to).then_some(Exempt::OwnNode),
            (false, true) => self.is_own_node(to, from).then_some(Exempt::OwnNode),
        }
    }

    /// Whether an address, or a pod on its node's network, is on the node of a pod.
    fn is_own_node(&self, pod: End, other: End) -> bool {
        let End::Pod(pod) = pod else { return false };
        let Some(pod) = self.pods.get(pod).filter(|_| self.dialect.own_node_is_exempt) else { return false };
        match other {
            End::Address(address) => {
                pod.host.contains(&address)
                    || pod.node().is_some_and(|node| self.places.node(node).contains(&address))
            }
            End::Pod(other) => self.pods.get(other).is_some_and(|other| {
                let by_name = pod.node().is_some() && pod.node() == other.node();
                by_name || other.addresses.iter().any(|address| pod.host.contains(address))
            }),
            End::Internet => false,
        }
    }

    /// The addresses outside the cluster that reach a pod's port, or that it reaches (`Egress`), as ranges with both
    /// ends included: surely, or possibly.
    pub fn addresses(
        &self,
        pod: usize,
        direction: Direction,
        port: Option<(Protocol, u16)>,
        possible: bool,
    ) -> Vec<(IpAddr, IpAddr)> {
        let bound = if possible { Bound::Possible } else { Bound::Sure };
        let mut found: Vec<(IpAddr, IpAddr)> = Vec::new();
        for family in Family::ALL {
            let Some(own) = self.faces(End::Pod(pod), family).into_iter().next() else { continue };
            let atoms = &self.space.atoms[family as usize];
            let mut open: Option<(u128, u128)> = None;
            let mut end = |range: Option<(u128, u128)>| {
                found
                    .extend(range.map(|(first, last)| (address_of(family, first), address_of(family, last))));
            };
            for (number, atom) in atoms.list().iter().enumerate() {
                let other = Face { classes: None, column: atom.column };
                let set = self.side_set(direction, own, other, bound);
                let set = self.table().get(set);
                let is_open = match port {
                    Some((protocol, port)) => set.contains(protocol, port),
                    None => !set.is_empty(),
                };
                let range =
                    (is_open && self.is_outside(family, number)).then(|| (atom.first, atoms.last(number)));
                open = match (open, range) {
                    (Some(open), Some(range)) => Some((open.0, range.1)),
                    (None, range) => range,
                    (open, None) => {
                        end(open);
                        None
                    }
                };
            }
            end(open);
        }
        found
    }
}
