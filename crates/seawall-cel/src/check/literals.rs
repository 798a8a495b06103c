//! What is checked of literals after the types: cel-go's `cel/validator.go`, which apiserver's base environment
//! switches on.

use super::Checked;
use crate::environment::Environment;
use crate::functions::formatting::{self, Clause};
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
    let mut pending = vec![(checked.root, false)];
    while let Some((id, in_format)) = pending.pop() {
        validator.node(id, in_format);
        let function = match checked.tree.kind(id) {
            Kind::Call { function, .. } => &**function,
            _ => "",
        };
        let in_format = in_format || function == "format";
        pending.extend(checked.tree.children(id).into_iter().map(|child| (child, in_format)));
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

    /// Literals inside of calls of `format` may mix types.
    fn node(&mut self, id: NodeId, in_format: bool) {
        match self.checked.tree.kind(id).clone() {
            Kind::Call { function, target, arguments } => self.call(id, &function, target, &arguments),
            Kind::List { elements, optional } if !in_format => self.list(&elements, &optional),
            Kind::Map(entries) if !in_format => self.map(&entries),
            _ => {}
        }
    }

    fn call(&mut self, id: NodeId, function: &str, target: Option<NodeId>, arguments: &[NodeId]) {
        if function == "format"
            && let (Some(target), [list]) = (target, arguments)
        {
            self.format(id, target, *list);
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
    fn format(&mut self, id: NodeId, target: NodeId, list: NodeId) {
        let Kind::Literal(Literal::String(text)) = self.checked.tree.kind(target).clone() else { return };
        let Kind::List { elements, .. } = self.checked.tree.kind(list).clone() else { return };
        let mut bad = None;
        let checked = formatting::validate(&text, elements.len(), |index, clause| {
            let argument = *elements.get(index)?;
            let wrong = self.unfit(argument, clause)?;
            bad = Some(wrong);
            Some(self.checked.type_of(wrong).runtime_name().to_owned())
        });
        if let Err(message) = checked {
            self.report(bad.unwrap_or(id), message);
        }
    }

    /// The argument, or the element of a literal inside of it, that a clause cannot format.
    fn unfit(&self, id: NodeId, clause: Clause) -> Option<NodeId> {
        if !clause.accepts(&self.checked.type_of(id)) {
            return Some(id);
        }
        if !matches!(clause, Clause::Text) {
            return None;
        }
        match self.checked.tree.kind(id) {
            Kind::List { elements, .. } => elements.iter().find_map(|element| self.unfit(*element, clause)),
            Kind::Map(entries) => entries
                .iter()
                .flat_map(|entry| [entry.key, entry.value])
                .find_map(|element| self.unfit(element, clause)),
            _ => None,
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
