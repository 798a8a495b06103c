//! Walks an object along its structural schema.

use super::structure::{Additional, Rules, Structure};
use super::{CustomProblem, CustomWrong};
use crate::{At, Object};
use seawall_yaml::{Kind, NodeId, NodeRef};
use std::collections::HashSet;
use std::sync::Arc;

/// Values nested deeper are not looked at.
const DEPTH: u32 = 100;
/// Problems of one object; the rest follows from them.
const MOST: usize = 100;

pub(super) fn check<'c>(
    root: NodeRef<'_>,
    structure: &'c Structure,
    definition: &'c Arc<Object>,
) -> Vec<CustomProblem<'c>> {
    let mut walk = Walk {
        structure,
        definition,
        has_duplicates: !root.document().duplicates().is_empty(),
        problems: Vec::new(),
    };
    if let Some(rules) = structure.get(0) {
        walk.value(root, rules, 0);
    }
    walk.problems.sort_by_key(|problem| problem.node);
    walk.problems
}

struct Walk<'c> {
    structure: &'c Structure,
    definition: &'c Arc<Object>,
    has_duplicates: bool,
    problems: Vec<CustomProblem<'c>>,
}

impl<'c> Walk<'c> {
    fn refuse(&mut self, node: NodeRef<'_>, wrong: CustomWrong, rules: &Rules) {
        if self.problems.len() < MOST {
            let says = At::new(self.definition, rules.place);
            self.problems.push(CustomProblem { node: node.id(), wrong, says });
        }
    }

    fn value(&mut self, node: NodeRef<'_>, rules: &'c Rules, depth: u32) {
        // A null where the schema does not allow one is dropped before validation (schema/defaulting/prune.go).
        if depth > DEPTH || node.is_null() || self.problems.len() >= MOST {
            return;
        }
        if let Some(expected) = rules.type_name.filter(|expected| !fits(node, expected)) {
            return self.refuse(node, CustomWrong::Kind { expected, found: node.kind() }, rules);
        }
        if let Some(values) = rules.values.as_ref().filter(|_| !node.is_mapping() && !node.is_sequence())
            && !values.has(node)
        {
            self.refuse(node, CustomWrong::Enum(values.shown.clone()), rules);
        }
        if node.is_mapping() {
            self.mapping(node, rules, depth);
        } else if node.is_sequence()
            && let Some(items) = rules.items.and_then(|number| self.structure.get(number))
        {
            node.items().for_each(|item| self.value(item, items, depth + 1));
        }
    }

    fn mapping(&mut self, node: NodeRef<'_>, rules: &'c Rules, depth: u32) {
        let replaced = self.replaced(node);
        let mut present: HashSet<&str> = HashSet::new();
        for (key, value) in node.entries() {
            let name = key.text();
            if replaced.contains(&key.id()) {
                continue;
            }
            if !value.is_null() {
                present.insert(name);
            }
            if rules.is_resource && matches!(name, "apiVersion" | "kind" | "metadata") {
                continue;
            }
            let known = match (rules.properties.get(name), &rules.additional) {
                (Some(number), _) | (None, Additional::Schema(number)) => self.structure.get(*number),
                (None, Additional::Any) => None,
                (None, Additional::None) => {
                    if !rules.keeps_unknown {
                        self.refuse(key, CustomWrong::Unknown, rules);
                    }
                    None
                }
            };
            if let Some(known) = known {
                self.value(value, known, depth + 1);
            }
        }
        for name in rules.required.iter().filter(|name| !present.contains(&***name)) {
            if self.problems.len() >= MOST {
                return;
            }
            let property = rules.properties.get(name).and_then(|number| self.structure.get(*number));
            if !property.is_some_and(|property| property.has_default) {
                self.refuse(node, CustomWrong::Required(name.clone()), rules);
            }
        }
    }

    /// Keys whose value a later equal key replaces.
    fn replaced(&self, node: NodeRef<'_>) -> HashSet<NodeId> {
        if !self.has_duplicates {
            return HashSet::new();
        }
        let keys: Vec<NodeRef<'_>> = node.entries().map(|(key, _)| key).collect();
        let mut seen = HashSet::new();
        keys.into_iter().rev().filter(|key| !seen.insert(key.text())).map(NodeRef::id).collect()
    }
}

/// Whether a value has the type. Numbers without a fraction are integers, as in JSON after decoding.
fn fits(node: NodeRef<'_>, expected: &str) -> bool {
    let kind = node.kind();
    let whole = || match kind {
        Kind::Int => true,
        Kind::Float => node.as_f64().is_some_and(|number| number.fract() == 0.0),
        _ => false,
    };
    match expected {
        "string" => kind == Kind::String,
        "boolean" => matches!(kind, Kind::True | Kind::False),
        "integer" => whole(),
        "number" => matches!(kind, Kind::Int | Kind::Float),
        "array" => kind == Kind::Sequence,
        "object" => kind == Kind::Mapping,
        _ => kind == Kind::String || whole(),
    }
}
