//! Reading fields and indexes: cel-go's `interpreter/attributes.go`.

use super::{Machine, ScopeId};
use crate::plan::{Attribute, Base, Qualifier, QualifierKind};
use crate::value::Value;
use crate::value::convert::{display, go_type};
use crate::value::number;

/// What a field or index gave.
enum Found<'v> {
    Value(Value<'v>),
    /// Nothing there, and it was asked for as optional.
    Absent,
    /// Only whether it is there was asked.
    Present(bool),
    Failure(Value<'v>),
}

impl<'v> Machine<'v, '_> {
    /// The value of an attribute, or of `has(…)` of it.
    pub(super) fn attribute_value(
        &mut self,
        attribute: &'v Attribute,
        test: Option<u32>,
        scope: ScopeId,
    ) -> Value<'v> {
        let value = self.resolve(attribute, scope);
        match (test, value) {
            (Some(_), Value::Optional(inner)) => Value::Bool(inner.is_some()),
            (_, value) => value,
        }
    }

    pub(super) fn resolve(&mut self, attribute: &'v Attribute, scope: ScopeId) -> Value<'v> {
        let base = match &attribute.base {
            Base::Variable(name) => match self.variables.get(name) {
                Some(value) => value.clone(),
                None => return Value::error(format!("no such attribute(s): {name}")),
            },
            Base::Local { levels, local } => self.local(*levels, *local, scope),
            Base::Relative(plan) => self.eval(plan, scope),
            Base::Conditional { condition, yes, no } => {
                return match self.eval(condition, scope) {
                    Value::Bool(true) => self.resolve(yes, scope),
                    Value::Bool(false) => self.resolve(no, scope),
                    other => other.no_such_overload(),
                };
            }
        };
        if base.is_failure() {
            return base;
        }
        if attribute.qualifiers.is_empty() && !matches!(base, Value::Optional(_)) {
            return base;
        }
        let base = self.settle(base);
        self.qualify_all(base, attribute, scope)
    }

    fn qualify_all(&mut self, base: Value<'v>, attribute: &'v Attribute, scope: ScopeId) -> Value<'v> {
        let (mut value, mut optional) = match base {
            Value::Optional(None) => return Value::Optional(None),
            Value::Optional(Some(inner)) => (native(&inner), true),
            other => (other, false),
        };
        for qualifier in &attribute.qualifiers {
            optional |= qualifier.optional;
            match self.qualify(value, qualifier, optional, scope) {
                Found::Value(next) => value = next,
                Found::Present(there) => value = Value::Bool(there),
                Found::Absent => return Value::Optional(None),
                Found::Failure(failure) => return failure,
            }
            if self.aborted.is_some() {
                return self.stopped();
            }
        }
        if optional && !matches!(value, Value::Unknown(_)) { Value::optional(value) } else { value }
    }

    /// One step, observed as upstream does.
    fn qualify(
        &mut self,
        value: Value<'v>,
        qualifier: &'v Qualifier,
        optional: bool,
        scope: ScopeId,
    ) -> Found<'v> {
        let (found, cost) = match &qualifier.kind {
            QualifierKind::Constant(key) => (read(&value, key, optional), true),
            QualifierKind::Test(key) => {
                let found = read(&value, key, true);
                let found = match (found, optional) {
                    (Found::Value(_), false) => Found::Present(true),
                    (Found::Absent, false) => Found::Present(false),
                    (found, _) => found,
                };
                (found, true)
            }
            QualifierKind::Attribute(attribute) => {
                let key = self.resolve(attribute, scope);
                (self.read_by(&value, key, optional), true)
            }
            QualifierKind::Expression(attribute) => {
                let key = self.resolve(attribute, scope);
                self.tracker.drop(attribute.id());
                (self.read_by(&value, key, optional), true)
            }
        };
        if self.aborted.is_some() {
            return Found::Failure(self.stopped());
        }
        let seen = match &found {
            Found::Value(value) => Some(value.clone()),
            Found::Present(there) => Some(Value::Bool(*there)),
            Found::Failure(failure) if !optional => Some(failure.clone()),
            Found::Absent | Found::Failure(_) => None,
        };
        if let Some(seen) = seen {
            self.tracker.cost += u64::from(cost);
            self.push(qualifier.id, &seen);
        }
        found
    }

    fn read_by(&mut self, value: &Value<'v>, key: Value<'v>, optional: bool) -> Found<'v> {
        match self.settle(key) {
            failure @ (Value::Error(_) | Value::Unknown(_)) => Found::Failure(failure),
            key @ (Value::String(_) | Value::Int(_) | Value::Uint(_) | Value::Bool(_) | Value::Double(_)) => {
                read(value, &key, optional)
            }
            other => Found::Failure(Value::error(format!("invalid qualifier type: {}", go_type(&other)))),
        }
    }
}

/// The value inside of an optional, through Go's own types: an optional inside of it disappears.
fn native<'v>(value: &Value<'v>) -> Value<'v> {
    match value {
        Value::Optional(None) => Value::Null,
        Value::Optional(Some(inner)) => native(inner),
        Value::Type(of) => Value::shared(of.runtime_name()),
        other => other.clone(),
    }
}

/// `refQualify`.
fn read<'v>(value: &Value<'v>, key: &Value<'v>, optional: bool) -> Found<'v> {
    match value {
        Value::Unknown(_) => Found::Value(value.clone()),
        Value::Error(_) => Found::Failure(value.clone()),
        Value::Map(map) => match map.find(key) {
            Some(failure @ Value::Error(_)) => Found::Failure(failure),
            Some(value) => Found::Value(value),
            None => missing(optional, "no such key", key),
        },
        Value::List(list) => {
            let index = match index(key) {
                Ok(index) => index,
                Err(message) => return Found::Failure(Value::error(message)),
            };
            match usize::try_from(index).ok().and_then(|index| list.at(index)) {
                Some(value) => Found::Value(value),
                None => missing(optional, "index out of bounds", key),
            }
        }
        _ => missing(optional, "no such key", key),
    }
}

fn missing<'v>(optional: bool, what: &str, key: &Value<'v>) -> Found<'v> {
    if optional {
        return Found::Absent;
    }
    Found::Failure(Value::error(format!("{what}: {}", display(key))))
}

/// `types.IndexOrError`: whole numbers of any type.
fn index(key: &Value<'_>) -> Result<i64, String> {
    match key {
        Value::Int(index) => Ok(*index),
        Value::Uint(index) => {
            i64::try_from(*index).map_err(|_| format!("unsupported index value {index} in list"))
        }
        Value::Double(index) => number::lossless_int(*index)
            .ok_or_else(|| format!("unsupported index value {} in list", display(key))),
        other => Err(format!("unsupported index type '{}' in list", other.type_name())),
    }
}
