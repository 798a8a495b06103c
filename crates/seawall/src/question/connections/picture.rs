//! Connections as one graph: a band for each namespace, an edge for what is allowed.

use super::{ConnectionsAnswer, row};
use seawall_network::{Connection, Party, RangeText, Reach};
use seawall_report::{Drawing, Edge, Node, NodeKind};
use std::collections::HashMap;

/// The band of addresses that are no workload's.
const OUTSIDE: &str = "outside the cluster";

/// What is drawn; `holes` are what could not be read.
pub(super) fn drawing(
    reach: &Reach,
    list: &[Connection],
    answer: &ConnectionsAnswer,
    holes: &[String],
) -> Drawing {
    let mut graph = Graph { reach, nodes: Vec::new(), numbers: HashMap::new() };
    let mut edges = Vec::new();
    for connection in list {
        for sure in [true, false] {
            let Some(row) = row(reach, connection, sure) else { continue };
            let (from, to) = (graph.node(connection.from), graph.node(connection.to));
            let mut details = vec![("ports".to_owned(), row.ports.clone())];
            if !sure {
                let why = "labels or addresses that are not in the input say so";
                details.push(("only if".to_owned(), why.to_owned()));
            }
            edges.push(Edge { from, to, label: row.ports, details, assumed: !sure });
        }
    }
    let mut notes = answer.notes.clone();
    notes.extend(holes.iter().map(|hole| format!("the answer is incomplete: {hole}")));
    Drawing {
        title: "allowed connections".to_owned(),
        summary: match (answer.connections.len(), answer.unknown.len()) {
            (0, 0) => "No connection is allowed.".to_owned(),
            (sure, 0) => format!("{sure} allowed connections"),
            (sure, possible) => format!("{sure} allowed connections, {possible} that may be allowed"),
        },
        notes,
        nodes: graph.nodes,
        edges,
        routes: Vec::new(),
        lanes: true,
    }
}

struct Graph<'r> {
    reach: &'r Reach,
    nodes: Vec<Node>,
    numbers: HashMap<String, usize>,
}

impl Graph<'_> {
    fn node(&mut self, party: Party) -> usize {
        let node = match party {
            Party::Workload(number) => match self.reach.workloads().get(number) {
                Some(workload) => Node {
                    name: workload.to_string(),
                    label: workload.name.to_string(),
                    caption: workload.kind.to_string(),
                    group: workload.namespace_shown().to_owned(),
                    kind: NodeKind::Workload,
                    details: Vec::new(),
                },
                None => Node::default(),
            },
            Party::Range(first, last) => Node {
                name: RangeText(first, last).to_string(),
                caption: "addresses".to_owned(),
                group: OUTSIDE.to_owned(),
                kind: NodeKind::Outside,
                ..Node::default()
            },
        };
        if let Some(number) = self.numbers.get(&node.name) {
            return *number;
        }
        self.numbers.insert(node.name.clone(), self.nodes.len());
        self.nodes.push(node);
        self.nodes.len() - 1
    }
}
