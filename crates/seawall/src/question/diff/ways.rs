//! Attack paths that a change opens and closes: who can now become cluster administrator, take a node or read the
//! secrets of a namespace, and could not before.

use super::super::paths::{PathEntry, entry};
use schemars::JsonSchema;
use seawall_paths::{Path, Paths, Place};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Starts whose path is told, and starts that are named beside one.
const TOLD: usize = 200;
/// Namespaces whose secrets are asked for.
const NAMESPACES: usize = 1_000;

/// A path that only one side has, and the other starts that it is open to.
pub(in super::super) struct Way {
    pub(in super::super) path: Path,
    /// Further starts: their own path passes where this one starts.
    pub(in super::super) also: Vec<Place>,
}

/// What came of it.
#[derive(Default)]
pub(in super::super) struct Ways {
    /// From outside first, then to the whole cluster, then the shortest.
    pub(in super::super) ways: Vec<Way>,
    /// Starts whose path is not told for their number.
    pub(in super::super) more: usize,
    /// Whether every start could be followed.
    pub(in super::super) complete: bool,
}

/// A path gained or lost.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct WayEntry {
    #[serde(flatten)]
    path: PathEntry,
    /// Other places whose own path passes where this one starts.
    also_from: Vec<String>,
}

impl Way {
    pub(in super::super) fn entry(&self) -> WayEntry {
        WayEntry { path: entry(&self.path), also_from: self.also.iter().map(ToString::to_string).collect() }
    }

    /// Where else it starts, in a few words; nothing where nowhere.
    pub(in super::super) fn also(&self) -> Option<String> {
        const NAMED: usize = 6;
        let named: Vec<String> = self.also.iter().take(NAMED).map(ToString::to_string).collect();
        let more = self.also.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        (!named.is_empty()).then(|| format!("{}{more}", named.join(", ")))
    }
}

/// What somebody wants, worst first.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Goal {
    Cluster,
    Node,
    Secrets(String),
}

/// Who reaches what in one world.
pub(in super::super) struct Side<'w> {
    paths: &'w Paths,
    nodes: Vec<Place>,
    /// By start; the starts are workloads, not their pods, whose names change.
    reached: BTreeMap<Place, BTreeSet<Goal>>,
    complete: bool,
}

impl<'w> Side<'w> {
    pub(in super::super) fn new(paths: &'w Paths) -> Self {
        let sources: BTreeSet<Place> =
            paths.default_sources().iter().map(|place| paths.workload_place(place)).collect();
        let sources: Vec<Place> = sources.into_iter().collect();
        let nodes: Vec<Place> =
            paths.default_targets().into_iter().filter(|place| *place != Place::ClusterAdmin).collect();
        let mut side = Self { paths, nodes, reached: BTreeMap::new(), complete: true };
        side.follow(&sources, &[Place::ClusterAdmin], &Goal::Cluster);
        // Whoever may do everything needs no further way.
        let left = side.without(&sources, &Goal::Cluster);
        side.follow(&left, &side.nodes.clone(), &Goal::Node);
        let namespaces = side.paths.namespaces_of_secrets();
        side.complete &= namespaces.len() <= NAMESPACES;
        for namespace in namespaces.into_iter().take(NAMESPACES) {
            side.follow(&left, &[Place::Secrets(namespace.clone())], &Goal::Secrets(namespace));
        }
        side
    }

    fn without(&self, sources: &[Place], goal: &Goal) -> Vec<Place> {
        let has = |place: &Place| self.reached.get(place).is_some_and(|goals| goals.contains(goal));
        sources.iter().filter(|place| !has(place)).cloned().collect()
    }

    fn follow(&mut self, sources: &[Place], targets: &[Place], goal: &Goal) {
        let (found, complete) = self.paths.distances(sources, targets);
        self.complete &= complete;
        for (from, _) in found {
            self.reached.entry(from).or_default().insert(goal.clone());
        }
    }

    /// What this side has beyond the other.
    pub(in super::super) fn beyond(&self, other: &Side<'_>) -> Ways {
        let mut gained: Vec<(Goal, Place)> = Vec::new();
        for (from, goals) in &self.reached {
            let before = other.reached.get(from);
            let had = |goal: &Goal| {
                before.is_some_and(|goals| goals.contains(&Goal::Cluster) || goals.contains(goal))
            };
            gained.extend(goals.iter().filter(|goal| !had(goal)).map(|goal| (goal.clone(), from.clone())));
        }
        gained.sort_by_key(|(goal, from)| (*from != Place::Internet, goal.clone(), from.clone()));
        let more = gained.len().saturating_sub(TOLD);
        gained.truncate(TOLD);
        let told = gained.iter().filter_map(|(goal, from)| Some((goal, self.tell(from, goal)?)));
        let mut ways = grouped(told.collect());
        ways.sort_by_key(|way| {
            let outside =
                std::iter::once(&way.path.from).chain(&way.also).any(|from| *from == Place::Internet);
            (!outside, way.path.to != Place::ClusterAdmin, way.path.steps.len(), way.path.from.clone())
        });
        Ways { ways, more, complete: self.complete && other.complete }
    }

    fn tell(&self, from: &Place, goal: &Goal) -> Option<Path> {
        let targets = match goal {
            Goal::Cluster => &[Place::ClusterAdmin][..],
            Goal::Node => &self.nodes,
            Goal::Secrets(namespace) => &[Place::Secrets(namespace.clone())][..],
        };
        let (paths, ..) = self.paths.nearest(std::slice::from_ref(from), targets, 1);
        paths.into_iter().next()
    }
}

/// One way for each start that does not only come by another one.
fn grouped(told: Vec<(&Goal, Path)>) -> Vec<Way> {
    let starts: BTreeSet<(&Goal, Place)> =
        told.iter().map(|(goal, path)| (*goal, path.from.clone())).collect();
    let mut roots: BTreeMap<(&Goal, Place), Way> = BTreeMap::new();
    let mut others = Vec::new();
    for (goal, path) in told {
        // The last other start on the way: what everybody behind it has in common.
        let passed = path
            .steps
            .iter()
            .rev()
            .map(|step| &step.from)
            .find(|place| **place != path.from && starts.contains(&(goal, (*place).clone())));
        match passed {
            Some(place) => others.push((goal, place.clone(), path)),
            None => {
                roots.insert((goal, path.from.clone()), Way { path, also: Vec::new() });
            }
        }
    }
    for (goal, place, path) in others {
        match roots.get_mut(&(goal, place)) {
            Some(way) => way.also.push(path.from),
            // The place itself comes by a third one: the way stands for itself.
            None => {
                roots.insert((goal, path.from.clone()), Way { path, also: Vec::new() });
            }
        }
    }
    roots.into_values().collect()
}
