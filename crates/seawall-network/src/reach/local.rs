//! What the plan of a node asks of the engine: what one class may do, by address.

use super::atoms::Atom;
use super::table::{ALL, NONE, SetId};
use super::{Answer, Bound, End, Reach, Row};
use crate::address::number_of;
use crate::{Direction, Family, PortSet};
use core::net::IpAddr;
use std::sync::Arc;

/// A policy by kind, namespace and name.
pub(crate) type PolicyName<'e> = (&'e str, Option<&'e str>, &'e str);

impl Reach {
    /// Which ports of the one address are open to the other: as [`Reach::between`], for packets of one family.
    pub fn between_addresses(&self, from: IpAddr, to: IpAddr) -> Answer {
        let (source, target) = (self.end_of(from), self.end_of(to));
        let exempt = self.exempt(source, target);
        let set = |bound| {
            if exempt.is_some() {
                return ALL;
            }
            let (family, _) = number_of(from);
            let face = |end| self.faces(end, family).into_iter().next();
            match (face(source), face(target)) {
                (Some(source), Some(target)) if number_of(to).0 == family => {
                    self.between_faces(source, target, bound)
                }
                _ => NONE,
            }
        };
        let [sure, possible] = Bound::ALL.map(set).map(|set| self.ports(set));
        Answer { sure, possible, exempt }
    }

    /// The parts of the address space: first and last address, and the column.
    pub(crate) fn parts(&self, family: Family) -> impl Iterator<Item = (u128, u128, u32)> {
        let atoms = &self.space.atoms[family as usize];
        let part = |(number, atom): (usize, &Atom)| (atom.first, atoms.last(number), atom.column);
        atoms.list().iter().enumerate().map(part)
    }

    /// The class of a pod in a direction; `None` for pods that policies cannot select.
    pub(crate) fn class_of(&self, pod: usize, direction: Direction) -> Option<u32> {
        let group = self.pods.get(pod)?.group;
        let is_host = self.space.groups.get(group as usize)?.host_network;
        self.side(direction).classes.of.get(group as usize).copied().filter(|_| !is_host)
    }

    /// The column of a pod's address, if the pod is the one that the address leads to.
    pub(crate) fn column_of(&self, pod: usize, address: IpAddr, family: Family) -> Option<u32> {
        let group = self.pods.get(pod)?.group;
        let column = self.space.groups.get(group as usize)?.columns[family as usize];
        column.filter(|_| self.end_of(address) == End::Pod(pod))
    }

    /// What a class surely may, by column.
    pub(crate) fn sure_row(&self, direction: Direction, class: u32) -> Option<&Row> {
        self.row(direction, class, Bound::Sure)
    }

    /// The ports of a number.
    pub(crate) fn ports(&self, set: SetId) -> Arc<PortSet> {
        self.table().get(set)
    }

    /// The policies that make a class, each with whether it surely selects the pods.
    pub(crate) fn policies_of_class(
        &self,
        direction: Direction,
        class: u32,
    ) -> impl Iterator<Item = (PolicyName<'_>, bool)> {
        let class = self.side(direction).classes.list.get(class as usize);
        class.into_iter().flat_map(|class| &class.members).filter_map(|member| {
            let object = &self.policies.get(member.policy() as usize)?.as_ref()?.object;
            Some(((object.kind(), object.namespace(), object.name()), member.is_sure()))
        })
    }

    /// The named ports that make a class, where a rule asks for names.
    pub(crate) fn ports_of_class(&self, direction: Direction, class: u32) -> &super::pods::NamedPorts {
        const NO_PORTS: &super::pods::NamedPorts = &Vec::new();
        let class = self.side(direction).classes.list.get(class as usize);
        class.and_then(|class| self.space.ports.get(class.ports? as usize)).unwrap_or(NO_PORTS)
    }
}
