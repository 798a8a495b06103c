//! Which smallest set of changes leaves no path? By implicit hitting sets (E. Moreno-Centeno, R. M. Karp, "The
//! Implicit Hitting Set Approach to Solve Combinatorial Optimization Problems", 2013): a path that survives the
//! changes chosen so far gives a set of changes of which one must be made; the cheapest choice that hits every such
//! set is taken; again, until none survives. Each set is a condition that every solution meets, so the last choice
//! is a smallest one.

mod apply;
mod change;
mod effects;
mod hitting;

pub use change::{CutChange, CutKind};

use crate::path::{Derivation, Path, tell};
use crate::place::Place;
use crate::query::Paths;
use crate::search::{Forbidden, derive};
use change::Candidates;
use std::collections::HashSet;

/// The changes that end every path.
#[derive(Clone, Debug)]
pub struct Cut {
    /// What to change; empty where there is no path.
    pub changes: Vec<CutChange>,
    /// Whether no smaller set exists. The paths are those that the graph knows; that none is left is to be proven by
    /// asking again after [`Cut::apply`].
    pub minimum: bool,
    /// A path that no change of those allowed ends. Then there are no `changes`.
    pub lasting: Option<Path>,
}

/// Paths that are looked for, at most.
const ROUNDS: usize = 5_000;

/// Evidence that is gone.
struct Gone<'p> {
    paths: &'p Paths,
    evidence: Vec<bool>,
}

impl Forbidden for Gone<'_> {
    fn forbids(&self, edge: u32) -> bool {
        let graph = &self.paths.graph;
        let list = graph.edge(edge).map(|edge| graph.store.numbers(edge.evidence));
        list.unwrap_or(&[]).iter().any(|number| self.evidence.get(*number as usize) == Some(&true))
    }
}

impl Paths {
    /// The smallest set of changes after which no path leads from one place to another.
    pub fn cut(&self, from: &Place, to: &Place) -> Cut {
        let (sources, targets) = (self.sources(from), self.vertices(to, false));
        let none = Cut { changes: Vec::new(), minimum: true, lasting: None };
        if from == to || sources.len() < 2 || targets.is_empty() {
            return none;
        }
        let candidates = Candidates::of(&self.graph.store);
        let mut sets: Vec<Vec<u32>> = Vec::new();
        let (mut chosen, mut exact): (Vec<u32>, bool) = (Vec::new(), true);
        for _ in 0..ROUNDS {
            let mut all: HashSet<u32> = chosen.iter().copied().collect();
            let mut survived = false;
            // Further paths that share no change with the ones before are worth a round each.
            loop {
                let gone = Gone { paths: self, evidence: candidates.gone(&all) };
                let (derived, target) = derive(&self.graph, &sources, &targets, &gone);
                let Some(target) = target else { break };
                let derivation = Derivation::of(&self.graph, &derived, target);
                let set = self.breakers(&derivation, &candidates);
                if set.is_empty() {
                    if survived {
                        break;
                    }
                    let lasting = Some(tell(self, &derivation, from, to));
                    return Cut { changes: Vec::new(), minimum: false, lasting };
                }
                survived = true;
                all.extend(&set);
                sets.push(set);
            }
            if !survived {
                let changes = chosen.iter().filter_map(|number| candidates.change(*number)).collect();
                return Cut { changes, minimum: exact, lasting: None };
            }
            (chosen, exact) = hitting::cheapest(&sets, &|number| candidates.cost(number));
        }
        let changes = chosen.iter().filter_map(|number| candidates.change(*number)).collect();
        Cut { changes, minimum: false, lasting: None }
    }

    /// The changes any of which ends a derivation.
    fn breakers(&self, derivation: &Derivation, candidates: &Candidates) -> Vec<u32> {
        let store = &self.graph.store;
        let edges = derivation.edges.iter().filter_map(|edge| self.graph.edge(*edge));
        let evidence = edges.flat_map(|edge| store.numbers(edge.evidence));
        let mut all: Vec<u32> =
            evidence.flat_map(|number| candidates.of_evidence(*number)).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
