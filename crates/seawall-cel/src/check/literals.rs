//! What is checked of literals after the types: cel-go's `cel/validator.go`, which apiserver's base environment
//! switches on.

use super::Checked;
use crate::environment::Environment;
use crate::functions::pattern;
use crate::source::{Issue, Source};
use crate::syntax::{Entry, Kind, Literal, NodeId};
use crate::types::Type;
use crate::value::Timestamp;
use crate::value::time::parse_duration;

/// Everything wrong with literals.
pub(super) fn validate(_environment: &Environment, source: &Source, checked: &Checked) -> Vec<Issue> {
    let mut validator = Validator { source, checked, issues: Vec::new() };
    // By node and not by recursion: the order does not matter, since issues are sorted by place.
    let mut pending = vec![checked.root];
    while let Some(id) = pending.pop() {
        validator.node(id);
        pending.extend(checked.tree.children(id));
    }
    validator.issues
}

struct Validator<'c> {
    source: &'c Source,
    checked: &'c Checked,
    issues: Vec<Issue>,
}

impl Validator<'_> {
    fn report(&mut self, at: NodeId, message: String) {
        let location = self.source.location(self.checked.tree.node(at).offset);
        self.issues.push(Issue { location, message });
    }

    fn node(&mut self, id: NodeId) {
        match self.checked.tree.kind(id).clone() {
            Kind::Call { function, target, arguments } => self.call(&function, target, &arguments),
            Kind::List { elements, optional } => self.list(&elements, &optional),
            Kind::Map(entries) => self.map(&entries),
            _ => {}
        }
    }

    fn call(&mut self, function: &str, target: Option<NodeId>, arguments: &[NodeId]) {
        if function == "format"
            && let (Some(target), [list]) = (target, arguments)
        {
            self.format(target, *list);
        }
        let Some(first) = arguments.first() else { return };
        let Kind::Literal(literal) = self.checked.tree.kind(*first) else { return };
        let valid = match (function, literal) {
            ("duration", Literal::String(text)) => parse_duration(text).is_some(),
            ("duration", _) => false,
            ("timestamp", Literal::String(text)) => matches!(Timestamp::parse(text), Some(Some(_))),
            ("timestamp", Literal::Int(seconds)) => Timestamp::from_seconds(*seconds).is_some(),
            ("timestamp", _) => false,
            ("matches", Literal::String(text)) => pattern::compile(text).is_ok(),
            _ => true,
        };
        if !valid {
            self.report(*first, format!("invalid {function} argument"));
        }
    }

    /// `'…'.format([…])` with both literal: the clauses must fit the elements (cel-go's `ext/formatting.go`).
    fn format(&mut self, target: NodeId, list: NodeId) {
        let Kind::Literal(Literal::String(text)) = self.checked.tree.kind(target).clone() else { return };
        let Kind::List { elements, .. } = self.checked.tree.kind(list).clone() else { return };
        let types: Vec<Type> = elements.iter().map(|element| self.checked.type_of(*element)).collect();
        if let Err((index, message)) = crate::functions::formatting::validate(&text, &types) {
            let at = index.and_then(|index| elements.get(index).copied()).unwrap_or(target);
            self.report(at, message);
        }
    }

    fn mismatch(&mut self, at: NodeId, expected: &Type, found: &Type) {
        let message =
            format!("expected type '{}' but found '{}'", expected.checker_name(), found.checker_name());
        self.report(at, message);
    }

    /// The type inside of an optional. Upstream's server stops the request with a runtime error when it is `dyn`.
    fn inner(&mut self, at: NodeId, of: Type, optional: bool) -> Option<Type> {
        if !optional {
            return Some(of);
        }
        let inner = of.parameters().first().cloned();
        if inner.is_none() {
            self.report(at, "runtime error: index out of range [0] with length 0".into());
        }
        inner
    }

    fn list(&mut self, elements: &[NodeId], optional: &[bool]) {
        let mut expected: Option<Type> = None;
        for (index, element) in elements.iter().enumerate() {
            let of = self.checked.type_of(*element);
            let is_optional = optional.get(index).copied().unwrap_or(false);
            let Some(of) = self.inner(*element, of, is_optional) else { return };
            match &expected {
                None => expected = Some(of),
                Some(first) if !first.same(&of, false) => {
                    self.mismatch(*element, &first.clone(), &of);
                    return;
                }
                Some(_) => {}
            }
        }
    }

    fn map(&mut self, entries: &[Entry]) {
        let mut expected: Option<(Type, Type)> = None;
        for entry in entries {
            let key = self.checked.type_of(entry.key);
            let value = self.checked.type_of(entry.value);
            let Some(value) = self.inner(entry.value, value, entry.optional) else { return };
            match expected.clone() {
                None => expected = Some((key, value)),
                Some((first_key, first_value)) => {
                    if !first_key.same(&key, false) {
                        self.mismatch(entry.key, &first_key, &key);
                    }
                    if !first_value.same(&value, false) {
                        self.mismatch(entry.value, &first_value, &value);
                    }
                }
            }
        }
    }
}
