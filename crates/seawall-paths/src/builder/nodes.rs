//! Nodes, and where pods may be placed that are not on one yet.

use super::{Builder, Placed};
use crate::fact::{Fact, Name};
use seawall_model::{At, PodAt, WellKnown};
use seawall_yaml::NodeRef;
use std::fmt::Write;

/// Pods that the scheduler treats alike: node selector, required affinity, tolerations.
#[derive(Clone, Debug)]
pub(crate) struct Class {
    pub(super) key: String,
    selector: Vec<(String, String)>,
    /// `nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution` of one of the pods.
    affinity: Option<seawall_model::FieldRef>,
    tolerations: Vec<Toleration>,
    /// A pod of it runs on every node that fits.
    everywhere: bool,
    /// The nodes that its pods may be on.
    fits: Vec<Name>,
}

#[derive(Clone, Debug)]
struct Toleration {
    key: Option<String>,
    exists: bool,
    value: String,
    effect: Option<String>,
}

/// What the DaemonSet controller adds to each of its pods (upstream: `pkg/controller/daemon/util`).
const OF_DAEMONS: [&str; 6] = [
    "node.kubernetes.io/not-ready",
    "node.kubernetes.io/unreachable",
    "node.kubernetes.io/disk-pressure",
    "node.kubernetes.io/memory-pressure",
    "node.kubernetes.io/pid-pressure",
    "node.kubernetes.io/unschedulable",
];

impl Class {
    pub(super) fn new(pod: PodAt<'_>, everywhere: bool) -> Self {
        let text = |at: At<'_>| at.text().unwrap_or("").to_owned();
        let mut selector: Vec<_> =
            pod.get("nodeSelector").entries().map(|(key, at)| (key.to_owned(), text(at))).collect();
        selector.sort_unstable();
        let affinity = pod.get("affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution");
        let mut tolerations: Vec<Toleration> = pod
            .get("tolerations")
            .items()
            .map(|at| Toleration {
                key: at.key("key").str().filter(|key| !key.is_empty()).map(str::to_owned),
                exists: at.key("operator").str() == Some("Exists"),
                value: text(at.key("value")),
                effect: at.key("effect").str().filter(|effect| !effect.is_empty()).map(str::to_owned),
            })
            .collect();
        if everywhere {
            tolerations.extend(OF_DAEMONS.iter().map(|key| Toleration {
                key: Some((*key).to_owned()),
                exists: true,
                value: String::new(),
                effect: None,
            }));
        }
        let mut key = format!("{everywhere} {selector:?} {tolerations:?} ");
        affinity.node().into_iter().for_each(|node| spell(node, 0, &mut key));
        let affinity = affinity.exists().then(|| affinity.field_ref());
        Self { key, selector, affinity, tolerations, everywhere, fits: Vec::new() }
    }

    /// Whether the scheduler may place its pods on a node.
    fn admits(&self, node: At<'_>) -> bool {
        let labels = node.get("metadata.labels");
        let label = |key: &str| labels.entries().find(|(own, _)| *own == key).and_then(|(_, at)| at.text());
        let taints = node.get("spec.taints").items();
        self.selector.iter().all(|(key, value)| label(key) == Some(value))
            && self.affinity.as_ref().is_none_or(|affinity| affine(affinity.nearest(), node, &label))
            && taints.into_iter().all(|taint| self.tolerates(taint))
    }

    fn tolerates(&self, taint: At<'_>) -> bool {
        let text = |key| taint.key(key).text().unwrap_or("");
        let (key, value, effect) = (text("key"), text("value"), text("effect"));
        effect == "PreferNoSchedule"
            || self.tolerations.iter().any(|one| {
                one.effect.as_deref().is_none_or(|own| own == effect)
                    && match &one.key {
                        None => one.exists,
                        Some(own) => own == key && (one.exists || one.value == value),
                    }
            })
    }
}

/// Deeper affinities do not exist.
const DEPTH: usize = 8;

fn spell(node: NodeRef<'_>, depth: usize, out: &mut String) {
    if depth > DEPTH {
        return;
    }
    if node.is_mapping() {
        for (key, value) in node.entries() {
            let _ = write!(out, "{:?}:", key.text());
            spell(value, depth + 1, out);
        }
    } else if node.is_sequence() {
        for item in node.items() {
            out.push('-');
            spell(item, depth + 1, out);
        }
    } else {
        let _ = write!(out, "{:?};", node.text());
    }
}

/// Whether one of the terms matches (upstream: `component-helpers/scheduling/corev1/nodeaffinity`).
fn affine<'n>(required: NodeRef<'_>, node: At<'_>, label: &impl Fn(&str) -> Option<&'n str>) -> bool {
    let list = |term: NodeRef<'_>, key: &str| {
        term.get(key).into_iter().flat_map(NodeRef::items).collect::<Vec<_>>().len()
    };
    let terms = required.get("nodeSelectorTerms").into_iter().flat_map(NodeRef::items);
    let name = node.get("metadata.name").text();
    terms.into_iter().any(|term| {
        let all = |key: &str, value: &dyn Fn(&str) -> Option<String>| {
            let mut items = term.get(key).into_iter().flat_map(NodeRef::items);
            items.all(|item| expression(item, value))
        };
        // A term without expressions matches nothing.
        list(term, "matchExpressions") + list(term, "matchFields") > 0
            && all("matchExpressions", &|key| label(key).map(str::to_owned))
            && all("matchFields", &|key| (key == "metadata.name").then(|| name.unwrap_or("").to_owned()))
    })
}

fn expression(item: NodeRef<'_>, value: &dyn Fn(&str) -> Option<String>) -> bool {
    let key = item.get("key").map_or("", NodeRef::text);
    let own = value(key);
    let values: Vec<&str> =
        item.get("values").into_iter().flat_map(NodeRef::items).map(NodeRef::text).collect();
    let among = own.as_deref().is_some_and(|own| values.contains(&own));
    let number = |text: &str| text.parse::<i64>().ok();
    let compare = |holds: fn(i64, i64) -> bool| {
        let own = own.as_deref().and_then(number);
        let other = values.first().copied().and_then(number);
        own.zip(other).is_some_and(|(own, other)| holds(own, other))
    };
    match item.get("operator").map_or("", NodeRef::text) {
        "In" => among,
        "NotIn" => !among,
        "Exists" => own.is_some(),
        "DoesNotExist" => own.is_none(),
        "Gt" => compare(|own, other| own > other),
        "Lt" => compare(|own, other| own < other),
        _ => false,
    }
}

/// Comparisons of a class with a node, at most: hostile input may hold many of both.
const COMPARISONS: usize = 2_000_000;
/// What is assumed where pods are not placed yet.
pub(crate) const SCHEDULED: &str = "the scheduler puts a pod of it on this node";

impl Builder<'_> {
    pub(super) fn collect_nodes(&mut self) {
        for object in self.input.cluster.of(WellKnown::Node) {
            let name = self.name(object.name());
            self.nodes.insert(name, Some(object.clone()));
        }
    }

    /// Finds the nodes on which pods may be that are on none yet.
    pub(super) fn place_classes(&mut self) {
        let mut left = COMPARISONS;
        let mut classes = std::mem::take(&mut self.classes);
        for class in &mut classes {
            for (node, object) in &self.nodes {
                left = left.saturating_sub(1);
                // Of a node that only pods name nothing is known that keeps a pod away.
                if left == 0 || object.as_ref().is_none_or(|object| class.admits(object.at())) {
                    class.fits.push(*node);
                }
            }
        }
        self.classes = classes;
    }

    /// The nodes that a pod is on or may be on, with what must be assumed.
    pub(crate) fn nodes_of(&self, placed: Placed) -> Vec<(Name, Option<&'static str>)> {
        match placed {
            Placed::On(node) => vec![(node, None)],
            Placed::Somewhere(class) => {
                let Some(class) = self.classes.get(class as usize) else { return Vec::new() };
                let sure = class.everywhere || class.fits.len() == 1;
                class.fits.iter().map(|node| (*node, (!sure).then_some(SCHEDULED))).collect()
            }
        }
    }

    /// From where pods may be placed to nodes and back; every node that pods can be sent to.
    pub(crate) fn link_nodes(&mut self) {
        let any = self.vertex(Fact::AnyNode);
        let nodes: Vec<Name> = self.nodes.keys().copied().collect();
        for node in &nodes {
            let root = self.root(*node);
            self.follows(any, root, [], []);
        }
        if nodes.is_empty() {
            let some = self.vertex(Fact::SomeNode);
            self.follows(any, some, [], []);
        }
        for number in 0..self.classes.len() as u32 {
            let places = self.vertex(Fact::Places(number));
            let fitting = self.nodes_of(Placed::Somewhere(number));
            for (node, requires) in &fitting {
                let root = self.root(*node);
                self.follows(places, root, [], *requires);
                for (from, to) in [
                    (Fact::NodeRoot(*node), Fact::PlacedOn(number)),
                    (Fact::Kubelet(*node), Fact::PlacedOn(number)),
                    (Fact::NodeIdentity(*node), Fact::PlacedIdentity(number)),
                    (Fact::TokensOn(*node), Fact::PlacedTokens(number)),
                ] {
                    let (from, to) = (self.vertex(from), self.vertex(to));
                    self.follows(from, to, [], *requires);
                }
            }
            if fitting.is_empty() {
                let some = self.vertex(Fact::SomeNode);
                self.follows(places, some, [], []);
            }
        }
    }

    pub(crate) fn root(&mut self, node: Name) -> u32 {
        self.vertex(Fact::NodeRoot(node))
    }

    /// What an escape from a pod reaches.
    pub(crate) fn below(&mut self, placed: Placed) -> u32 {
        match placed {
            Placed::On(node) => self.root(node),
            Placed::Somewhere(class) => self.vertex(Fact::Places(class)),
        }
    }
}
