//! A structural schema, made ready for lookups.

use seawall_yaml::{Kind, NodeId, NodeRef};
use std::collections::{HashMap, HashSet};

/// Schemas nested deeper are taken to allow anything.
const DEPTH: u32 = 100;
/// Required fields and values of an enumeration that are looked at; nobody writes more.
const MOST: usize = 256;

/// All schemas of one version; number 0 is the root.
#[derive(Debug, Default)]
pub(super) struct Structure {
    pub(super) all: Vec<Rules>,
}

/// What is said of one value.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// Where it stands in the definition.
    pub(super) place: NodeId,
    pub(super) type_name: Option<&'static str>,
    pub(super) properties: HashMap<Box<str>, u32>,
    pub(super) additional: Additional,
    pub(super) items: Option<u32>,
    pub(super) required: Vec<Box<str>>,
    pub(super) values: Option<Values>,
    /// `x-kubernetes-preserve-unknown-fields`.
    pub(super) keeps_unknown: bool,
    /// `x-kubernetes-embedded-resource`; the root is one, too.
    pub(super) is_resource: bool,
    pub(super) has_default: bool,
}

/// `additionalProperties`.
#[derive(Debug, Default)]
pub(super) enum Additional {
    #[default]
    None,
    /// `true`: any name, and nothing is said of the value.
    Any,
    Schema(u32),
}

/// An enumeration.
#[derive(Debug)]
pub(super) struct Values {
    known: HashSet<(bool, Box<str>)>,
    pub(super) shown: Vec<String>,
}

impl Values {
    /// Whether a scalar is one of them. Strings are told from other scalars, numbers are compared by value.
    pub(super) fn has(&self, node: NodeRef<'_>) -> bool {
        self.known.contains(&key(node))
    }
}

fn key(node: NodeRef<'_>) -> (bool, Box<str>) {
    let text = match node.kind() {
        Kind::True => "true".into(),
        Kind::False => "false".into(),
        _ => node.as_f64().map_or_else(|| node.text().into(), |number| number.to_string().into()),
    };
    (node.kind() == Kind::String, text)
}

impl Structure {
    pub(super) fn of(schema: NodeRef<'_>) -> Self {
        let mut out = Self::default();
        out.add(schema, 0);
        if let Some(root) = out.all.first_mut() {
            root.is_resource = true;
        }
        out
    }

    fn add(&mut self, schema: NodeRef<'_>, depth: u32) -> u32 {
        let number = self.all.len() as u32;
        self.all.push(Rules { place: schema.id(), keeps_unknown: true, ..Rules::default() });
        if depth > DEPTH || !schema.is_mapping() {
            return number;
        }
        let is = |key: &str| schema.get(key).and_then(NodeRef::as_bool) == Some(true);
        let mut rules = Rules {
            place: schema.id(),
            type_name: type_name(schema),
            keeps_unknown: is("x-kubernetes-preserve-unknown-fields"),
            is_resource: is("x-kubernetes-embedded-resource"),
            has_default: schema.get("default").is_some_and(|value| !value.is_null()),
            values: schema.get("enum").and_then(values),
            ..Rules::default()
        };
        for (name, property) in schema.get("properties").into_iter().flat_map(NodeRef::entries) {
            rules.properties.insert(name.text().into(), self.add(property, depth + 1));
        }
        rules.additional = match schema.get("additionalProperties") {
            Some(value) if value.is_mapping() => Additional::Schema(self.add(value, depth + 1)),
            Some(value) if value.as_bool() == Some(true) => Additional::Any,
            _ => Additional::None,
        };
        rules.items = schema.get("items").map(|items| self.add(items, depth + 1));
        let required = schema.get("required").into_iter().flat_map(NodeRef::items);
        rules.required = required.filter_map(NodeRef::as_str).take(MOST).map(Into::into).collect();
        if let Some(slot) = self.all.get_mut(number as usize) {
            *slot = rules;
        }
        number
    }

    pub(super) fn get(&self, number: u32) -> Option<&Rules> {
        self.all.get(number as usize)
    }
}

fn type_name(schema: NodeRef<'_>) -> Option<&'static str> {
    if schema.get("x-kubernetes-int-or-string").and_then(NodeRef::as_bool) == Some(true) {
        return Some("integer or string");
    }
    let name = schema.get("type")?.as_str()?;
    ["string", "integer", "number", "boolean", "array", "object"].into_iter().find(|known| *known == name)
}

/// The values of an enumeration of scalars; `None` for others and for very long ones.
fn values(list: NodeRef<'_>) -> Option<Values> {
    let mut out = Values { known: HashSet::new(), shown: Vec::new() };
    for item in list.items() {
        if item.is_mapping() || item.is_sequence() || out.known.len() == MOST {
            return None;
        }
        out.known.insert(key(item));
        out.shown.push(item.text().to_owned());
    }
    Some(out).filter(|out| !out.known.is_empty())
}
