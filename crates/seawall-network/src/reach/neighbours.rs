//! Pods and the pods on the network of their node: no policy is asked between them, whatever their classes say.

use super::table::{ALL, NONE, Operation, SetId};
use super::{Bound, Reach, Totals};
use crate::{Bits, Family};
use core::net::IpAddr;
use foldhash::{HashMap, HashSet};

/// What tells that two pods are on one node.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
enum Node<'a> {
    Name(&'a str),
    Address(IpAddr),
}

impl Reach {
    /// Calls for each pod on its node's network, with the pods of that node which have a network of their own: those
    /// that [`Reach::exempt`] calls exempt.
    fn for_each_neighbourhood(&self, mut call: impl FnMut(u32, &Bits)) {
        if !self.dialect.own_node_is_exempt || self.space.groups.iter().all(|group| !group.host_network) {
            return;
        }
        let is_host = |pod: &super::ReachPod| {
            self.space.groups.get(pod.group as usize).is_some_and(|group| group.host_network)
        };
        let mut by_node: HashMap<Node<'_>, Vec<u32>> = HashMap::default();
        for (number, pod) in self.pods.iter().enumerate().filter(|(_, pod)| !is_host(pod)) {
            let named = pod.node().map(Node::Name);
            for node in named.into_iter().chain(pod.host.iter().copied().map(Node::Address)) {
                by_node.entry(node).or_default().push(number as u32);
            }
        }
        for (number, pod) in self.pods.iter().enumerate().filter(|(_, pod)| is_host(pod)) {
            let named = pod.node().map(Node::Name);
            let mut near = Bits::none(self.pods.len());
            for node in named.into_iter().chain(pod.addresses.iter().copied().map(Node::Address)) {
                by_node.get(&node).into_iter().flatten().for_each(|&other| near.insert(other as usize));
            }
            if !near.is_empty() {
                call(number as u32, &near);
            }
        }
    }

    /// Pairs of workloads of which some pods are neighbours, in both directions.
    pub(super) fn neighbour_workloads(&self) -> HashSet<(usize, usize)> {
        let mut pairs = HashSet::default();
        self.for_each_neighbourhood(|host, near| {
            let Some(host) = self.workload_of(host as usize) else { return };
            for other in near.iter().filter_map(|pod| self.workload_of(pod)) {
                pairs.extend([(host, other), (other, host)]);
            }
        });
        pairs
    }

    /// Counts the pairs of neighbours as open, which were counted as policies have it.
    pub(super) fn count_neighbours(&self, totals: &mut Totals) {
        let mut pairs: HashMap<(u32, u32), u64> = HashMap::default();
        let group = |pod: usize| self.pods.get(pod).map(|pod| pod.group);
        self.for_each_neighbourhood(|host, near| {
            for other in near.iter() {
                if let Some(pair) = group(host as usize).zip(group(other)) {
                    *pairs.entry(pair).or_default() += 1;
                }
            }
        });
        for ((host, other), count) in pairs {
            for (from, to) in [(host, other), (other, host)] {
                let counted = match self.between_groups(from, to) {
                    NONE => &mut totals.none,
                    ALL => continue,
                    _ => &mut totals.some,
                };
                *counted = counted.saturating_sub(count);
                totals.all += count;
            }
        }
    }

    /// What surely is open between the pods of two groups, as policies have it.
    fn between_groups(&self, from: u32, to: u32) -> SetId {
        let mut open = NONE;
        for family in Family::ALL {
            let faces = self.face_of_group(from, family).zip(self.face_of_group(to, family));
            if let Some((source, target)) = faces {
                let set = self.between_faces(source, target, Bound::Sure);
                open = self.table().combine(Operation::Unite, open, set, Bound::Sure);
            }
        }
        open
    }
}
