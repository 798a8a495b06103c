//! Pods that the same policies select form a class: one row of answers is for all of them.

use super::rule::CompiledPolicy;
use super::space::{Column, Space};
use crate::Direction;
use foldhash::HashMap;

/// A policy of a class, and whether it surely selects the pods: number times two, plus one if it does.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Member(u32);

impl Member {
    pub(crate) fn new(policy: u32, sure: bool) -> Self {
        Self(policy << 1 | u32::from(sure))
    }

    pub(crate) fn policy(self) -> u32 {
        self.0 >> 1
    }

    pub(crate) fn is_sure(self) -> bool {
        self.0 & 1 == 1
    }
}

/// Which policies select the pods, ascending, and which named ports they have where a rule asks.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Class {
    pub(crate) members: Vec<Member>,
    pub(crate) ports: Option<u32>,
}

/// The classes of one direction.
#[derive(Clone, Debug)]
pub(crate) struct Classes {
    pub(crate) list: Vec<Class>,
    /// By group.
    pub(crate) of: Vec<u32>,
    numbers: HashMap<Class, u32>,
}

/// Visits the groups that a policy is for, each once, with whether that is sure.
pub(crate) fn each_group(policy: &CompiledPolicy, space: &Space, mut visit: impl FnMut(u32, bool)) {
    let mut see = |column: u32| {
        let Some(Column::Pod(number, _)) = space.columns.get(column as usize) else { return };
        let Some(group) = space.groups.get(*number as usize) else { return };
        if !group.host_network && group.any_column() == Some(column) {
            visit(*number, policy.subject.holds(column) == Some(true));
        }
    };
    match policy.subject.possible() {
        Some(set) => set.each(&mut see),
        None => (0..space.len() as u32).for_each(see),
    }
}

impl Classes {
    /// Splits the groups by the policies of a direction, one policy after the other.
    pub(crate) fn new(policies: &[Option<CompiledPolicy>], space: &Space, direction: Direction) -> Self {
        // A block is a set of groups that the policies seen so far do not tell apart; it knows the block that it was
        // cut from and by which policy.
        let mut block_of = vec![0_u32; space.groups.len()];
        let mut blocks: Vec<(u32, Member)> = vec![(0, Member(0))];
        let mut moved: HashMap<(u32, bool), u32> = HashMap::default();
        for (number, policy) in policies.iter().enumerate() {
            let Some(policy) = policy.as_ref().filter(|policy| policy.rules[direction as usize].is_some())
            else {
                continue;
            };
            moved.clear();
            each_group(policy, space, |group, sure| {
                let Some(block) = block_of.get_mut(group as usize) else { return };
                *block = *moved.entry((*block, sure)).or_insert_with(|| {
                    blocks.push((*block, Member::new(number as u32, sure)));
                    blocks.len() as u32 - 1
                });
            });
        }
        let mut classes = Self { list: Vec::new(), of: Vec::new(), numbers: HashMap::default() };
        let mut known: HashMap<(u32, Option<u32>), u32> = HashMap::default();
        let mut members_of: HashMap<u32, (Vec<Member>, bool)> = HashMap::default();
        for (number, &block) in block_of.iter().enumerate() {
            let (members, named) = members_of.entry(block).or_insert_with(|| {
                let mut members = Vec::new();
                let mut at = block;
                while let (Some(&(parent, member)), true) = (blocks.get(at as usize), at != 0) {
                    members.push(member);
                    at = parent;
                }
                members.reverse();
                let named = asks_for_names(&members, policies, direction);
                (members, named)
            });
            let ports = named.then(|| space.groups.get(number).map_or(0, |group| group.ports));
            let class = match known.get(&(block, ports)) {
                Some(&class) => class,
                None => {
                    let class = classes.number(Class { members: members.clone(), ports });
                    known.insert((block, ports), class);
                    class
                }
            };
            classes.of.push(class);
        }
        classes
    }

    /// The number of a class, which is new if there is none like it.
    pub(crate) fn number(&mut self, class: Class) -> u32 {
        let next = self.list.len() as u32;
        *self.numbers.entry(class).or_insert_with_key(|class| {
            self.list.push(class.clone());
            next
        })
    }
}

/// Whether a rule of some of the policies opens a port of the pods themselves by name.
pub(crate) fn asks_for_names(
    members: &[Member],
    policies: &[Option<CompiledPolicy>],
    direction: Direction,
) -> bool {
    direction == Direction::Ingress
        && members.iter().any(|member| {
            let policy = policies.get(member.policy() as usize).and_then(Option::as_ref);
            let rules = policy.and_then(|policy| policy.rules[direction as usize].as_ref());
            rules.into_iter().flatten().any(|rule| !rule.named.is_empty())
        })
}
