//! Questions to the graph.

use crate::alternatives::shortest;
use crate::builder::{Builder, Input, Map};
use crate::distances::Backwards;
use crate::fact::{Fact, Name};
use crate::family;
use crate::graph::Graph;
use crate::path::{Path, tell};
use crate::place::Place;
use crate::search::{Search, derive};
use std::collections::{BTreeSet, HashMap};

/// The graph of a cluster, ready to be asked.
#[derive(Debug)]
pub struct Paths {
    pub(crate) graph: Graph,
    /// Namespace, name and workload of each pod.
    pods: Vec<(Name, Name, Name)>,
    pods_by_name: Map<(Name, Name), Vec<u32>>,
    /// How many pods each workload has.
    workloads: HashMap<Name, usize>,
    /// Identities that the input itself speaks of.
    own: BTreeSet<u32>,
    pub(crate) backwards: Backwards,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Found {
    /// Shortest first.
    pub paths: Vec<Path>,
    /// Whether the search was not cut short: then, within the limit asked for, these are all.
    pub complete: bool,
}

impl Paths {
    /// Builds the graph. `places` are those that questions will name though the input may not know them.
    pub fn new(input: Input<'_>, places: &[Place]) -> Self {
        let mut builder = Builder::new(input, places);
        family::build(&mut builder);
        let Builder { mut graph, pods, pods_by_name, own, .. } = builder;
        graph.finish();
        let pods: Vec<_> = pods.into_iter().map(|unit| (unit.namespace, unit.name, unit.workload)).collect();
        let mut workloads = HashMap::new();
        for (_, _, workload) in &pods {
            *workloads.entry(*workload).or_insert(0) += 1;
        }
        Self { graph, pods, pods_by_name, workloads, own, backwards: Backwards::default() }
    }

    /// How many vertices and edges the graph has.
    pub fn size(&self) -> (usize, usize) {
        (self.graph.facts.len(), self.graph.edges.len())
    }

    /// Whether the graph knows a place: a pod or node that nobody names is in no path.
    pub fn knows(&self, place: &Place) -> bool {
        !self.vertices(place, true).is_empty()
    }

    /// The paths from one place to another, shortest first, at most `limit`. No two differ only by pods of one
    /// workload.
    pub fn find(&self, from: &Place, to: &Place, limit: usize) -> Found {
        let sources = self.sources(from);
        let targets = self.vertices(to, false);
        if from == to || sources.len() < 2 || targets.is_empty() {
            return Found { paths: Vec::new(), complete: true };
        }
        let (derivations, complete) = shortest(self, &sources, &targets, limit);
        let paths = derivations.iter().map(|derivation| tell(self, derivation, from, to)).collect();
        Found { paths, complete }
    }

    /// Which of `targets` can be reached from a place, each with its shortest path.
    pub fn reach(&self, from: &Place, targets: &[Place]) -> Vec<Path> {
        let sources = self.sources(from);
        let mut out = Vec::new();
        if sources.len() < 2 {
            return out;
        }
        let (derived, _) = derive(&self.graph, &sources, &[], &());
        for to in targets.iter().filter(|to| *to != from) {
            let mut vertices = self.vertices(to, false);
            vertices.retain(|vertex| derived.reached(*vertex) && !sources.contains(vertex));
            let first =
                vertices.into_iter().min_by_key(|vertex| derived.order.get(*vertex as usize).copied());
            let derivation = first.map(|target| crate::path::Derivation::of(&self.graph, &derived, target));
            out.extend(derivation.map(|derivation| tell(self, &derivation, from, to)));
        }
        out
    }

    /// The shortest path from each of `sources` to the nearest of `targets`, shortest first, at most `limit`; how many
    /// more there are, and whether all starts could be followed.
    pub fn nearest(&self, sources: &[Place], targets: &[Place], limit: usize) -> (Vec<Path>, usize, bool) {
        let (mut far, complete) = self.distances(sources, targets);
        far.sort_by(|(one, first), (other, second)| first.cmp(second).then_with(|| one.cmp(other)));
        let ends: Vec<u32> = targets.iter().flat_map(|to| self.vertices(to, false)).collect();
        let more = far.len().saturating_sub(limit);
        let mut search = Search::new(&self.graph);
        let tell_one = |(from, _): (Place, usize)| {
            let target = search.run(&self.sources(&from), &ends, &())?;
            let derivation = crate::path::Derivation::of(&self.graph, &search.derived, target);
            Some(tell(self, &derivation, &from, &self.place(target)))
        };
        (far.into_iter().take(limit).filter_map(tell_one).collect(), more, complete)
    }

    /// What a start from a place holds; nothing but [`Fact::Start`] where the place is not known.
    pub(crate) fn sources(&self, from: &Place) -> Vec<u32> {
        let mut all = self.vertices(from, true);
        all.extend(self.graph.find(Fact::Start));
        all.dedup();
        all
    }

    /// The vertices of a place, as a source or as a target.
    pub(crate) fn vertices(&self, place: &Place, source: bool) -> Vec<u32> {
        let name = |text: &str| self.graph.names.find(text);
        let facts: Vec<Option<Fact>> = match place {
            Place::Internet => vec![Some(Fact::Internet)],
            Place::ClusterAdmin => vec![Some(Fact::ClusterAdmin)],
            Place::NamespaceAdmin(namespace) => vec![name(namespace).map(Fact::NamespaceAdmin)],
            Place::Secrets(namespace) => vec![name(namespace).map(Fact::Secrets)],
            Place::User(user) => vec![name(user).map(Fact::User)],
            Place::Group(group) => vec![name(group).map(Fact::Group)],
            Place::ServiceAccount(namespace, account) => {
                vec![
                    name(namespace)
                        .zip(name(account))
                        .map(|(namespace, account)| Fact::Account(namespace, account)),
                ]
            }
            Place::Node(node) if node == "*" => vec![Some(Fact::SomeNode)],
            Place::Node(node) => {
                let name = name(node);
                let root = name.map(Fact::NodeRoot).filter(|fact| self.graph.find(*fact).is_some());
                // Root on a node that the input does not know is nothing more than its identity.
                match (source, root) {
                    (true, Some(root)) => vec![Some(root)],
                    _ => vec![root, name.map(Fact::NodeIdentity)],
                }
            }
            Place::Pod(namespace, pod) => {
                let key = name(namespace).zip(name(pod));
                let pods = key.and_then(|key| self.pods_by_name.get(&key));
                pods.into_iter().flatten().map(|number| Some(Fact::Pod(*number))).collect()
            }
            Place::Role { namespace, name: role, scope } => {
                let text = |text: &Option<String>| name(text.as_deref().unwrap_or(""));
                let parts = text(namespace).zip(name(role)).zip(text(scope));
                vec![parts.map(|((namespace, role), scope)| Fact::RoleHeld(namespace, role, scope))]
            }
            Place::Cloud(role) => vec![name(role).map(Fact::Cloud)],
        };
        facts.into_iter().flatten().filter_map(|fact| self.graph.find(fact)).collect()
    }

    /// The place of a vertex.
    pub(crate) fn place(&self, vertex: u32) -> Place {
        let text = |name: Name| self.graph.names.text(name).to_owned();
        let some = |name: Name| (name != Name::EMPTY).then(|| text(name));
        match self.graph.fact(vertex) {
            Fact::Internet => Place::Internet,
            Fact::NamespaceAdmin(namespace) => Place::NamespaceAdmin(text(namespace)),
            Fact::Secrets(namespace) => Place::Secrets(text(namespace)),
            Fact::User(name) => Place::User(text(name)),
            Fact::Group(name) => Place::Group(text(name)),
            Fact::Account(namespace, name) => Place::ServiceAccount(text(namespace), text(name)),
            Fact::NodeRoot(name) | Fact::NodeIdentity(name) | Fact::NodeKeys(name) => Place::Node(text(name)),
            Fact::SomeNode => Place::Node("*".to_owned()),
            Fact::Pod(number) => match self.pods.get(number as usize) {
                Some((namespace, name, _)) => Place::Pod(text(*namespace), text(*name)),
                None => Place::Pod(String::new(), String::new()),
            },
            Fact::RoleHeld(namespace, name, scope) => {
                Place::Role { namespace: some(namespace), name: text(name), scope: some(scope) }
            }
            Fact::Cloud(name) => Place::Cloud(text(name)),
            // The one place that is left; what is no place never ends a step.
            _ => Place::ClusterAdmin,
        }
    }

    fn workload(&self, vertex: u32) -> Option<Name> {
        match self.graph.fact(vertex) {
            Fact::Pod(number) => self.pods.get(number as usize).map(|(_, _, workload)| *workload),
            _ => None,
        }
    }

    /// How many pods of the same workload there are; 1 for anything else.
    pub(crate) fn alike(&self, vertex: u32) -> usize {
        self.workload(vertex).and_then(|workload| self.workloads.get(&workload)).copied().unwrap_or(1)
    }

    /// Equal for pods of one workload.
    pub(crate) fn alike_key(&self, vertex: u32) -> u64 {
        match self.workload(vertex) {
            Some(workload) => u64::from(workload.0) | 1 << 32,
            None => match self.graph.fact(vertex) {
                Fact::NodeRoot(name) | Fact::NodeIdentity(name) | Fact::NodeKeys(name) => {
                    u64::from(name.0) | 1 << 33
                }
                _ => u64::from(vertex),
            },
        }
    }

    /// What stays the same when pods come and go: of a pod the workload that it belongs to, else the place itself.
    pub fn workload_place(&self, place: &Place) -> Place {
        let workload = self.vertices(place, true).first().and_then(|vertex| self.workload(*vertex));
        match (place, workload) {
            (Place::Pod(namespace, _), Some(workload)) => {
                let text = self.graph.names.text(workload);
                let name = text.rsplit_once('/').map_or(text, |(_, name)| name);
                Place::Pod(namespace.clone(), name.to_owned())
            }
            _ => place.clone(),
        }
    }

    /// The namespaces whose secrets somebody could read.
    pub fn namespaces_of_secrets(&self) -> Vec<String> {
        let mut all: Vec<String> = (0..self.graph.facts.len() as u32)
            .filter_map(|vertex| match self.graph.fact(vertex) {
                Fact::Secrets(namespace) => Some(self.graph.names.text(namespace).to_owned()),
                _ => None,
            })
            .collect();
        all.sort();
        all
    }

    /// The places to ask from when nobody says: outside, every pod, every identity that the input itself
    /// binds or holds.
    pub fn default_sources(&self) -> Vec<Place> {
        let mut seen = std::collections::HashSet::new();
        let mut out = Vec::new();
        for vertex in 0..self.graph.facts.len() as u32 {
            let fact = self.graph.fact(vertex);
            let wanted = match fact {
                Fact::Internet | Fact::Pod(_) => seen.insert(self.alike_key(vertex)),
                Fact::Account(..) | Fact::User(_) | Fact::Group(_) => self.own.contains(&vertex),
                _ => false,
            };
            if wanted && !self.graph.edges_from(vertex).is_empty() {
                out.push(self.place(vertex));
            }
        }
        out.sort();
        out
    }

    /// The places to ask for when nobody says: cluster administrator, and every node.
    pub fn default_targets(&self) -> Vec<Place> {
        let nodes = (0..self.graph.facts.len() as u32)
            .filter(|vertex| matches!(self.graph.fact(*vertex), Fact::NodeRoot(_) | Fact::SomeNode))
            .map(|vertex| self.place(vertex));
        let mut all: Vec<Place> = std::iter::once(Place::ClusterAdmin).chain(nodes).collect();
        all.sort();
        all
    }
}
