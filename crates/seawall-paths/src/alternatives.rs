//! More than the shortest path (in the manner of J. Y. Yen, "Finding the K Shortest Loopless Paths in a Network",
//! 1971): each further one avoids a place of one already found, or takes another kind of step into it. A path that
//! passes every place of a shorter one and more is a detour, and no path of its own.

use crate::graph::Graph;
use crate::path::Derivation;
use crate::query::Paths;
use crate::row::Row;
use crate::search::{Forbidden, Search};
use std::collections::{BTreeMap, HashSet};

/// Edges that are looked at for all alternatives together.
const WORK: u64 = 60_000_000;
/// Searches for one question.
const SEARCHES: usize = 2_000;

/// What must not be used: places, by their key, and kinds of steps to a vertex, by its key.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
struct Avoid {
    places: Vec<u64>,
    steps: Vec<(Row, u64)>,
}

impl Avoid {
    fn with_place(&self, key: u64) -> Self {
        let mut next = self.clone();
        next.places.push(key);
        next.places.sort_unstable();
        next
    }

    fn with_step(&self, step: (Row, u64)) -> Self {
        let mut next = self.clone();
        next.steps.push(step);
        next.steps.sort_unstable();
        next
    }
}

struct Avoiding<'p> {
    paths: &'p Paths,
    what: &'p Avoid,
}

impl Forbidden for Avoiding<'_> {
    fn forbids(&self, edge: u32) -> bool {
        let Some(edge) = self.paths.graph.edge(edge) else { return false };
        if self.what.places.is_empty() && self.what.steps.is_empty() {
            return false;
        }
        let key = self.paths.alike_key(edge.conclusion);
        self.what.places.contains(&key) || edge.row.is_some_and(|row| self.what.steps.contains(&(row, key)))
    }
}

/// The derivations of one of `targets`, shortest first, at most `limit`; whether these are all within the limit.
pub(crate) fn shortest(
    paths: &Paths,
    sources: &[u32],
    targets: &[u32],
    limit: usize,
) -> (Vec<Derivation>, bool) {
    let graph: &Graph = &paths.graph;
    let (mut work, mut searches) = (0, 0);
    let mut search = Search::new(graph);
    let mut found: Vec<Derivation> = Vec::new();
    let mut known: Vec<Vec<(Row, u64)>> = Vec::new();
    let mut asked: HashSet<Avoid> = HashSet::new();
    // By length, then by assumptions, then in the order in which they were found.
    let mut open: BTreeMap<(usize, usize, usize), (Derivation, Avoid)> = BTreeMap::new();
    let mut look = |avoid: Avoid, open: &mut BTreeMap<_, _>| {
        if !asked.insert(avoid.clone()) {
            return true;
        }
        searches += 1;
        if work > WORK || searches > SEARCHES {
            return false;
        }
        let target = search.run(sources, targets, &Avoiding { paths, what: &avoid });
        work += search.derived.work;
        if let Some(target) = target {
            let derivation = Derivation::of(graph, &search.derived, target);
            let length = derivation.signature(graph, paths).len();
            open.insert((length, derivation.assumptions(graph), searches), (derivation, avoid));
        }
        true
    };
    let mut complete = look(Avoid::default(), &mut open);
    while let Some((_, (derivation, avoid))) = open.pop_first() {
        if found.len() == limit {
            break;
        }
        let signature = derivation.signature(graph, paths);
        let detour = |other: &Vec<(Row, u64)>| {
            other.len() < signature.len()
                && other.iter().all(|(_, place)| signature.iter().any(|(_, own)| own == place))
        };
        if known.contains(&signature) || known.iter().any(detour) {
            continue;
        }
        let last = signature.len().saturating_sub(1);
        let places = signature.iter().take(last).map(|(_, key)| avoid.with_place(*key));
        let steps = derivation.steps(graph, paths).into_iter().map(|step| avoid.with_step(step));
        for next in places.chain(steps).collect::<Vec<_>>() {
            complete &= look(next, &mut open);
        }
        known.push(signature);
        found.push(derivation);
    }
    (found, complete)
}
