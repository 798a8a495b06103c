//! A directed hypergraph: an edge holds when all its premises hold. Edges with a row are steps of a path, edges
//! without one cost nothing and only lead to the next step.

use crate::evidence::{Evidence, List, Store};
use crate::fact::{Fact, Names};
use crate::row::Row;
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// No vertex.
pub(crate) const NONE: u32 = u32::MAX;

/// An edge. More than two premises are joined by vertices of their own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    pub(crate) premises: [u32; 2],
    pub(crate) conclusion: u32,
    /// The step that it is.
    pub(crate) row: Option<Row>,
    pub(crate) evidence: List,
    pub(crate) requires: List,
}

impl Edge {
    pub(crate) fn premises(&self) -> impl Iterator<Item = u32> + use<> {
        self.premises.into_iter().filter(|premise| *premise != NONE)
    }
}

/// The graph while it is built, and afterwards.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub(crate) names: Names,
    numbers: HashMap<Fact, u32, RandomState>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) store: Store,
    /// For each vertex the edges that it is a premise of: where they begin in `out`.
    starts: Vec<u32>,
    out: Vec<u32>,
}

impl Graph {
    /// The vertex of a fact, made if it is new.
    pub(crate) fn vertex(&mut self, fact: Fact) -> u32 {
        let next = self.facts.len() as u32;
        let number = *self.numbers.entry(fact).or_insert(next);
        if number == next {
            self.facts.push(fact);
        }
        number
    }

    /// The vertex of a fact, if some edge speaks of it.
    pub(crate) fn find(&self, fact: Fact) -> Option<u32> {
        self.numbers.get(&fact).copied()
    }

    pub(crate) fn fact(&self, vertex: u32) -> Fact {
        self.facts.get(vertex as usize).copied().unwrap_or(Fact::Start)
    }

    /// Adds an edge with at most two premises.
    pub(crate) fn add<'t>(
        &mut self,
        row: Option<Row>,
        premises: &[u32],
        conclusion: u32,
        evidence: impl IntoIterator<Item = Evidence>,
        requires: impl IntoIterator<Item = &'t str>,
    ) {
        let evidence = self.store.evidence_list(evidence);
        let requires = self.store.assumption_list(requires);
        let mut both = [NONE; 2];
        let mut premises = premises.to_vec();
        premises.dedup();
        while premises.len() > 2 {
            let (last, before) = (premises.pop(), premises.pop());
            let joined = self.vertex(Fact::Both(self.facts.len() as u32));
            if let (Some(last), Some(before)) = (last, before) {
                let nothing = List::default();
                let edge = Edge {
                    premises: [before, last],
                    conclusion: joined,
                    row: None,
                    evidence: nothing,
                    requires: nothing,
                };
                self.edges.push(edge);
            }
            premises.push(joined);
        }
        for (slot, premise) in both.iter_mut().zip(premises) {
            *slot = premise;
        }
        self.edges.push(Edge { premises: both, conclusion, row, evidence, requires });
    }

    /// Ends the building: edges can be found by their premises.
    pub(crate) fn finish(&mut self) {
        let mut counts = vec![0_u32; self.facts.len() + 1];
        for premise in self.edges.iter().flat_map(Edge::premises) {
            if let Some(count) = counts.get_mut(premise as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for count in &mut counts {
            sum += *count;
            *count = sum;
        }
        self.starts = counts.clone();
        self.out = vec![0; sum as usize];
        for (number, edge) in self.edges.iter().enumerate() {
            for premise in edge.premises() {
                if let Some(place) = counts.get_mut(premise as usize) {
                    if let Some(slot) = self.out.get_mut(*place as usize) {
                        *slot = number as u32;
                    }
                    *place += 1;
                }
            }
        }
        self.edges.shrink_to_fit();
        self.facts.shrink_to_fit();
    }

    /// The edges that a vertex is a premise of.
    pub(crate) fn edges_from(&self, vertex: u32) -> &[u32] {
        let at = vertex as usize;
        let (Some(&start), Some(&end)) = (self.starts.get(at), self.starts.get(at + 1)) else { return &[] };
        self.out.get(start as usize..end as usize).unwrap_or(&[])
    }

    pub(crate) fn edge(&self, number: u32) -> Option<&Edge> {
        self.edges.get(number as usize)
    }
}
