//! Paths as one graph: what several of them pass is drawn once.

use super::Answer;
use super::text::{because, line};
use crate::cli::PathsQuestion;
use seawall_paths::{Path, Place, Row, Step};
use seawall_report::{Drawing, Edge, Node, NodeKind, Route};
use std::collections::HashMap;

/// What is drawn of an answer; `holes` are what could not be read.
pub(super) fn drawing(question: &PathsQuestion, answer: &Answer, holes: &[String]) -> Drawing {
    let mut graph = Graph::default();
    for path in &answer.paths {
        graph.add(path);
    }
    let mut notes = answer.notes.clone();
    if answer.more > 0 {
        notes.push(format!("{} more paths are not drawn (--limit)", answer.more));
    }
    notes.extend(holes.iter().map(|hole| format!("the answer is incomplete: {hole}")));
    Drawing {
        title: "attack paths".to_owned(),
        summary: summary(question, answer),
        notes,
        nodes: graph.nodes,
        edges: graph.edges,
        routes: graph.routes,
        lanes: false,
    }
}

fn summary(question: &PathsQuestion, answer: &Answer) -> String {
    let word =
        |place: &Option<Place>, all: &str| place.as_ref().map_or_else(|| all.to_owned(), ToString::to_string);
    let from = word(&question.from, "anything in the input");
    let to = word(&question.to, "cluster-admin or a node");
    match answer.paths.len() {
        0 => format!("No path from {from} to {to}."),
        1 => format!("1 path from {from} to {to}"),
        count => format!("{count} paths from {from} to {to}, the shortest first"),
    }
}

#[derive(Default)]
struct Graph {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    routes: Vec<Route>,
    places: HashMap<Place, usize>,
    joins: HashMap<(Row, Vec<usize>, usize), usize>,
    known: HashMap<(usize, usize, Option<Row>), usize>,
}

impl Graph {
    fn add(&mut self, path: &Path) {
        let mut route = Route { title: title(path), edges: Vec::new() };
        for (number, step) in path.steps.iter().enumerate() {
            let target = number + 1 == path.steps.len();
            let to = self.place(&step.to, target, step.alike);
            let from: Vec<usize> = match step.uses.as_slice() {
                [] => vec![self.place(&step.from, false, 1)],
                uses => uses.iter().map(|place| self.place(place, false, 1)).collect(),
            };
            let start = match from.as_slice() {
                [only] => *only,
                _ => self.join(step.row, &from, to, &mut route),
            };
            route.edges.push(self.edge(start, to, step));
        }
        self.routes.push(route);
    }

    fn place(&mut self, place: &Place, target: bool, alike: usize) -> usize {
        let number = match self.places.get(place) {
            Some(number) => *number,
            None => {
                self.nodes.push(node(place));
                self.places.insert(place.clone(), self.nodes.len() - 1);
                self.nodes.len() - 1
            }
        };
        if let Some(node) = self.nodes.get_mut(number) {
            if target {
                node.kind = NodeKind::Goal;
            }
            if alike > 1 {
                node.details = vec![format!("one of {alike} pods alike")];
                node.caption = format!("one of {alike} pods alike in {}", node.group);
            }
        }
        number
    }

    /// The point that needs all of `from`.
    fn join(&mut self, row: Row, from: &[usize], to: usize, route: &mut Route) -> usize {
        let key = (row, from.to_vec(), to);
        let number = match self.joins.get(&key) {
            Some(number) => *number,
            None => {
                let names: Vec<&str> =
                    from.iter().filter_map(|at| Some(self.nodes.get(*at)?.name.as_str())).collect();
                let name = names.join(" with ");
                let details = vec!["all of these are needed".to_owned()];
                self.nodes.push(Node { name, kind: NodeKind::Join, details, ..Node::default() });
                self.joins.insert(key, self.nodes.len() - 1);
                self.nodes.len() - 1
            }
        };
        for start in from {
            let edge = match self.known.get(&(*start, number, None)) {
                Some(edge) => *edge,
                None => {
                    let label = String::new();
                    self.edges.push(Edge { from: *start, to: number, label, ..Edge::default() });
                    self.known.insert((*start, number, None), self.edges.len() - 1);
                    self.edges.len() - 1
                }
            };
            route.edges.push(edge);
        }
        number
    }

    fn edge(&mut self, from: usize, to: usize, step: &Step) -> usize {
        if let Some(edge) = self.known.get(&(from, to, Some(step.row))) {
            return *edge;
        }
        let info = step.row.info();
        let mut details = vec![("step".to_owned(), format!("{} · ATT&CK {}", info.name, info.technique))];
        details.extend(step.because.iter().map(|one| ("because".to_owned(), because(one))));
        details.extend(step.requires.iter().map(|one| ("only if".to_owned(), one.clone())));
        let assumed = !step.requires.is_empty();
        self.edges.push(Edge { from, to, label: info.says.to_owned(), details, assumed });
        self.known.insert((from, to, Some(step.row)), self.edges.len() - 1);
        self.edges.len() - 1
    }
}

fn title(path: &Path) -> String {
    line(&format!("{} → {} ({})", path.from, path.to, path.steps.len()))
}

fn node(place: &Place) -> Node {
    let own = |name: &String| name.clone();
    let (kind, what, namespace, label) = match place {
        Place::Internet => (NodeKind::Outside, "anybody outside", None, String::new()),
        Place::ClusterAdmin => (NodeKind::Goal, "everything in the cluster", None, String::new()),
        Place::NamespaceAdmin(namespace) => {
            (NodeKind::Goal, "everything", Some(namespace), "namespace-admin".to_owned())
        }
        Place::Secrets(namespace) => (NodeKind::Goal, "every secret", Some(namespace), "secrets".to_owned()),
        Place::User(name) => (NodeKind::Identity, "user", None, own(name)),
        Place::Group(name) => (NodeKind::Identity, "group", None, own(name)),
        Place::ServiceAccount(namespace, name) => {
            (NodeKind::Identity, "service account", Some(namespace), own(name))
        }
        Place::Node(name) if name == "*" => (NodeKind::Machine, "node", None, "some node".to_owned()),
        Place::Node(name) => (NodeKind::Machine, "node", None, own(name)),
        Place::Pod(namespace, name) => (NodeKind::Workload, "pod", Some(namespace), own(name)),
        Place::Role { namespace, name, .. } => {
            (NodeKind::Role, "all rights of the role", namespace.as_ref(), own(name))
        }
        Place::Cloud(name) => (NodeKind::Role, "role in a cloud", None, own(name)),
    };
    Node {
        name: place.to_string(),
        label,
        caption: namespace.map_or_else(|| what.to_owned(), |namespace| format!("{what} in {namespace}")),
        // Where there is no namespace, the sort of thing is the group.
        group: namespace.cloned().unwrap_or_else(|| what.to_owned()),
        kind,
        details: Vec::new(),
    }
}
