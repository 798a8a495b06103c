//! From a derivation to steps that a person can follow.

use crate::evidence::Evidence;
use crate::graph::{Edge, Graph, NONE};
use crate::place::Place;
use crate::query::Paths;
use crate::row::Row;
use crate::search::Derived;
use std::collections::HashMap;

/// A step of a path.
#[derive(Clone, Debug)]
pub struct Step {
    /// Which edge of the catalogue.
    pub row: Row,
    /// Where the step before ended.
    pub from: Place,
    /// Where it leads.
    pub to: Place,
    /// The places that the step really starts from, where that is not `from` alone: everything reached before is
    /// still held.
    pub uses: Vec<Place>,
    /// Pods of the same workload that would do as well, this one counted; 1 for anything else.
    pub alike: usize,
    /// What in the input makes it possible.
    pub because: Vec<Evidence>,
    /// What is assumed.
    pub requires: Vec<String>,
}

/// A way from one place to another.
#[derive(Clone, Debug)]
pub struct Path {
    /// As asked.
    pub from: Place,
    /// As asked.
    pub to: Place,
    /// In order; each begins where the one before ended.
    pub steps: Vec<Step>,
}

/// The edges of a derivation, and what makes it the same as another one.
#[derive(Clone, Debug)]
pub(crate) struct Derivation {
    /// In the order in which they hold.
    pub(crate) edges: Vec<u32>,
    pub(crate) target: u32,
    /// For each edge: whether its conclusion is where a step ends, and the edge of the catalogue that leads there.
    arrivals: HashMap<u32, u32>,
}

impl Derivation {
    /// The edges that derive `target`.
    pub(crate) fn of(graph: &Graph, derived: &Derived, target: u32) -> Self {
        let mut open = vec![target];
        let mut seen: HashMap<u32, u32> = HashMap::new();
        while let Some(vertex) = open.pop() {
            let by = derived.by.get(vertex as usize).copied().unwrap_or(NONE);
            if by == NONE || seen.insert(vertex, by).is_some() {
                continue;
            }
            open.extend(graph.edge(by).into_iter().flat_map(Edge::premises));
        }
        let mut order: Vec<(u32, u32, u32)> = seen
            .into_iter()
            .map(|(vertex, by)| (derived.order.get(vertex as usize).copied().unwrap_or(NONE), vertex, by))
            .collect();
        order.sort_unstable();
        let arrivals = arrivals(graph, &order, target);
        Self { edges: order.into_iter().map(|(_, _, by)| by).collect(), target, arrivals }
    }

    /// Rows and places: two derivations that agree in them are one path.
    pub(crate) fn signature(&self, graph: &Graph, paths: &Paths) -> Vec<(Row, u64)> {
        let ends = self.edges.iter().filter_map(|edge| graph.edge(*edge).map(|edge| edge.conclusion));
        ends.filter_map(|end| {
            let row = graph.edge(*self.arrivals.get(&end)?)?.row?;
            Some((row, paths.alike_key(end)))
        })
        .collect()
    }
}

/// For each vertex at which a step ends, the edge with a row that leads to it: the first place behind that edge, or
/// the target.
fn arrivals(graph: &Graph, order: &[(u32, u32, u32)], target: u32) -> HashMap<u32, u32> {
    let mut arrivals = HashMap::new();
    // Steps whose place is still to come.
    let mut pending: HashMap<u32, u32> = HashMap::new();
    for &(_, vertex, by) in order {
        let Some(edge) = graph.edge(by) else { continue };
        let step = match edge.row {
            Some(_) => Some(by),
            None => edge.premises().find_map(|premise| pending.get(&premise).copied()),
        };
        let Some(step) = step else { continue };
        if graph.fact(vertex).is_place() || vertex == target {
            arrivals.insert(vertex, step);
        } else {
            pending.insert(vertex, step);
        }
    }
    arrivals
}

/// Tells the steps of a derivation.
pub(crate) fn tell(paths: &Paths, derivation: &Derivation, from: &Place, to: &Place) -> Path {
    let graph = &paths.graph;
    let by: HashMap<u32, u32> =
        derivation.edges.iter().filter_map(|edge| Some((graph.edge(*edge)?.conclusion, *edge))).collect();
    let mut steps: Vec<Step> = Vec::new();
    for edge in &derivation.edges {
        let Some(end) = graph.edge(*edge).map(|edge| edge.conclusion) else { continue };
        let Some(&step) = derivation.arrivals.get(&end) else { continue };
        let row = graph.edge(step).and_then(|edge| edge.row).unwrap_or(Row::GroupImplied);
        let before = steps.last().map_or_else(|| from.clone(), |step| step.to.clone());
        let place = if end == derivation.target { to.clone() } else { paths.place(end) };
        let (mut because, mut requires, mut uses) = (Vec::new(), Vec::new(), Vec::new());
        collect(
            graph,
            derivation,
            &by,
            end,
            &mut |edge| {
                because.extend(graph.store.numbers(edge.evidence).iter().copied());
                requires.extend(graph.store.numbers(edge.requires).iter().copied());
            },
            &mut |origin| {
                let origin = if derivation.arrivals.contains_key(&origin) {
                    paths.place(origin)
                } else {
                    from.clone()
                };
                if !uses.contains(&origin) {
                    uses.push(origin);
                }
            },
        );
        dedup(&mut because);
        dedup(&mut requires);
        uses.sort();
        if uses == [before.clone()] {
            uses.clear();
        }
        steps.push(Step {
            row,
            from: before,
            to: place,
            uses,
            alike: paths.alike(end),
            because: because.iter().filter_map(|number| graph.store.evidence(*number).cloned()).collect(),
            requires: requires.iter().map(|number| graph.store.assumption(*number).to_owned()).collect(),
        });
    }
    finish(&mut steps, from, to);
    Path { from: from.clone(), to: to.clone(), steps }
}

/// A target that follows from the last place without a step: a group that the identity belongs to, a node that was
/// reached under another of its facts.
fn finish(steps: &mut Vec<Step>, from: &Place, to: &Place) {
    let end = steps.last().map_or_else(|| from.clone(), |step| step.to.clone());
    if end == *to {
        return;
    }
    match (steps.last_mut(), &end, to) {
        (Some(last), Place::Node(_), Place::Node(_)) | (Some(last), Place::Pod(..), Place::Pod(..)) => {
            last.to = to.clone();
        }
        _ => steps.push(Step {
            row: Row::GroupImplied,
            from: end,
            to: to.clone(),
            uses: Vec::new(),
            alike: 1,
            because: Vec::new(),
            requires: Vec::new(),
        }),
    }
}

/// Visits the edges of the step that ends at a vertex, last to first, and the vertices that it starts from.
fn collect(
    graph: &Graph,
    derivation: &Derivation,
    by: &HashMap<u32, u32>,
    end: u32,
    edge: &mut dyn FnMut(&Edge),
    origin: &mut dyn FnMut(u32),
) {
    // Until the step's own edge is passed, vertices belong to this step; behind it an arrival is where it starts.
    let mut open = vec![(end, false)];
    let mut seen = std::collections::HashSet::new();
    while let Some((vertex, passed)) = open.pop() {
        if !seen.insert((vertex, passed)) {
            continue;
        }
        let Some(one) = by.get(&vertex).and_then(|number| graph.edge(*number)) else {
            if vertex != 0 {
                origin(vertex);
            }
            continue;
        };
        if vertex != end && passed && derivation.arrivals.contains_key(&vertex) {
            origin(vertex);
            continue;
        }
        edge(one);
        let passed = passed || one.row.is_some();
        open.extend(one.premises().map(|premise| (premise, passed)));
    }
}

fn dedup(list: &mut Vec<u32>) {
    let mut seen = std::collections::HashSet::new();
    list.reverse();
    list.retain(|one| seen.insert(*one));
}

impl Derivation {
    /// The kinds of steps, each with the key of the vertex that its own edge leads to; but for those of somebody who
    /// may do everything already, whose other ways say nothing.
    pub(crate) fn steps(&self, graph: &Graph, paths: &Paths) -> Vec<(Row, u64)> {
        let edges = self.edges.iter().filter_map(|edge| graph.edge(*edge));
        let steps = edges.filter_map(|edge| Some((edge.row?, paths.alike_key(edge.conclusion))));
        steps.filter(|(row, _)| !matches!(row, Row::Wildcard | Row::Masters)).collect()
    }

    /// How many assumptions its edges carry.
    pub(crate) fn assumptions(&self, graph: &Graph) -> usize {
        self.edges.iter().filter_map(|edge| graph.edge(*edge)).map(|edge| edge.requires.len() as usize).sum()
    }
}
