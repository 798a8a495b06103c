//! Forward search: what can be derived from some vertices, in as few steps as possible (D. E. Knuth, "A
//! Generalization of Dijkstra's Algorithm", 1977). An edge costs one step more than its dearest premise; of equal
//! numbers of steps the one with fewer assumptions counts, then the edge that was built first.

use crate::graph::{Graph, NONE};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Which edges must not be used.
pub(crate) trait Forbidden {
    fn forbids(&self, edge: u32) -> bool;

    /// Whether a vertex that takes so many steps is of no use.
    fn too_far(&self, _vertex: u32, _steps: u32) -> bool {
        false
    }
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
    let mut search = Search::new(graph);
    let target = search.run(sources, targets, forbidden);
    (search.derived, target)
}

/// Room for one search after another: what a search did not touch need not be cleared.
pub(crate) struct Search<'g> {
    graph: &'g Graph,
    costs: Vec<u32>,
    pub(crate) derived: Derived,
    /// Vertices that have a cost.
    touched: Vec<u32>,
}

impl<'g> Search<'g> {
    pub(crate) fn new(graph: &'g Graph) -> Self {
        let size = graph.facts.len();
        let derived = Derived { by: vec![NONE; size], order: vec![NONE; size], work: 0 };
        Self { graph, costs: vec![NONE; size], derived, touched: Vec::new() }
    }

    /// Derives as [`derive`] does.
    pub(crate) fn run(
        &mut self,
        sources: &[u32],
        targets: &[u32],
        forbidden: &impl Forbidden,
    ) -> Option<u32> {
        self.clear();
        let mut settled = 0;
        let mut heap = BinaryHeap::new();
        for &source in sources {
            if self.improve(source, 0) {
                heap.push(Reverse((0_u32, NONE, source)));
            }
        }
        while let Some(Reverse((cost, by, vertex))) = heap.pop() {
            let at = vertex as usize;
            let Some(order) = self.derived.order.get_mut(at).filter(|order| **order == NONE) else {
                continue;
            };
            *order = settled;
            settled += 1;
            if let Some(slot) = self.derived.by.get_mut(at) {
                *slot = by;
            }
            if targets.contains(&vertex) && by != NONE {
                return Some(vertex);
            }
            for &number in self.graph.edges_from(vertex) {
                self.derived.work += 1;
                let Some(edge) = self.graph.edge(number) else { continue };
                if self.derived.reached(edge.conclusion)
                    || !edge.premises().all(|premise| self.derived.reached(premise))
                    || forbidden.forbids(number)
                {
                    continue;
                }
                // The premise settled last is the dearest.
                let step = if edge.row.is_some() { STEP } else { 0 };
                let next = cost.saturating_add(step).saturating_add(edge.requires.len());
                if !forbidden.too_far(edge.conclusion, next / STEP) && self.improve(edge.conclusion, next) {
                    heap.push(Reverse((next, number, edge.conclusion)));
                }
            }
        }
        None
    }

    /// Notes that a vertex costs no more than this, unless it is known to cost less.
    fn improve(&mut self, vertex: u32, cost: u32) -> bool {
        let Some(known) = self.costs.get_mut(vertex as usize).filter(|known| cost <= **known) else {
            return false;
        };
        if *known == NONE {
            self.touched.push(vertex);
        }
        *known = cost;
        true
    }

    fn clear(&mut self) {
        self.derived.work = 0;
        for vertex in self.touched.drain(..) {
            let at = vertex as usize;
            for list in [&mut self.costs, &mut self.derived.by, &mut self.derived.order] {
                list.get_mut(at).into_iter().for_each(|slot| *slot = NONE);
            }
        }
    }
}
