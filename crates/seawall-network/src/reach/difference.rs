//! What is open in one state of a cluster and not in another, workload by workload.

use super::atoms::address_of;
use super::pods::Workload;
use super::{Party, Reach};
use crate::address::number_of;
use crate::{Direction, Family, PortSet};
use core::net::IpAddr;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One side of a [`ConnectionChange`], by name: numbers are of one state only.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ConnectionEnd {
    /// A workload.
    Workload(Workload),
    /// Addresses outside, both ends included.
    Range(IpAddr, IpAddr),
}

/// What is open in one state; none where the connection is not there.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ConnectionPorts {
    /// Surely.
    pub sure: Arc<PortSet>,
    /// Surely, or depending on what the input leaves open.
    pub possible: Arc<PortSet>,
}

/// A connection that is not the same in both states.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConnectionChange {
    /// Who opens it.
    pub from: ConnectionEnd,
    /// Who listens.
    pub to: ConnectionEnd,
    /// What was open.
    pub before: ConnectionPorts,
    /// What is.
    pub after: ConnectionPorts,
}

/// All changes, in order of `from` and `to`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ConnectionDifference {
    /// Ranges of addresses are cut where both states agree with themselves all through.
    pub changes: Vec<ConnectionChange>,
    /// Whether a state has more connections than are looked at.
    pub is_cut: bool,
}

impl ConnectionChange {
    /// The ports that surely are open now and were not surely before.
    pub fn gained(&self) -> PortSet {
        self.after.sure.difference(&self.before.sure)
    }

    /// The ports that surely were open and are not surely any more.
    pub fn lost(&self) -> PortSet {
        self.before.sure.difference(&self.after.sure)
    }
}

/// Addresses with the same ports, both ends included.
type Range = (u128, u128, ConnectionPorts);

/// The connections of one state, by names that both states know.
#[derive(Default)]
struct State {
    inside: BTreeMap<(u32, u32), ConnectionPorts>,
    outside: BTreeMap<(u32, Direction, Family), Vec<Range>>,
    is_cut: bool,
}

impl State {
    fn new(reach: &Reach, numbers: &BTreeMap<&Workload, u32>) -> Self {
        let number = |workload: usize| numbers.get(reach.workloads().get(workload)?).copied();
        let found = reach.connections(|_| true);
        let mut state = Self { is_cut: found.is_cut, ..Self::default() };
        for one in found.list {
            let ports = ConnectionPorts { sure: one.sure, possible: one.possible };
            let (workload, direction, range) = match (one.from, one.to) {
                (Party::Workload(from), Party::Workload(to)) => {
                    if let Some(key) = number(from).zip(number(to)) {
                        state.inside.insert(key, ports);
                    }
                    continue;
                }
                (Party::Workload(own), Party::Range(first, last)) => (own, Direction::Egress, (first, last)),
                (Party::Range(first, last), Party::Workload(own)) => (own, Direction::Ingress, (first, last)),
                (Party::Range(..), Party::Range(..)) => continue,
            };
            let ((family, first), (_, last)) = (number_of(range.0), number_of(range.1));
            if let Some(own) = number(workload) {
                state.outside.entry((own, direction, family)).or_default().push((first, last, ports));
            }
        }
        state.outside.values_mut().for_each(|ranges| ranges.sort_by_key(|range| range.0));
        state
    }
}

impl Reach {
    /// What changes from this state to another: everything that is not named in it is the same in both.
    pub fn difference(&self, after: &Self) -> ConnectionDifference {
        let names: BTreeSet<&Workload> = self.workloads().iter().chain(after.workloads()).collect();
        let numbers: BTreeMap<&Workload, u32> = names.iter().copied().zip(0..).collect();
        let names: Vec<&Workload> = names.into_iter().collect();
        let states = [self, after].map(|reach| State::new(reach, &numbers));
        let workload =
            |number: u32| names.get(number as usize).map(|name| ConnectionEnd::Workload((*name).clone()));
        let [before, next] = &states;
        let mut changes = Vec::new();
        let none = ConnectionPorts::default();
        let keys: BTreeSet<_> = before.inside.keys().chain(next.inside.keys()).collect();
        for key in keys {
            let [old, new] = [before, next].map(|state| state.inside.get(key).unwrap_or(&none));
            if old != new
                && let Some((from, to)) = workload(key.0).zip(workload(key.1))
            {
                changes.push(ConnectionChange { from, to, before: old.clone(), after: new.clone() });
            }
        }
        let keys: BTreeSet<_> = before.outside.keys().chain(next.outside.keys()).collect();
        for key in keys {
            let [old, new] =
                [before, next].map(|state| state.outside.get(key).map_or(&[][..], Vec::as_slice));
            let Some(own) = workload(key.0) else { continue };
            for (first, last, before, after) in cut(old, new) {
                let range = ConnectionEnd::Range(address_of(key.2, first), address_of(key.2, last));
                let (from, to) = match key.1 {
                    Direction::Ingress => (range, own.clone()),
                    Direction::Egress => (own.clone(), range),
                };
                changes.push(ConnectionChange { from, to, before, after });
            }
        }
        changes.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
        ConnectionDifference { changes, is_cut: before.is_cut || next.is_cut }
    }
}

/// Two lists of ranges as one, where they differ; neighbours that change alike are one.
fn cut(before: &[Range], after: &[Range]) -> Vec<(u128, u128, ConnectionPorts, ConnectionPorts)> {
    let mut starts: BTreeSet<u128> = BTreeSet::new();
    for (first, last, _) in before.iter().chain(after) {
        starts.insert(*first);
        // After the highest address nothing begins.
        starts.extend(last.checked_add(1));
    }
    let highest = before.iter().chain(after).map(|range| range.1).max().unwrap_or(0);
    let starts: Vec<u128> = starts.into_iter().collect();
    let mut out: Vec<(u128, u128, ConnectionPorts, ConnectionPorts)> = Vec::new();
    let mut lists = [before, after];
    for (at, &first) in starts.iter().enumerate() {
        let last = starts.get(at + 1).map_or(highest, |next| next - 1);
        let [old, new] = lists.each_mut().map(|list| {
            while let [range, rest @ ..] = *list
                && range.1 < first
            {
                *list = rest;
            }
            list.first().filter(|range| range.0 <= first).map(|range| range.2.clone()).unwrap_or_default()
        });
        if old == new || last < first {
            continue;
        }
        match out.last_mut() {
            Some(known) if known.1.checked_add(1) == Some(first) && (&known.2, &known.3) == (&old, &new) => {
                known.1 = last;
            }
            _ => out.push((first, last, old, new)),
        }
    }
    out
}
