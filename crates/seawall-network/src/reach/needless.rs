//! What could be left out: rules and policies without which every row stays as it is.

use super::classes::{Class, Member};
use super::paint::Paints;
use super::row::Row;
use super::rule::{Action, CompiledPolicy, Tier};
use super::{Bound, Reach, table};
use crate::Direction;
use seawall_model::{At, Object};
use seawall_yaml::NodeId;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A policy of the whole cluster that takes away what NetworkPolicies say about a pod.
#[derive(Debug)]
pub struct Undone<'a> {
    /// The policy of the whole cluster.
    pub policy: &'a Arc<Object>,
    /// Its rule that accepts.
    pub at: At<'a>,
    /// A pod whose NetworkPolicies are not asked any more.
    pub pod: usize,
    /// What it is about.
    pub direction: Direction,
}

impl Reach {
    /// Whether taking out a policy, or one of its rules, changes what a pod of the input may do. True for a policy that
    /// is none of the engine's.
    pub fn is_needed(&self, policy: &Arc<Object>, rule: Option<NodeId>) -> bool {
        let is_it =
            |one: &Option<CompiledPolicy>| one.as_ref().is_some_and(|one| Arc::ptr_eq(&one.object, policy));
        let Some(number) = self.policies.iter().position(is_it) else { return true };
        Direction::ALL.into_iter().any(|direction| {
            let classes = self.side(direction).classes.list.iter().enumerate();
            let mut own = classes.filter(|(_, class)| {
                let at = class.members.partition_point(|member| (member.policy() as usize) < number);
                class.members.get(at).is_some_and(|member| member.policy() as usize == number)
            });
            own.any(|(at, class)| self.differs(direction, (at as u32, class), number as u32, rule))
        })
    }

    fn differs(
        &self,
        direction: Direction,
        (at, class): (u32, &Class),
        number: u32,
        rule: Option<NodeId>,
    ) -> bool {
        let without = |member: &Member| -> Option<CompiledPolicy> {
            let policy = self.policies.get(member.policy() as usize)?.as_ref()?;
            if member.policy() != number {
                return Some(policy.clone());
            }
            let rule = rule?;
            let mut policy = policy.clone();
            for rules in policy.rules.iter_mut().flatten() {
                rules.retain(|one| one.at != rule);
            }
            Some(policy)
        };
        let kept: Vec<_> =
            class.members.iter().filter_map(|member| Some((without(member)?, member.is_sure()))).collect();
        Bound::ALL.into_iter().take(1 + usize::from(self.is_uncertain)).any(|bound| {
            let after = self.painted(&kept, class.ports, direction, bound);
            let Some(before) = self.row(direction, at, bound) else { return true };
            (0..self.space.len() as u32).any(|column| before.get(column) != after.get(column))
        })
    }

    /// The row that some policies alone make.
    fn painted(
        &self,
        policies: &[(CompiledPolicy, bool)],
        ports: Option<u32>,
        direction: Direction,
        bound: Bound,
    ) -> Row {
        let (own, members): (Vec<_>, Vec<_>) = policies
            .iter()
            .enumerate()
            .map(|(number, (policy, sure))| (Some(policy.clone()), Member::new(number as u32, *sure)))
            .unzip();
        let class = Class { members, ports };
        let paints = Paints { space: &self.space, policies: &own, direction, bound };
        paints.row(&class, &mut self.table())
    }

    /// The members of a class that are policies of a tier.
    fn of_tier(&self, class: &Class, tier: Tier) -> Vec<(CompiledPolicy, bool)> {
        let policies = class.members.iter().filter_map(|member| {
            let policy = self.policies.get(member.policy() as usize)?.as_ref()?;
            (policy.tier == tier).then(|| (policy.clone(), member.is_sure()))
        });
        policies.collect()
    }

    fn has_tiers(&self) -> bool {
        self.policies.iter().flatten().any(|policy| policy.tier != Tier::Namespace)
    }

    /// Policies of the whole cluster that accept everything of pods for which NetworkPolicies do not.
    pub fn undone(&self) -> Vec<Undone<'_>> {
        let mut found: Vec<Undone<'_>> = Vec::new();
        for direction in Direction::ALL.into_iter().filter(|_| self.has_tiers()) {
            for (number, class) in self.side(direction).classes.list.iter().enumerate() {
                let own = self.of_tier(class, Tier::Namespace);
                let group = self.side(direction).classes.of.iter().position(|&of| of as usize == number);
                let (Some(group), Some(row)) = (group, self.row(direction, number as u32, Bound::Sure))
                else {
                    continue;
                };
                if own.iter().all(|(_, sure)| !sure) || !self.is_open_row(row, group as u32) {
                    continue;
                }
                let alone = self.painted(&own, class.ports, direction, Bound::Possible);
                if self.is_open_row(&alone, group as u32) {
                    continue;
                }
                let accepts = class.members.iter().find_map(|member| {
                    let policy = self.policies.get(member.policy() as usize)?.as_ref()?;
                    let mut rules = policy.rules[direction as usize].iter().flatten();
                    let rule = rules.find(|rule| rule.action == Action::Accept)?;
                    (policy.tier == Tier::Admin).then(|| (&policy.object, policy.place(rule)))
                });
                let pod = self.space.groups.get(group).and_then(|group| group.pods.first().copied());
                if let (Some((policy, at)), Some(pod)) = (accepts, pod)
                    && !found.iter().any(|one| Arc::ptr_eq(one.policy, policy) && one.direction == direction)
                {
                    found.push(Undone { policy, at, pod: pod as usize, direction });
                }
            }
        }
        found
    }

    /// Pairs of policies of the whole cluster with the same tier and priority that contradict each other about a pod:
    /// which of them counts is for the implementation to choose.
    pub fn contradictions(&self) -> Vec<(&Arc<Object>, &Arc<Object>, usize)> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        for direction in Direction::ALL.into_iter().filter(|_| self.has_tiers()) {
            for (number, class) in self.side(direction).classes.list.iter().enumerate() {
                let wide: Vec<(u32, &CompiledPolicy)> = class
                    .members
                    .iter()
                    .filter_map(|member| {
                        let policy = self.policies.get(member.policy() as usize)?.as_ref()?;
                        let counts = policy.tier != Tier::Namespace && member.is_sure() && policy.is_sure();
                        counts.then_some((member.policy(), policy))
                    })
                    .collect();
                let group =
                    self.side(direction).classes.of.iter().position(|&class| class as usize == number);
                let pod = group.and_then(|group| self.space.groups.get(group)?.pods.first().copied());
                for (place, &(one, first)) in wide.iter().enumerate() {
                    for &(other, second) in wide.iter().skip(place + 1).take(MOST_ALIKE) {
                        let alike = (first.tier, first.priority) == (second.tier, second.priority);
                        if !alike || !seen.insert((one, other)) {
                            continue;
                        }
                        let both = [(first.clone(), true), (second.clone(), true)];
                        let row = |bound| self.painted(&both, class.ports, direction, bound);
                        let (sure, possible) = (row(Bound::Sure), row(Bound::Possible));
                        let differs = (0..self.space.len() as u32)
                            .any(|column| sure.get(column) != possible.get(column));
                        match pod {
                            Some(pod) if differs => {
                                found.push((&first.object, &second.object, pod as usize));
                            }
                            // Another class of pods may still show it.
                            _ => drop(seen.remove(&(one, other))),
                        }
                    }
                }
            }
        }
        found
    }

    /// Rules of policies of the whole cluster that are never asked for any pod of the input: an earlier rule of their tier
    /// matches all that they match. Each with that rule.
    pub fn never_asked(&self) -> Vec<(At<'_>, At<'_>)> {
        let wide: Vec<&CompiledPolicy> = self
            .policies
            .iter()
            .flatten()
            .filter(|policy| policy.tier != Tier::Namespace && policy.is_sure())
            .take(MOST_WIDE)
            .collect();
        let mut found = Vec::new();
        for (number, policy) in wide.iter().enumerate() {
            for direction in Direction::ALL {
                let rules = policy.rules[direction as usize].as_deref().unwrap_or(&[]);
                for (place, rule) in rules.iter().enumerate() {
                    let earlier = wide.iter().enumerate().flat_map(|(other, one)| {
                        let rules = one.rules[direction as usize].as_deref().unwrap_or(&[]);
                        let before = match other == number {
                            true => place,
                            false if one.tier == policy.tier && one.priority < policy.priority => rules.len(),
                            false => 0,
                        };
                        rules.iter().take(before).map(move |rule| (*one, rule))
                    });
                    let own = self.ports(rule.ports);
                    let mut by = earlier.filter(|(one, earlier)| {
                        let is_in = earlier.ports == table::ALL
                            || rule.named.iter().all(|name| earlier.named.contains(name))
                                && own.difference(&self.ports(earlier.ports)).is_empty();
                        is_in && holds(&one.subject, &policy.subject) && holds(&earlier.peers, &rule.peers)
                    });
                    let by = by.next().map(|(one, rule)| one.place(rule));
                    found.extend(by.map(|by| (policy.place(rule), by)));
                }
            }
        }
        found
    }
}

/// Policies of one tier and priority that one is compared with, and policies of the whole cluster that are looked at.
const MOST_ALIKE: usize = 16;
const MOST_WIDE: usize = 256;

/// Whether one matches everything that another one does, which matches something.
fn holds(wide: &super::rule::Matched, narrow: &super::rule::Matched) -> bool {
    match (&wide.sure, &narrow.sure) {
        (None, Some(narrow)) => {
            let mut any = false;
            narrow.each(|_| any = true);
            any
        }
        (None, None) => true,
        (Some(_), None) => false,
        (Some(wide), Some(narrow)) => {
            let (mut any, mut all) = (false, true);
            narrow.each(|column| {
                any = true;
                all &= wide.contains(column);
            });
            any && all
        }
    }
}
