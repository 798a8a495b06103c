//! The type checker: cel-go's `checker/checker.go` and `checker/env.go`.

mod assign;
mod calls;
mod literals;

use crate::environment::Environment;
use crate::source::{Issue, Source};
use crate::syntax::{Comprehension, Kind, Literal, NodeId, Tree};
use crate::types::{Type, WEIGHT_LIMIT};
use assign::Mapping;
use std::sync::Arc;

/// What a name in a checked tree refers to.
#[derive(Clone, Debug)]
pub(crate) enum Reference {
    /// One overload, or several which only the values tell apart.
    Overloads { function: usize, overloads: Vec<usize> },
}

/// A tree with types and references; names are resolved.
pub(crate) struct Checked {
    pub(crate) tree: Tree,
    pub(crate) root: NodeId,
    types: Vec<Option<Type>>,
    references: Vec<Option<Reference>>,
}

impl Checked {
    pub(crate) fn type_of(&self, id: NodeId) -> Type {
        self.types.get(id.0 as usize).cloned().flatten().unwrap_or(Type::Dyn)
    }

    pub(crate) fn reference(&self, id: NodeId) -> Option<&Reference> {
        self.references.get(id.0 as usize).and_then(Option::as_ref)
    }

    pub(crate) fn output(&self) -> Type {
        self.type_of(self.root)
    }
}

/// Checks a tree.
pub(crate) fn check(
    environment: &Environment,
    source: &Source,
    tree: Tree,
    root: NodeId,
) -> Result<Checked, Vec<Issue>> {
    let size = tree.len();
    let checked = Checked { tree, root, types: vec![None; size], references: vec![None; size] };
    let mut checker = Checker {
        environment,
        source,
        checked,
        mapping: Mapping::default(),
        scopes: Vec::new(),
        issues: Vec::new(),
    };
    checker.check(root);
    if !checker.issues.is_empty() {
        return Err(checker.issues);
    }
    let Checker { mut checked, mapping, .. } = checker;
    for of in checked.types.iter_mut().flatten() {
        *of = mapping.substitute(of, true);
    }
    let issues = literals::validate(environment, source, &checked);
    if issues.is_empty() { Ok(checked) } else { Err(issues) }
}

struct Checker<'e> {
    environment: &'e Environment,
    source: &'e Source,
    checked: Checked,
    mapping: Mapping,
    /// Variables of comprehensions, the innermost last.
    scopes: Vec<Vec<(Arc<str>, Type)>>,
    issues: Vec<Issue>,
}

/// The types that have a name of their own, as in `type(x) == int` (`stdTypes` and `cel.Types` of the libraries).
pub(crate) fn type_named(name: &str) -> Option<Type> {
    let parameter = |name: &str| Type::Parameter(name.into());
    Some(match name {
        "bool" => Type::Bool,
        "bytes" => Type::Bytes,
        "double" => Type::Double,
        "google.protobuf.Duration" => Type::Duration,
        "int" => Type::Int,
        "list" => Type::list(parameter("A")),
        "map" => Type::map(parameter("A"), parameter("B")),
        "null_type" => Type::Null,
        "string" => Type::String,
        "google.protobuf.Timestamp" => Type::Timestamp,
        "type" => Type::type_itself(),
        "uint" => Type::Uint,
        "net.IP" | "net.CIDR" => Type::opaque(name, Vec::new()),
        "optional_type" => Type::opaque(name, Vec::new()),
        _ => return None,
    })
}

impl Checker<'_> {
    fn report(&mut self, at: NodeId, message: String) {
        let location = self.source.location(self.checked.tree.node(at).offset);
        self.issues.push(Issue { location, message });
    }

    fn set(&mut self, id: NodeId, of: Type) {
        let of = if of.weight() > WEIGHT_LIMIT {
            self.report(id, "the type of this expression is too large".into());
            Type::Error
        } else {
            of
        };
        if let Some(slot) = self.checked.types.get_mut(id.0 as usize) {
            *slot = Some(of);
        }
    }

    fn get(&self, id: NodeId) -> Type {
        self.checked.types.get(id.0 as usize).cloned().flatten().unwrap_or(Type::Error)
    }

    fn refer(&mut self, id: NodeId, reference: Reference) {
        if let Some(slot) = self.checked.references.get_mut(id.0 as usize) {
            *slot = Some(reference);
        }
    }

    fn assignable(&mut self, to: &Type, from: &Type) -> bool {
        self.mapping.assignable(to, from)
    }

    fn mismatch(&mut self, at: NodeId, expected: &Type, found: &Type) {
        self.report(
            at,
            format!("expected type '{}' but found '{}'", expected.checker_name(), found.checker_name()),
        );
    }

    fn check(&mut self, id: NodeId) {
        match self.checked.tree.kind(id).clone() {
            Kind::Unspecified => self.set(id, Type::Error),
            Kind::Literal(literal) => {
                let of = match literal {
                    Literal::Null => Type::Null,
                    Literal::Bool(_) => Type::Bool,
                    Literal::Int(_) => Type::Int,
                    Literal::Uint(_) => Type::Uint,
                    Literal::Double(_) => Type::Double,
                    Literal::String(_) => Type::String,
                    Literal::Bytes(_) => Type::Bytes,
                };
                self.set(id, of);
            }
            Kind::Identifier(name) => self.identifier(id, &name),
            Kind::Select { operand, field, test } => self.select(id, operand, &field, test),
            Kind::Call { function, target, arguments } => self.call(id, &function, target, &arguments),
            Kind::List { elements, optional } => self.list(id, &elements, &optional),
            Kind::Map(_) => self.map(id),
            Kind::Struct { .. } => self.object(id),
            Kind::Comprehension(of) => self.comprehension(id, &of),
        }
    }

    /// A variable, a type or an object type by name.
    fn lookup(&self, name: &str) -> Option<(Arc<str>, Type)> {
        // A leading dot skips containers, of which there are none, and not the variables of macros.
        let name = name.strip_prefix('.').unwrap_or(name);
        for scope in self.scopes.iter().rev() {
            if let Some((found, of)) = scope.iter().find(|(known, _)| &**known == name) {
                return Some((found.clone(), of.clone()));
            }
        }
        if let Some((_, of)) = self.environment.variables.iter().find(|(known, _)| *known == name) {
            return Some((name.into(), of.clone()));
        }
        if let Some(of) = type_named(name) {
            return Some((name.into(), Type::type_of(of)));
        }
        if self.environment.objects.contains_key(name) {
            return Some((name.into(), Type::type_of(Type::object(name))));
        }
        // Upstream's provider of object types also knows these two by their short names.
        let scalar = match name {
            "duration" => Type::Duration,
            "timestamp" => Type::Timestamp,
            _ => return None,
        };
        (!self.environment.variables.is_empty()).then(|| (name.into(), Type::type_of(scalar)))
    }

    fn identifier(&mut self, id: NodeId, name: &str) {
        match self.lookup(name) {
            Some((found, of)) => {
                self.set(id, of);
                self.checked.tree.replace(id, Kind::Identifier(found));
            }
            None => {
                self.set(id, Type::Error);
                self.report(id, format!("undeclared reference to '{name}' (in container '')"));
            }
        }
    }

    /// `a.b.c` of plain names.
    fn qualified(&self, id: NodeId) -> Option<String> {
        match self.checked.tree.kind(id) {
            Kind::Identifier(name) => Some(name.to_string()),
            Kind::Select { operand, field, test: false } => {
                let mut name = self.qualified(*operand)?;
                name.push('.');
                name.push_str(field);
                Some(name)
            }
            _ => None,
        }
    }

    fn select(&mut self, id: NodeId, operand: NodeId, field: &str, test: bool) {
        if let Some(name) = self.qualified(id)
            && let Some((found, of)) = self.lookup(&name)
        {
            self.set(id, of);
            self.checked.tree.replace(id, Kind::Identifier(found));
            return;
        }
        let of = self.field(id, operand, field, false);
        let of = if test { Type::Bool } else { self.mapping.substitute(&of, false) };
        self.set(id, of);
    }

    fn field(&mut self, id: NodeId, operand: NodeId, field: &str, optional: bool) -> Type {
        self.check(operand);
        let operand_type = self.mapping.substitute(&self.get(operand), false);
        let (target, was_optional) = unwrap_optional(&operand_type);
        let result = match &target {
            Type::Map(_) => target.parameter(1),
            Type::Struct(name) => self.object_field(id, name, field).unwrap_or(Type::Error),
            Type::Parameter(_) | Type::Variable(_) => {
                self.assignable(&Type::Dyn, &target);
                Type::Dyn
            }
            _ => {
                if !target.is_dyn_or_error() {
                    let name = target.checker_name();
                    self.report(id, format!("type '{name}' does not support field selection"));
                }
                Type::Dyn
            }
        };
        if was_optional || optional { Type::optional(result) } else { result }
    }

    fn object_field(&mut self, id: NodeId, object: &str, field: &str) -> Option<Type> {
        let Some(fields) = self.environment.objects.get(object) else {
            self.report(id, format!("unexpected failed resolution of '{object}'"));
            return None;
        };
        let found = fields.iter().find(|(name, _)| *name == field).map(|(_, of)| of.clone());
        if found.is_none() {
            self.report(id, format!("undefined field '{field}'"));
        }
        found
    }

    /// The type of an element; an optional one must hold an optional.
    fn element(&mut self, id: NodeId, optional: bool) -> Type {
        self.check(id);
        let of = self.get(id);
        if !optional {
            return of;
        }
        let (inner, is_optional) = unwrap_optional(&of);
        if !is_optional && !inner.is_dyn() {
            self.mismatch(id, &Type::optional(inner.clone()), &inner);
        }
        inner
    }

    /// The type of two elements; mixed ones are refused later, by the validators of literals.
    fn join(&mut self, previous: Option<Type>, current: Type) -> Type {
        let Some(previous) = previous else { return current };
        if self.assignable(&previous, &current) {
            return assign::most_general(&previous, &current);
        }
        Type::Dyn
    }

    fn list(&mut self, id: NodeId, elements: &[NodeId], optional: &[bool]) {
        let mut joined = None;
        for (index, element) in elements.iter().enumerate() {
            let of = self.element(*element, optional.get(index).copied().unwrap_or(false));
            joined = Some(self.join(joined, of));
        }
        let element = joined.unwrap_or_else(|| self.mapping.variable());
        self.set(id, Type::list(element));
    }

    fn map(&mut self, id: NodeId) {
        let Kind::Map(entries) = self.checked.tree.kind(id).clone() else { return };
        let (mut keys, mut values) = (None, None);
        for entry in &entries {
            let key = self.element(entry.key, false);
            keys = Some(self.join(keys, key));
            let value = self.element(entry.value, entry.optional);
            values = Some(self.join(values, value));
        }
        let key = keys.unwrap_or_else(|| self.mapping.variable());
        let value = values.unwrap_or_else(|| self.mapping.variable());
        self.set(id, Type::map(key, value));
    }

    fn object(&mut self, id: NodeId) {
        let Kind::Struct { name, fields } = self.checked.tree.kind(id).clone() else { return };
        let Some((found, of)) = self.lookup(&name) else {
            self.report(id, format!("undeclared reference to '{name}' (in container '')"));
            self.set(id, Type::Error);
            return;
        };
        let mut object = None;
        let result = match &of {
            Type::Type(inner) => match inner.parameters.first() {
                Some(Type::Struct(name)) => {
                    object = Some(name.clone());
                    Type::Struct(name.clone())
                }
                Some(other) => {
                    self.report(id, format!("'{}' is not a message type", other.runtime_name()));
                    Type::Error
                }
                None => Type::Error,
            },
            other => {
                self.report(id, format!("'{}' is not a type", other.runtime_name()));
                Type::Error
            }
        };
        self.set(id, result);
        let object = object.unwrap_or(found);
        for field in &fields {
            self.check(field.value);
            let value = self.get(field.value);
            let wanted = self.struct_field(field.offset, &object, &field.name);
            let (value, is_optional) = if field.optional { unwrap_optional(&value) } else { (value, true) };
            if !is_optional && !value.is_dyn() {
                self.mismatch(field.value, &Type::optional(value.clone()), &value);
            }
            if !self.assignable(&wanted, &value) {
                let message = format!(
                    "expected type of field '{}' is '{}' but provided type is '{}'",
                    field.name,
                    wanted.checker_name(),
                    value.checker_name()
                );
                let location = self.source.location(field.offset);
                self.issues.push(Issue { location, message });
            }
        }
    }

    fn struct_field(&mut self, offset: u32, object: &str, field: &str) -> Type {
        let message = match self.environment.objects.get(object) {
            None => format!("unexpected failed resolution of '{object}'"),
            Some(fields) => match fields.iter().find(|(name, _)| *name == field) {
                Some((_, of)) => return of.clone(),
                None => format!("undefined field '{field}'"),
            },
        };
        let location = self.source.location(offset);
        self.issues.push(Issue { location, message });
        Type::Error
    }

    fn comprehension(&mut self, id: NodeId, of: &Comprehension) {
        self.check(of.range);
        self.check(of.initial);
        let range = self.mapping.substitute(&self.get(of.range), false);
        let accumulated = self.get(of.initial);
        self.scopes.push(vec![(of.accumulator.clone(), accumulated.clone())]);
        let (first, second) = match &range {
            Type::List(_) if of.second_variable.is_some() => (Type::Int, range.parameter(0)),
            Type::List(_) => (range.parameter(0), Type::Error),
            Type::Map(_) => (range.parameter(0), range.parameter(1)),
            Type::Dyn | Type::Error | Type::Parameter(_) | Type::Variable(_) => {
                self.assignable(&Type::Dyn, &range);
                (Type::Dyn, Type::Dyn)
            }
            other => {
                let name = other.checker_name();
                self.report(
                    of.range,
                    format!(
                        "expression of type '{name}' cannot be range of a comprehension (must be list, map, or dynamic)"
                    ),
                );
                (Type::Error, Type::Error)
            }
        };
        let mut variables = vec![(of.variable.clone(), first)];
        if let Some(name) = &of.second_variable {
            variables.push((name.clone(), second));
        }
        self.scopes.push(variables);
        self.check(of.condition);
        self.assert(of.condition, &Type::Bool);
        self.check(of.step);
        self.assert(of.step, &accumulated);
        self.scopes.pop();
        self.check(of.result);
        self.scopes.pop();
        let result = self.mapping.substitute(&self.get(of.result), false);
        self.set(id, result);
    }

    fn assert(&mut self, id: NodeId, wanted: &Type) {
        let of = self.get(id);
        if !self.assignable(wanted, &of) {
            self.mismatch(id, wanted, &of);
        }
    }
}

/// The type inside of an optional, and whether it was one.
fn unwrap_optional(of: &Type) -> (Type, bool) {
    match of {
        Type::Opaque(inner) if &*inner.name == "optional_type" => (of.parameter(0), true),
        other => (other.clone(), false),
    }
}
