//! What one class allows, as elements of sets.
//!
//! Parts of the address space become ranges. A pod is an address of its own: it adds to the range around it, or is cut
//! out of it where it may less than the range says.

use super::table::{Element, SetKind};
use crate::reach::atoms::address_of;
use crate::reach::row::Row;
use crate::reach::table::{ALL, NONE, SetId};
use crate::{Family, PortSet, Protocol, Reach};
use foldhash::HashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The addresses of all pods in a family, ascending, with their columns.
pub(super) type Points = Vec<(u128, u32)>;

/// Elements that a class may have in a family: one policy with ten thousands of ports would take the node's memory
/// otherwise, since each address has an element for each of them.
const LIMIT: usize = 1 << 16;

/// The elements of a class in one family.
#[derive(Debug, Default)]
pub(super) struct Elements {
    /// There would be more than the limit; then there are none, so that everything is shut.
    pub(super) is_too_large: bool,
    pub(super) ports: BTreeSet<Element>,
    pub(super) ranges: BTreeSet<Element>,
    pub(super) open: BTreeSet<Element>,
}

impl Elements {
    /// The sets that hold something.
    pub(super) fn sets(self) -> impl Iterator<Item = (SetKind, BTreeSet<Element>)> {
        let sets =
            [(SetKind::Ports, self.ports), (SetKind::PortRanges, self.ranges), (SetKind::Open, self.open)];
        sets.into_iter().filter(|(_, elements)| !elements.is_empty())
    }
}

/// Where the sets of ports are known.
pub(super) struct Ports<'e> {
    reach: &'e Reach,
    known: HashMap<SetId, Arc<PortSet>>,
}

impl<'e> Ports<'e> {
    pub(super) fn new(reach: &'e Reach) -> Self {
        Self { reach, known: HashMap::default() }
    }

    fn get(&mut self, id: SetId) -> Arc<PortSet> {
        self.known.entry(id).or_insert_with(|| self.reach.ports(id)).clone()
    }
}

/// A run of addresses whose sets of ports are equal.
#[derive(Clone, Copy, Debug)]
struct Run {
    first: u128,
    last: u128,
    set: SetId,
}

/// The elements for the row of a class; `None` if it restricts nothing in the family.
pub(super) fn elements(
    row: &Row,
    family: Family,
    points: &Points,
    ports: &mut Ports<'_>,
) -> Option<Elements> {
    let mut found = Elements::default();
    let mut points = points.iter().peekable();
    let mut restricts = false;
    for run in runs(row, family, ports.reach) {
        restricts |= run.set != ALL;
        let base = ports.get(run.set);
        let mut next = Some(run.first);
        while let Some(&(point, column)) = points.next_if(|point| point.0 <= run.last) {
            let set = row.get(column);
            if set == run.set || found.is_too_large {
                continue;
            }
            let own = ports.get(set);
            if run.set == NONE || (run.set != ALL && base.difference(&own).is_empty()) {
                let more = if set == ALL { own } else { Arc::new(own.difference(&base)) };
                found.add(family, (point, point), &more);
                continue;
            }
            restricts = true;
            if let Some(first) = next.filter(|&first| first < point) {
                found.add(family, (first, point - 1), &base);
            }
            next = (point < run.last).then(|| point + 1);
            found.add(family, (point, point), &own);
        }
        if let Some(first) = next {
            found.add(family, (first, run.last), &base);
        }
    }
    if found.is_too_large {
        found = Elements { is_too_large: true, ..Elements::default() };
    }
    restricts.then_some(found)
}

/// The parts of the address space, neighbours with equal sets as one.
fn runs(row: &Row, family: Family, reach: &Reach) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (first, last, column) in reach.parts(family) {
        let set = row.get(column);
        match runs.last_mut() {
            Some(run) if run.set == set => run.last = last,
            _ => runs.push(Run { first, last, set }),
        }
    }
    runs
}

impl Elements {
    fn add(&mut self, family: Family, (first, last): (u128, u128), ports: &PortSet) {
        let count = self.ports.len() + self.ranges.len() + self.open.len();
        self.is_too_large |= count + ports.range_count() > LIMIT;
        if self.is_too_large {
            return;
        }
        let element =
            |ports| Element { first: address_of(family, first), last: address_of(family, last), ports };
        if *ports == PortSet::all() {
            self.open.insert(element(None));
            return;
        }
        for protocol in Protocol::ALL {
            for &(from, to) in ports.ranges(protocol) {
                let is_single = first == last && from == to;
                let set = if is_single { &mut self.ports } else { &mut self.ranges };
                set.insert(element(Some((protocol, from, to))));
            }
        }
    }
}
