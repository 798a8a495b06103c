//! Who gets through NetworkPolicies and their tiers, for the steps that depend on it: the network engine is asked, and
//! made, only where a policy is in the way.

use crate::builder::Builder;
use core::net::IpAddr;
use seawall_model::PodAt;
use seawall_network::{Dialect, Direction, End, Entry, Network, Protocol, Reach, TIER_GROUP};
use seawall_yaml::NodeId;
use std::collections::HashMap;
use std::sync::Arc;

/// What tells a pod from all others: its object in memory, and where in it the pod stands.
type Key = (usize, NodeId);

fn key(pod: PodAt<'_>) -> Key {
    (Arc::as_ptr(pod.object()) as usize, pod.at().nearest().id())
}

/// The engine's answers about the pods of a graph.
pub(super) struct Policed<'a> {
    network: &'a Network,
    tiers: bool,
    asked: Option<Asked<'a>>,
    make: Box<dyn Fn() -> &'a Reach + 'a>,
}

struct Asked<'a> {
    reach: &'a Reach,
    numbers: HashMap<Key, usize>,
    /// Ways from outside, by what pods that are alike share; made when they are first asked for.
    ways: Option<HashMap<(usize, usize), Vec<Entry<'a>>>>,
}

impl<'a> Policed<'a> {
    pub(super) fn new(b: &Builder<'a>) -> Self {
        let input = b.input;
        let make =
            move || input.reach.get_or_init(|| Reach::new(input.cluster, input.network, Dialect::UPSTREAM));
        Self {
            network: input.network,
            tiers: input.cluster.objects().any(|object| object.group() == TIER_GROUP),
            asked: None,
            make: Box::new(make),
        }
    }

    /// Whether a policy has a word about what a pod opens or takes.
    pub(super) fn is_policed(&self, pod: PodAt<'_>, direction: Direction) -> bool {
        self.tiers || self.network.is_isolated(pod, direction)
    }

    fn asked(&mut self) -> &mut Asked<'a> {
        let make = &self.make;
        self.asked.get_or_insert_with(|| {
            let reach = make();
            let pods = reach.pods().iter().enumerate();
            let numbers = pods.filter_map(|(number, pod)| Some((key(pod.at()?), number))).collect();
            Asked { reach, numbers, ways: None }
        })
    }

    /// The ways from outside to a pod, with the ports that are left open; `None` for a pod that the engine does not
    /// know.
    pub(super) fn ways(&mut self, pod: PodAt<'_>) -> Option<&[Entry<'a>]> {
        let network = self.network;
        let asked = self.asked();
        let reach = asked.reach;
        let class = reach.likeness(*asked.numbers.get(&key(pod))?)?;
        let ways = asked.ways.get_or_insert_with(|| {
            let mut ways: HashMap<(usize, usize), Vec<Entry<'a>>> = HashMap::new();
            for entry in reach.entries(network) {
                if let Some(class) = reach.likeness(entry.pod) {
                    ways.entry(class).or_default().push(entry);
                }
            }
            ways
        });
        Some(ways.get(&class).map_or(&[], Vec::as_slice))
    }

    /// Whether a pod may connect to a port of an address outside; `None` where it cannot be known.
    pub(super) fn may_connect(&mut self, pod: PodAt<'_>, to: IpAddr, port: u16) -> Option<bool> {
        if !self.is_policed(pod, Direction::Egress) {
            return Some(true);
        }
        let asked = self.asked();
        let number = *asked.numbers.get(&key(pod))?;
        asked.reach.between(End::Pod(number), End::Address(to)).allows(Protocol::Tcp, port)
    }
}
