//! Forward search: what can be derived from some vertices, in as few steps as possible (D. E. Knuth, "A
//! Generalization of Dijkstra's Algorithm", 1977). An edge costs one step more than its dearest premise; of equal
//! numbers of steps the one with fewer assumptions counts, then the edge that was built first.

use crate::graph::{Graph, NONE};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Which edges must not be used.
pub(crate) trait Forbidden {
    fn forbids(&self, edge: u32) -> bool;
}

impl Forbidden for () {
    fn forbids(&self, _: u32) -> bool {
        false
    }
}

/// Steps count in the upper part of a cost, assumptions in the lower one.
const STEP: u32 = 1 << 12;

/// What was derived.
pub(crate) struct Derived {
    /// For each vertex: the edge that derives it; `NONE` where nothing does, or it is a source.
    pub(crate) by: Vec<u32>,
    /// For each vertex its place in the order in which they were settled; `NONE` where it was not.
    pub(crate) order: Vec<u32>,
    /// Edges that were looked at.
    pub(crate) work: u64,
}

impl Derived {
    pub(crate) fn reached(&self, vertex: u32) -> bool {
        self.order.get(vertex as usize).is_some_and(|order| *order != NONE)
    }
}

/// Derives from `sources` until one of `targets` (or, without targets, everything) is settled.
pub(crate) fn derive(
    graph: &Graph,
    sources: &[u32],
    targets: &[u32],
    forbidden: &impl Forbidden,
) -> (Derived, Option<u32>) {
    let size = graph.facts.len();
    let mut costs = vec![NONE; size];
    let mut derived = Derived { by: vec![NONE; size], order: vec![NONE; size], work: 0 };
    let mut settled = 0;
    let mut heap = BinaryHeap::new();
    for &source in sources {
        if let Some(cost) = costs.get_mut(source as usize) {
            *cost = 0;
            heap.push(Reverse((0_u32, NONE, source)));
        }
    }
    while let Some(Reverse((cost, by, vertex))) = heap.pop() {
        let at = vertex as usize;
        let Some(order) = derived.order.get_mut(at).filter(|order| **order == NONE) else { continue };
        *order = settled;
        settled += 1;
        if let Some(slot) = derived.by.get_mut(at) {
            *slot = by;
        }
        if targets.contains(&vertex) && by != NONE {
            return (derived, Some(vertex));
        }
        for &number in graph.edges_from(vertex) {
            derived.work += 1;
            let Some(edge) = graph.edge(number) else { continue };
            if derived.reached(edge.conclusion)
                || !edge.premises().all(|premise| derived.reached(premise))
                || forbidden.forbids(number)
            {
                continue;
            }
            // The premise settled last is the dearest.
            let step = if edge.row.is_some() { STEP } else { 0 };
            let next = cost.saturating_add(step).saturating_add(edge.requires.len());
            if let Some(known) = costs.get_mut(edge.conclusion as usize).filter(|known| next <= **known) {
                *known = next;
                heap.push(Reverse((next, number, edge.conclusion)));
            }
        }
    }
    (derived, None)
}
