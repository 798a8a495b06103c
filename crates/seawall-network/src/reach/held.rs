//! What one pod is held by: its policies, what their rules open, and whether it is open to somebody at all.

use super::rule::{Action, Tier};
use super::space::Column;
use super::{Bound, Reach, Row, table};
use crate::{Direction, PortSet};
use foldhash::HashSet;
use seawall_model::{At, Object, PodAt};
use std::sync::Arc;

/// A rule of a policy that surely selects a pod.
#[derive(Clone, Debug)]
pub struct HeldRule<'a> {
    /// The policy.
    pub object: &'a Arc<Object>,
    /// When it is asked.
    pub tier: Tier,
    /// What the rule does.
    pub action: Action,
    /// Where it stands.
    pub at: At<'a>,
    /// The ports that it names, of the pod itself for ingress; names of ports count by the pod.
    pub ports: PortSet,
    /// Whether it names no peer: it is for everybody.
    pub is_for_everyone: bool,
}

impl Reach {
    /// One pod of each group of pods of a workload that no policy can tell apart; `true` where it is on its node's network.
    pub fn samples(&self) -> impl Iterator<Item = (usize, bool)> {
        let mut seen = HashSet::default();
        self.pods.iter().enumerate().filter_map(move |(number, pod)| {
            let host = self.space.groups.get(pod.group as usize)?.host_network;
            seen.insert((pod.workload, pod.group)).then_some((number, host))
        })
    }

    /// The number of a pod, or of one that stands for the pods of a template; `None` for pods that have ended and
    /// variants that do not count.
    pub fn number_of(&self, pod: PodAt<'_>) -> Option<usize> {
        let object = pod.object();
        let number = self.pod_named(object.namespace(), object.name())?;
        let found = self.pods.get(number)?;
        let is_it = Arc::ptr_eq(&found.object, object)
            || self
                .workloads
                .get(found.workload as usize)
                .is_some_and(|one| *one.kind == *object.kind() && *one.name == *object.name());
        is_it.then_some(number)
    }

    fn members(&self, pod: usize, direction: Direction) -> &[super::classes::Member] {
        let group = self.pods.get(pod).map(|pod| pod.group);
        let group = group.and_then(|group| Some((group, self.space.groups.get(group as usize)?)));
        let classes = &self.side(direction).classes;
        let class = group
            .filter(|(_, group)| !group.host_network)
            .and_then(|(group, _)| classes.list.get(*classes.of.get(group as usize)? as usize));
        class.map_or(&[], |class| &class.members)
    }

    /// The policies that speak about a pod in a direction, and whether they surely select it.
    pub fn policies_of(
        &self,
        pod: usize,
        direction: Direction,
    ) -> impl Iterator<Item = (&Arc<Object>, Tier, bool)> {
        self.members(pod, direction).iter().filter_map(|member| {
            let policy = self.policies.get(member.policy() as usize)?.as_ref()?;
            Some((&policy.object, policy.tier, member.is_sure()))
        })
    }

    /// Whether a NetworkPolicy surely isolates a pod.
    pub fn isolates(&self, pod: usize, direction: Direction) -> bool {
        self.policies_of(pod, direction).any(|(_, tier, sure)| sure && tier == Tier::Namespace)
    }

    /// The ports that are open to (or from) some pod or address of the input: surely, and possibly.
    pub fn open_to_some(&self, pod: usize, direction: Direction) -> [PortSet; 2] {
        let number = self.pods.get(pod).map_or(u32::MAX, |pod| pod.group);
        let classes = &self.side(direction).classes;
        let own = self.space.groups.get(number as usize).filter(|group| !group.host_network);
        Bound::ALL.map(|bound| {
            let class = classes.of.get(number as usize).filter(|_| own.is_some());
            let Some(row) = class.and_then(|&class| self.row(direction, class, bound)) else {
                return PortSet::all();
            };
            let mut ids: Vec<_> = (0..self.space.len() as u32).map(|column| row.get(column)).collect();
            ids.sort_unstable();
            ids.dedup();
            let mut open = PortSet::default();
            ids.into_iter().for_each(|id| open.unite(&self.ports(id)));
            open
        })
    }

    /// Whether everything is surely open to or from everybody, by the families of addresses that the pod has.
    pub fn is_all_open(&self, pod: usize, direction: Direction) -> bool {
        let number = self.pods.get(pod).map_or(u32::MAX, |pod| pod.group);
        let class = self.side(direction).classes.of.get(number as usize);
        let row = class.and_then(|&class| self.row(direction, class, Bound::Sure));
        row.is_some_and(|row| self.is_open_row(row, number))
    }

    /// Whether a row holds everything, by the families of addresses that pods of a group have.
    pub(super) fn is_open_row(&self, row: &Row, group: u32) -> bool {
        let Some(group) = self.space.groups.get(group as usize) else { return false };
        let mut columns = self.space.columns.iter().zip(0..).filter(|(column, _)| {
            let (Column::Pod(_, family) | Column::Outside(family)) = column;
            group.columns[*family as usize].is_some()
        });
        columns.all(|(_, column)| row.get(column) == table::ALL)
    }

    /// The rules of the policies that surely select a pod.
    pub fn rules_of(&self, pod: usize, direction: Direction) -> Vec<HeldRule<'_>> {
        let group = self.pods.get(pod).map_or(u32::MAX, |pod| pod.group);
        let members = self.members(pod, direction).iter().filter(|member| member.is_sure());
        let policies = members.filter_map(|member| self.policies.get(member.policy() as usize)?.as_ref());
        let rules = policies.flat_map(|policy| {
            policy.rules[direction as usize].iter().flatten().map(move |rule| HeldRule {
                object: &policy.object,
                tier: policy.tier,
                action: rule.action,
                at: policy.place(rule),
                ports: self.ports_of_rule(rule, group, direction),
                is_for_everyone: rule.peers.sure.is_none(),
            })
        });
        rules.collect()
    }

    /// The ports of a pod that are open to somebody, or would be to pods that may come. What is not among them is
    /// closed for everybody, whoever it is.
    pub fn opened(&self, pod: usize, direction: Direction) -> PortSet {
        if !self.isolates(pod, direction) {
            return PortSet::all();
        }
        let group = self.pods.get(pod).map_or(u32::MAX, |pod| pod.group);
        let mut open = PortSet::default();
        for member in self.members(pod, direction) {
            let Some(policy) = self.policies.get(member.policy() as usize).and_then(Option::as_ref) else {
                continue;
            };
            for rule in policy.rules[direction as usize].iter().flatten() {
                if rule.action == Action::Accept {
                    open.unite(&self.table().get(rule.possible_ports));
                    open.unite(&self.ports_of_rule(rule, group, direction));
                }
            }
        }
        open
    }
}
