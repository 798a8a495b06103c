//! What do the CustomResourceDefinitions of the input say about its custom resources?
//!
//! The structural schema of the version that an object is written in, as the API server applies it: unknown fields are
//! pruned (k8s.io/apiextensions-apiserver, pkg/apiserver/schema/pruning), then types, required fields and enumerations
//! are validated. Formats, patterns, bounds, `allOf` and CEL rules are not looked at.

mod structure;
mod walk;

use crate::{At, Cluster, Object, WellKnown};
use seawall_yaml::{Kind, NodeId, NodeRef};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};
use structure::Structure;

/// The schemas of the custom resources that the input holds.
#[derive(Debug, Default)]
pub struct CustomSchemas {
    /// By group and kind.
    definitions: HashMap<(Box<str>, Box<str>), Definition>,
}

#[derive(Debug)]
struct Definition {
    object: Arc<Object>,
    versions: HashMap<Box<str>, Schema>,
    /// Names of the versions that are served, in the definition's order.
    served: Vec<Box<str>>,
}

/// The schema of one version. Definitions are the largest objects there are, and few versions of them are used:
/// each is understood when it is first asked for.
#[derive(Debug)]
struct Schema {
    node: NodeId,
    structure: OnceLock<Structure>,
}

/// Something that a definition says about a node of a custom resource.
#[derive(Clone, Debug)]
pub struct CustomProblem<'c> {
    /// The offending value; the key of an unknown field; the mapping that lacks a required one.
    pub node: NodeId,
    /// What is wrong.
    pub wrong: CustomWrong,
    /// Where the definition says so.
    pub says: At<'c>,
}

/// What is wrong with a node of a custom resource.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CustomWrong {
    /// The schema does not have the field: it is dropped, or refused with strict field validation.
    Unknown,
    /// A value of another type: refused.
    Kind {
        /// `string`, `integer`, `number`, `boolean`, `array`, `object`, or `integer or string`.
        expected: &'static str,
        /// What is there.
        found: Kind,
    },
    /// A required field is missing and has no default: refused.
    Required(Box<str>),
    /// None of the values that the schema lists: refused.
    Enum(Vec<String>),
    /// The definition does not serve this version of the kind: refused. The versions that it serves.
    NotServed(Vec<String>),
}

impl CustomSchemas {
    /// The schemas of the definitions in `cluster` that some object of it is written for; of several variants of one
    /// definition the last.
    pub fn of(cluster: &Cluster) -> Self {
        let mut wanted: HashSet<(&str, &str)> = HashSet::new();
        for kind in [WellKnown::Other, WellKnown::Gateway, WellKnown::HTTPRoute] {
            wanted.extend(cluster.of(kind).map(|object| (object.group(), object.kind())));
        }
        let mut definitions = HashMap::new();
        for object in cluster.of(WellKnown::CustomResourceDefinition) {
            let spec = object.at().key("spec");
            let (group, kind) = (spec.key("group").str(), spec.get("names.kind").str());
            if let (Some(group), Some(kind)) = (group, kind)
                && wanted.contains(&(group, kind))
                && let Some(definition) = Definition::of(object)
            {
                definitions.insert((group.into(), kind.into()), definition);
            }
        }
        Self { definitions }
    }

    /// The definition of an object's kind.
    pub fn definition(&self, object: &Object) -> Option<&Arc<Object>> {
        self.find(object).map(|definition| &definition.object)
    }

    fn find(&self, object: &Object) -> Option<&Definition> {
        if self.definitions.is_empty() {
            return None;
        }
        self.definitions.get(&(object.group().into(), object.kind().into()))
    }

    /// What the definition of its kind says about an object, in the order of the text, at most a hundred problems;
    /// nothing without a definition.
    pub fn check(&self, object: &Object) -> Vec<CustomProblem<'_>> {
        let Some(definition) = self.find(object) else { return Vec::new() };
        match definition.versions.get(object.version()) {
            Some(schema) => {
                let node = definition.object.document().node(schema.node);
                let structure = schema.structure.get_or_init(|| Structure::of(node));
                walk::check(object.root(), structure, &definition.object)
            }
            None => {
                let node = object.root().get("apiVersion").map_or(object.root().id(), NodeRef::id);
                let served = definition.served.iter().map(ToString::to_string).collect();
                let says = definition.object.at().get("spec.versions");
                vec![CustomProblem { node, wrong: CustomWrong::NotServed(served), says }]
            }
        }
    }
}

impl Definition {
    /// `None` for definitions of another form, such as the removed `v1beta1`.
    fn of(object: &Arc<Object>) -> Option<Self> {
        if object.version() != "v1" {
            return None;
        }
        let mut definition = Self { object: object.clone(), versions: HashMap::new(), served: Vec::new() };
        for version in object.at().get("spec.versions").items() {
            let name = version.key("name").str()?;
            if version.key("served").is_false() {
                continue;
            }
            let schema = version.get("schema.openAPIV3Schema");
            definition
                .versions
                .insert(name.into(), Schema { node: schema.node()?.id(), structure: OnceLock::new() });
            definition.served.push(name.into());
        }
        (!definition.served.is_empty()).then_some(definition)
    }
}
