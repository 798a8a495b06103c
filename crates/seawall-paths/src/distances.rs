//! How far is every place from some targets? Two searches backwards give a lower and an upper bound for all starts at
//! once; only where they differ (edges with several premises) a start is followed on its own.

use crate::graph::{Edge, Graph, NONE};
use crate::place::Place;
use crate::query::Paths;
use crate::search::{Forbidden, Search};
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Vertices before a premise that are looked at for one that leads to both premises of an edge.
const BEFORE: usize = 512;
/// Edges that are looked at for the starts that must be followed on their own.
const WORK: u64 = 200_000_000;

/// Edges by their conclusion.
#[derive(Debug)]
pub(crate) struct Incoming {
    starts: Vec<u32>,
    edges: Vec<u32>,
}

impl Incoming {
    fn of(graph: &Graph) -> Self {
        let mut starts = vec![0_u32; graph.facts.len() + 1];
        for edge in &graph.edges {
            starts.get_mut(edge.conclusion as usize + 1).into_iter().for_each(|count| *count += 1);
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut places = starts.clone();
        let mut edges = vec![0; graph.edges.len()];
        for (number, edge) in graph.edges.iter().enumerate() {
            if let Some(place) = places.get_mut(edge.conclusion as usize) {
                edges.get_mut(*place as usize).into_iter().for_each(|slot| *slot = number as u32);
                *place += 1;
            }
        }
        Self { starts, edges }
    }

    fn to<'g>(&'g self, graph: &'g Graph, vertex: u32) -> impl Iterator<Item = &'g Edge> {
        let at = vertex as usize;
        let range = self.starts.get(at).zip(self.starts.get(at + 1));
        let range = range.map_or(0..0, |(start, end)| *start as usize..*end as usize);
        let numbers = self.edges.get(range).unwrap_or(&[]);
        numbers.iter().filter_map(|number| graph.edge(*number))
    }
}

/// Steps from each vertex to the nearest of some targets.
#[derive(Debug)]
struct Bounds {
    /// As if one premise of each edge were enough: it takes no fewer.
    lower: Vec<u32>,
    /// Only where one vertex leads to all premises: it takes no more.
    upper: Vec<u32>,
}

/// What distances need again and again: made at the first question.
#[derive(Debug, Default)]
pub(crate) struct Backwards {
    incoming: OnceLock<Incoming>,
    /// The bounds of the targets that were asked for last. Questions come in rows about the same ones.
    last: Mutex<Option<(Vec<u32>, Arc<Bounds>)>>,
}

impl Backwards {
    fn bounds(&self, graph: &Graph, ends: &[u32]) -> Arc<Bounds> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, bounds)) = last.as_ref()
            && of == ends
        {
            return bounds.clone();
        }
        let incoming = self.incoming.get_or_init(|| Incoming::of(graph));
        let lower = backwards(graph, incoming, ends, true);
        let upper = backwards(graph, incoming, ends, false);
        let bounds = Arc::new(Bounds { lower, upper });
        *last = Some((ends.to_vec(), bounds.clone()));
        bounds
    }
}

/// What may lie on a way of at most so many steps: what is farther from the targets, even if one premise of each
/// edge were enough, is not looked at.
struct Near<'l> {
    lower: &'l [u32],
    most: u32,
}

impl Forbidden for Near<'_> {
    fn forbids(&self, _: u32) -> bool {
        false
    }

    fn too_far(&self, vertex: u32, steps: u32) -> bool {
        let least = self.lower.get(vertex as usize).copied().unwrap_or(NONE);
        least == NONE || steps.saturating_add(least) > self.most
    }
}

impl Paths {
    /// The number of steps from each of `sources` to the nearest of `targets`, for those that reach one; whether all
    /// that might could be followed.
    pub fn distances(&self, sources: &[Place], targets: &[Place]) -> (Vec<(Place, usize)>, bool) {
        let ends: Vec<u32> = targets.iter().flat_map(|to| self.vertices(to, false)).collect();
        let bounds = self.backwards.bounds(&self.graph, &ends);
        let (mut out, mut work, mut complete) = (Vec::new(), 0, true);
        let mut search = Search::new(&self.graph);
        for from in sources.iter().filter(|from| !targets.contains(from)) {
            let starts = self.sources(from);
            let least = |bounds: &[u32]| {
                let all = starts.iter().filter_map(|vertex| bounds.get(*vertex as usize).copied());
                all.min().unwrap_or(NONE)
            };
            let (low, high) = (least(&bounds.lower), least(&bounds.upper));
            if starts.len() < 2 || low == NONE {
                continue;
            }
            if low == high {
                // Without a step only a group of the identity is reached.
                out.push((from.clone(), low.max(1) as usize));
                continue;
            }
            if work > WORK {
                complete = false;
                continue;
            }
            let near = Near { lower: &bounds.lower, most: high };
            let target = search.run(&starts, &ends, &near);
            work += search.derived.work;
            if let Some(target) = target {
                let derivation = crate::path::Derivation::of(&self.graph, &search.derived, target);
                out.push((from.clone(), derivation.signature(&self.graph, self).len().max(1)));
            }
        }
        (out, complete)
    }
}

/// Steps from each vertex to the nearest end: as if one premise of an edge were enough, or only where one vertex
/// leads to all of them.
fn backwards(graph: &Graph, incoming: &Incoming, ends: &[u32], one_is_enough: bool) -> Vec<u32> {
    let mut steps = vec![NONE; graph.facts.len()];
    let mut open: VecDeque<(u32, u32)> = ends.iter().map(|end| (*end, 0)).collect();
    while let Some((vertex, far)) = open.pop_front() {
        let Some(slot) = steps.get_mut(vertex as usize).filter(|slot| far < **slot) else { continue };
        *slot = far;
        for edge in incoming.to(graph, vertex) {
            let next = far + u32::from(edge.row.is_some());
            let premises: Vec<u32> = match edge.premises {
                [only, NONE] => vec![only],
                both if one_is_enough => both.into(),
                [one, other] => {
                    let before = silently_before(graph, incoming, one);
                    silently_before(graph, incoming, other).intersection(&before).copied().collect()
                }
            };
            for premise in premises {
                if edge.row.is_some() {
                    open.push_back((premise, next))
                } else {
                    open.push_front((premise, next))
                }
            }
        }
    }
    steps
}

/// The vertices from which one follows without a step.
fn silently_before(graph: &Graph, incoming: &Incoming, vertex: u32) -> HashSet<u32> {
    let mut seen = HashSet::new();
    let mut open = VecDeque::from([vertex]);
    while let Some(vertex) = open.pop_front() {
        if seen.len() >= BEFORE || !seen.insert(vertex) {
            continue;
        }
        let silent = incoming.to(graph, vertex).filter(|edge| edge.row.is_none());
        open.extend(silent.filter_map(|edge| match edge.premises {
            [only, NONE] => Some(only),
            _ => None,
        }));
    }
    seen
}
