//! One policy changes: only the classes that it is or was in are looked at again.

use super::classes::{Class, Member, asks_for_names, each_group};
use super::rule::{CompiledPolicy, Copies};
use super::set::Sets;
use super::space::Column;
use super::{Direction, Family, OnceLock, Reach, Side, cuts_of_policy, is_uncertain, tiers};
use crate::Network;
use crate::index::sorted;
use crate::kinds::made_labels;
use foldhash::HashSet;
use seawall_model::{Cluster, Labels, Object};
use std::sync::{Arc, PoisonError};

impl Reach {
    /// Takes the policy `old` out and puts `new` in; either may be missing. The pods, namespaces and nodes must be those
    /// that the engine was made for, which `cluster` and `network` still know. `false` if `old` is not one of its policies.
    pub fn change(
        &mut self,
        cluster: &Cluster,
        network: &Network,
        old: Option<&Arc<Object>>,
        new: Option<&Arc<Object>>,
    ) -> bool {
        let is_old = |policy: &Option<CompiledPolicy>| {
            policy.as_ref().map(|policy| Arc::as_ptr(&policy.object)) == old.map(Arc::as_ptr)
        };
        let number = match old {
            Some(_) => match self.policies.iter().position(is_old) {
                Some(number) => number,
                None => return false,
            },
            None => self.policies.iter().position(Option::is_none).unwrap_or(self.policies.len()),
        };
        if let Some(new) = new {
            for (family, cut) in cuts_of_policy(new) {
                self.cut(family, cut);
            }
            if tiers::names_nodes(new) {
                for address in cluster.of(seawall_model::WellKnown::Node).flat_map(tiers::addresses_of_node) {
                    let (family, number) = super::number_of(address);
                    super::atoms::cuts_of(family, number, number).for_each(|cut| self.cut(family, cut));
                }
            }
        }
        let compiled = new.map(|object| {
            let table = self.table.get_mut().unwrap_or_else(PoisonError::into_inner);
            let (space, dialect, mut sets) = (&self.space, self.dialect, Sets::default());
            super::Compiler { cluster, network, space, table, sets: &mut sets, dialect }.policy(object)
        });
        self.replace(number, compiled);
        true
    }

    fn replace(&mut self, number: usize, compiled: Option<CompiledPolicy>) {
        let mut touched: [HashSet<u32>; 2] = Default::default();
        let mut see = |policy: &CompiledPolicy, space| {
            for direction in Direction::ALL {
                if policy.rules[direction as usize].is_some() {
                    each_group(policy, space, |group, _| {
                        touched[direction as usize].insert(group);
                    });
                }
            }
        };
        self.policies.get(number).into_iter().flatten().for_each(|policy| see(policy, &self.space));
        compiled.iter().for_each(|policy| see(policy, &self.space));
        match self.policies.get_mut(number) {
            Some(place) => *place = compiled,
            None => self.policies.push(compiled),
        }
        let was_uncertain = std::mem::replace(&mut self.is_uncertain, is_uncertain(&self.policies));
        for direction in Direction::ALL {
            self.reclass(direction, number as u32, &touched[direction as usize]);
        }
        if self.is_uncertain && !was_uncertain {
            // Rows of what is possible were never asked for; those of what is sure stay.
            for side in &mut self.sides {
                side.rows[1].iter_mut().for_each(|row| *row = OnceLock::new());
            }
        }
    }

    /// Finds the classes of these groups again and forgets the rows of all classes with the policy.
    fn reclass(&mut self, direction: Direction, number: u32, groups: &HashSet<u32>) {
        let policy = self.policies.get(number as usize).and_then(Option::as_ref);
        let policy = policy.filter(|policy| policy.rules[direction as usize].is_some());
        let mut selected = foldhash::HashMap::default();
        policy.into_iter().for_each(|policy| {
            each_group(policy, &self.space, |group, sure| {
                selected.insert(group, sure);
            });
        });
        let side = &mut self.sides[direction as usize];
        let mut sorted: Vec<u32> = groups.iter().copied().collect();
        sorted.sort_unstable();
        for group in sorted {
            let Some(class) = side.classes.of.get(group as usize).copied() else { continue };
            let Some(old) = side.classes.list.get(class as usize) else { continue };
            let mut members: Vec<Member> =
                old.members.iter().copied().filter(|member| member.policy() != number).collect();
            members.extend(selected.get(&group).map(|&sure| Member::new(number, sure)));
            members.sort_unstable();
            let named = asks_for_names(&members, &self.policies, direction);
            let ports = self.space.groups.get(group as usize).map_or(0, |group| group.ports);
            let class = side.classes.number(Class { members, ports: named.then_some(ports) });
            if let Some(place) = side.classes.of.get_mut(group as usize) {
                *place = class;
            }
        }
        let Side { classes, rows } = side;
        for rows in rows {
            rows.resize_with(classes.list.len(), OnceLock::new);
            for (class, row) in classes.list.iter().zip(rows.iter_mut()) {
                let at = class.members.partition_point(|member| member.policy() < number);
                if class.members.get(at).is_some_and(|member| member.policy() == number) {
                    *row = OnceLock::new();
                }
            }
        }
    }

    /// Cuts the address space before an address: what was one column becomes two, which answer alike so far.
    fn cut(&mut self, family: Family, address: u128) {
        let Some(atom) = self.space.atoms[family as usize].cut(address) else { return };
        let atoms = self.space.atoms[family as usize].list();
        let (Some(parent), end) = (atoms.get(atom - 1), atoms.get(atom + 1).map(|next| next.first)) else {
            return;
        };
        let (parent, columns) = (parent.column, parent.pods.clone());
        let column = self.split_column(parent, Column::Outside(family), None);
        let mut moved = Vec::new();
        for old in columns {
            moved.extend(self.split_group(old, family, address, end));
        }
        let (gone, new): (Vec<_>, Vec<_>) = moved.into_iter().unzip();
        let atoms = self.space.atoms[family as usize].list_mut();
        if let Some(old) = atoms.get_mut(atom - 1) {
            old.pods.retain(|column| !gone.iter().any(|gone| gone == &Some(*column)));
        }
        if let Some(atom) = atoms.get_mut(atom) {
            atom.column = column;
            atom.pods = new;
        }
    }

    /// Moves the pods of a group with an address from `first` on to a group of their own. Answers with the column that
    /// moved as a whole, if it did, and the column that is behind the cut now.
    fn split_group(
        &mut self,
        old: u32,
        family: Family,
        first: u128,
        end: Option<u128>,
    ) -> Option<(Option<u32>, u32)> {
        let Some(&Column::Pod(number, _)) = self.space.columns.get(old as usize) else { return None };
        let group = self.space.groups.get(number as usize)?.clone();
        let is_behind = |pod: &u32| {
            let addresses = self.pods.get(*pod as usize).map_or(&[][..], |pod| &pod.addresses);
            let numbers = addresses.iter().map(|&address| super::number_of(address));
            let mut own = numbers.filter(|(of, _)| *of == family);
            own.any(|(_, number)| first <= number && end.is_none_or(|end| number < end))
        };
        let (behind, before): (Vec<u32>, Vec<u32>) = group.pods.iter().partition(|pod| is_behind(pod));
        if behind.is_empty() {
            return None;
        }
        if before.is_empty() {
            return Some((Some(old), old));
        }
        let new_number = self.space.groups.len() as u32;
        let mut new = group.clone();
        for of in Family::ALL {
            let Some(parent) = group.columns[of as usize] else { continue };
            let column = self.split_column(parent, Column::Pod(new_number, of), behind.first().copied());
            new.columns[of as usize] = Some(column);
            self.space.list(column, group.namespace, group.host_network, group.ports);
            if of != family {
                // The other family's addresses are not cut: both stand where the old column stands.
                let atoms = self.space.atoms[of as usize].list_mut();
                if let Some(atom) = atoms.iter_mut().find(|atom| atom.pods.contains(&parent)) {
                    atom.pods.push(column);
                }
                let unknown = &mut self.space.unknown[of as usize];
                if let Some(&(_, template)) = unknown.iter().find(|(known, _)| *known == parent) {
                    unknown.push((column, template));
                }
            }
        }
        for &pod in &behind {
            if let Some(pod) = self.pods.get_mut(pod as usize) {
                pod.group = new_number;
            }
        }
        let column = new.columns[family as usize];
        new.pods = behind;
        if let Some(old) = self.space.groups.get_mut(number as usize) {
            old.pods = before;
        }
        self.space.groups.push(new);
        for side in &mut self.sides {
            let class = side.classes.of.get(number as usize).copied().unwrap_or(0);
            side.classes.of.push(class);
        }
        column.map(|column| (None, column))
    }

    /// A new column that is in every set in which `parent` is.
    fn split_column(&mut self, parent: u32, column: Column, pod: Option<u32>) -> u32 {
        let pod = pod.and_then(|pod| self.pods.get(pod as usize));
        let at = pod.and_then(|pod| Some((pod, pod.at()?)));
        let selectable = self.space.selectable.contains(parent as usize);
        let (labels, made) = match at.filter(|_| selectable) {
            Some((pod, at)) => {
                let made = if pod.is_template() { made_labels(pod.object().well_known()) } else { &[] };
                (sorted(Labels::of(at.labels())), made)
            }
            None => (Vec::new(), &[][..]),
        };
        let new = self.space.push(column, &labels, true, made);
        self.space.selectable.grow(new as usize + 1);
        if selectable {
            self.space.selectable.insert(new as usize);
        }
        let mut copies = Copies::default();
        for policy in self.policies.iter_mut().flatten() {
            policy.subject.push(new, parent, &mut copies);
            for rule in policy.rules.iter_mut().flatten().flatten() {
                rule.peers.push(new, parent, &mut copies);
            }
        }
        for row in self.sides.iter_mut().flat_map(|side| side.rows.iter_mut().flatten()) {
            if let Some(row) = row.get_mut() {
                row.push_like(parent);
            }
        }
        new
    }
}
