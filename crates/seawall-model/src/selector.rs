//! Label selectors (`k8s.io/apimachinery/pkg/apis/meta/v1` `LabelSelectorAsSelector`, `pkg/labels`), evaluated on
//! the tree without copying.

use crate::{At, Object};
use seawall_yaml::NodeRef;
use std::sync::Arc;

/// The label that every namespace has, with its name as value (KEP-2161).
pub const NAMESPACE_NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// How the one namespace is shown that objects share which name none.
pub const UNSET_NAMESPACE: &str = "(unset)";

/// The labels of an object, as a selector sees them.
#[derive(Clone, Copy, Debug)]
pub struct Labels<'a> {
    node: Option<NodeRef<'a>>,
    /// The namespace's name, for the label that the API server writes itself.
    namespace: Option<&'a str>,
    complete: bool,
}

impl<'a> Labels<'a> {
    /// The labels in a mapping; missing is none.
    pub fn of(labels: At<'a>) -> Self {
        Self { node: labels.node(), namespace: None, complete: true }
    }

    /// The labels of a Namespace object, the implied one included.
    pub fn of_namespace(object: &'a Arc<Object>) -> Self {
        let labels = object.at().get("metadata.labels");
        Self { node: labels.node(), namespace: Some(object.name()), complete: true }
    }

    /// What is known of a namespace whose object is not at hand: its name. Other labels are unknown.
    pub fn of_namespace_name(name: &'a str) -> Self {
        Self { node: None, namespace: Some(name), complete: false }
    }

    /// A namespace of which not even the name is known.
    pub fn unknown() -> Self {
        Self { node: None, namespace: None, complete: false }
    }

    /// The value of a label. `None` if it is missing, or unknown when not [`Labels::is_complete`].
    pub fn get(self, key: &str) -> Option<&'a str> {
        if let Some(name) = self.namespace
            && key == NAMESPACE_NAME_LABEL
        {
            return Some(name);
        }
        self.node?.get(key).map(text)
    }

    /// Whether a label that is not there does not exist.
    pub fn is_complete(self) -> bool {
        self.complete
    }

    /// Keys and values, the implied one first; of a repeated key each value that stands there.
    pub fn entries(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let implied = self.namespace.map(|name| (NAMESPACE_NAME_LABEL, name));
        let written =
            self.node.into_iter().flat_map(NodeRef::entries).map(|(key, value)| (key.text(), text(value)));
        let replaced = implied.is_some();
        implied.into_iter().chain(written.filter(move |(key, _)| !(replaced && *key == NAMESPACE_NAME_LABEL)))
    }
}

/// A null value of a map of strings decodes as the empty string.
fn text(node: NodeRef<'_>) -> &str {
    if node.is_null() { "" } else { node.text() }
}

/// What a requirement asks of a label.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Operator {
    /// It is there with one of the values.
    In,
    /// It is missing or has none of the values.
    NotIn,
    /// It is there.
    Exists,
    /// It is missing.
    DoesNotExist,
}

/// One condition of a selector; all of them must hold.
#[derive(Clone, Copy, Debug)]
pub struct Requirement<'a> {
    /// Where it stands.
    pub at: At<'a>,
    /// The label.
    pub key: &'a str,
    /// What is asked; `None` for a word that is no operator.
    pub operator: Option<Operator>,
    /// A single value (`matchLabels`), or a sequence of them.
    values: Option<NodeRef<'a>>,
}

impl<'a> Requirement<'a> {
    /// The values to compare with.
    pub fn values(&self) -> impl Iterator<Item = &'a str> + Clone {
        let single = self.values.filter(|node| !node.is_sequence()).map(text);
        let several =
            self.values.filter(|node| node.is_sequence()).into_iter().flat_map(NodeRef::items).map(text);
        single.into_iter().chain(several)
    }

    /// Why the API server would refuse it: the operator is none, or has values that it must not have, or lacks
    /// those that it must (`k8s.io/apimachinery/pkg/apis/meta/v1/validation` `ValidateLabelSelectorRequirement`).
    pub fn problem(&self) -> Option<&'static str> {
        let some = self.values().next().is_some();
        match self.operator {
            None => Some("not a valid selector operator"),
            Some(Operator::In | Operator::NotIn) if !some => {
                Some("`values` must be given when the operator is `In` or `NotIn`")
            }
            Some(Operator::Exists | Operator::DoesNotExist) if some => {
                Some("`values` may not be given when the operator is `Exists` or `DoesNotExist`")
            }
            _ if self.key.is_empty() => Some("a label key must be given"),
            _ => None,
        }
    }

    /// Whether labels fulfil it; `None` if that depends on labels that are unknown. What the API server would
    /// refuse is never fulfilled.
    pub fn matches(&self, labels: Labels<'_>) -> Option<bool> {
        let (Some(operator), None) = (self.operator, self.problem()) else { return Some(false) };
        let value = labels.get(self.key);
        if value.is_none() && !labels.is_complete() {
            return None;
        }
        let is_one = || value.is_some_and(|value| self.values().any(|wanted| wanted == value));
        Some(match operator {
            Operator::In => is_one(),
            Operator::NotIn => !is_one(),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
        })
    }
}

/// A `LabelSelector`: `matchLabels` and `matchExpressions`. An empty one matches everything; what an absent one
/// means is the field's own business (nothing in most, everything in others), hence [`LabelSelector::new`] is `None`.
#[derive(Clone, Copy, Debug)]
pub struct LabelSelector<'a> {
    at: At<'a>,
}

impl<'a> LabelSelector<'a> {
    /// The selector at a field; `None` if it is absent or null.
    pub fn new(at: At<'a>) -> Option<Self> {
        at.exists().then_some(Self { at })
    }

    /// The selector at a field that is not a pointer upstream (`NetworkPolicySpec.podSelector`): absent is empty,
    /// and so matches everything.
    pub fn or_everything(at: At<'a>) -> Self {
        Self { at }
    }

    /// Where it stands.
    pub fn at(self) -> At<'a> {
        self.at
    }

    /// Its conditions.
    pub fn requirements(self) -> impl Iterator<Item = Requirement<'a>> {
        let labels = self.at.key("matchLabels").entries().map(|(key, at)| Requirement {
            at,
            key,
            operator: Some(Operator::In),
            values: Some(at.nearest()),
        });
        let expressions = self.at.key("matchExpressions").items().map(|at| Requirement {
            at,
            key: at.key("key").text().unwrap_or(""),
            operator: match at.key("operator").str() {
                Some("In") => Some(Operator::In),
                Some("NotIn") => Some(Operator::NotIn),
                Some("Exists") => Some(Operator::Exists),
                Some("DoesNotExist") => Some(Operator::DoesNotExist),
                _ => None,
            },
            values: at.key("values").node(),
        });
        labels.chain(expressions)
    }

    /// Whether it has no condition and so matches everything.
    pub fn is_empty(self) -> bool {
        self.requirements().next().is_none()
    }

    /// The first condition that the API server would refuse, and why.
    pub fn problem(self) -> Option<(At<'a>, &'static str)> {
        self.requirements().find_map(|requirement| Some((requirement.at, requirement.problem()?)))
    }

    /// Whether it matches; `None` if that depends on labels that are unknown. A selector that the API server would
    /// refuse matches nothing.
    pub fn matches(self, labels: Labels<'_>) -> Option<bool> {
        let mut answer = Some(true);
        for requirement in self.requirements() {
            match requirement.matches(labels) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => answer = None,
            }
        }
        if answer.is_none() && self.problem().is_some() { Some(false) } else { answer }
    }
}

/// Whether a map of labels, as Services and ReplicationControllers select by, matches. An empty or absent one
/// matches nothing: such a Service has no endpoints of its own (`k8s.io/api/core/v1` `ServiceSpec.selector`).
pub fn matches_map(selector: At<'_>, labels: Labels<'_>) -> Option<bool> {
    let mut entries = selector.entries().peekable();
    if entries.peek().is_none() {
        return Some(false);
    }
    let mut answer = Some(true);
    for (key, value) in entries {
        match labels.get(key) {
            Some(found) if found == text(value.nearest()) => {}
            None if !labels.is_complete() => answer = None,
            _ => return Some(false),
        }
    }
    answer
}

#[cfg(test)]
mod tests;
