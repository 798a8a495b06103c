//! Calls: finding the overload that takes the values, and the checks before it.

use super::{Accumulator, COST_EXCEEDED, Machine, ScopeId};
use crate::functions::regex as patterns;
use crate::plan::{Bound, Call, How};
use crate::types::Type;
use crate::value::{Map, Value};
use std::sync::Arc;

/// Lists longer than this cost more than an evaluation may, whatever function reads them.
const LONGEST_LIST: usize = 10_000_010;

impl<'v> Machine<'v, '_> {
    pub(super) fn call(&mut self, call: &'v Call, scope: ScopeId) -> Value<'v> {
        let value = self.compute(call, scope);
        if self.aborted.is_none() {
            let ids: Vec<u32> = call.arguments.iter().map(crate::plan::Plan::id).collect();
            if let Some(stopped) = self.tracker.call(call.function, call.overload, &ids, &value) {
                return self.abort(&stopped);
            }
        }
        value
    }

    fn compute(&mut self, call: &'v Call, scope: ScopeId) -> Value<'v> {
        let lazy = match &call.how {
            How::Missing | How::Singleton(_) => call.arguments.len() > 2,
            How::One(bound) => bound.lazy || call.arguments.len() > 2,
            How::Several(_) | How::Pattern(_) => true,
        };
        let strict = call.function != "@not_strictly_false";
        let mut values = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            let value = self.eval(argument, scope);
            if lazy && strict && value.is_failure() {
                return value;
            }
            values.push(value);
        }
        if let Some(failure) = values.iter().find(|value| strict && value.is_failure()) {
            return failure.clone();
        }
        if self.aborted.is_some() {
            return self.stopped();
        }
        if let Some(value) = self.grow(call, &values) {
            return value;
        }
        for value in &mut values {
            let taken = std::mem::replace(value, Value::Null);
            *value = self.settle(taken);
            if matches!(value, Value::List(list) if list.len() > LONGEST_LIST)
                && !matches!(call.function, "size" | "_+_" | "type" | "dyn" | "optional.of")
            {
                return self.abort(COST_EXCEEDED);
            }
        }
        apply(call, &values)
    }

    /// `@result + [x]` and `cel.@mapInsert(@result, …)`: the list or map grows in place.
    fn grow(&mut self, call: &Call, values: &[Value<'v>]) -> Option<Value<'v>> {
        let [Value::Accumulator(id), rest @ ..] = values else { return None };
        match (call.function, rest) {
            ("_+_", [more]) => {
                let more = match self.settle(more.clone()) {
                    Value::List(more) => more,
                    other => return Some(other.no_such_overload()),
                };
                self.spend(more.len());
                let scope = self.scopes.get_mut(*id as usize)?;
                let Accumulator::List(list) = &mut scope.accumulator else { return None };
                let shared = if Arc::get_mut(list).is_some() { 0 } else { list.len() };
                Arc::make_mut(list).extend(more.iter());
                self.spend(shared);
            }
            ("cel.@mapInsert", [key, value]) => {
                let value = self.settle(value.clone());
                if let Err(failure) = self.insert(*id, key, value)? {
                    return Some(failure);
                }
            }
            ("cel.@mapInsert", [more]) => {
                let Value::Map(more) = self.settle(more.clone()) else { return None };
                for key in more.keys() {
                    let value = more.find(&key).unwrap_or(Value::Null);
                    if let Err(failure) = self.insert(*id, &key, value)? {
                        return Some(failure);
                    }
                }
            }
            _ => return None,
        }
        Some(Value::Accumulator(*id))
    }

    fn insert(&mut self, id: u32, key: &Value<'v>, value: Value<'v>) -> Option<Result<(), Value<'v>>> {
        if let Some(stopped) = self.unhashable(key) {
            return Some(Err(stopped));
        }
        let scope = self.scopes.get_mut(id as usize)?;
        let Accumulator::Map(map) = &mut scope.accumulator else { return None };
        if map.find(key).is_some() {
            let key = crate::value::convert::display(key);
            return Some(Err(Value::error(format!("insert failed: key {key} already exists"))));
        }
        let shared = if Arc::get_mut(map).is_some() { 0 } else { map.count() };
        Arc::make_mut(map).insert(key, value);
        self.spend(shared);
        Some(Ok(()))
    }

    /// A value that no longer grows.
    pub(super) fn settle(&mut self, value: Value<'v>) -> Value<'v> {
        let Value::Accumulator(id) = value else { return value };
        match self.scopes.get(id as usize).map(|scope| &scope.accumulator) {
            Some(Accumulator::List(list)) => Value::List(crate::value::List::Shared(list.clone())),
            Some(Accumulator::Map(map)) => Value::Map(Map::Shared(map.clone())),
            Some(Accumulator::Value(value)) => value.clone(),
            _ => Value::Null,
        }
    }
}

fn apply<'v>(call: &Call, values: &[Value<'v>]) -> Value<'v> {
    match &call.how {
        How::Missing => receiver_or_none(call, values),
        How::Singleton(singleton) => match values.first() {
            Some(first) if !(singleton.accepts)(first) => receiver_or_none(call, values),
            _ => (singleton.implementation)(values),
        },
        How::One(bound) => {
            if fits(bound, values) {
                (bound.implementation)(values)
            } else {
                no_such_overload(call.function, values)
            }
        }
        How::Several(several) => match several.iter().find(|bound| fits(bound, values)) {
            Some(bound) => (bound.implementation)(values),
            None => no_such_overload(call.function, values),
        },
        How::Pattern(pattern) => patterns::with_pattern(call.function, pattern, values),
    }
}

/// Some types answer for themselves in other words.
fn receiver_or_none<'v>(call: &Call, values: &[Value<'v>]) -> Value<'v> {
    match values.first() {
        Some(Value::String(_) | Value::Duration(_) | Value::Timestamp(_)) => Value::error("no such overload"),
        _ if values.len() > 2 => Value::error(format!("no such overload: {} {}", call.function, call.id)),
        _ => Value::error(format!("no such overload: {}", call.function)),
    }
}

/// `MaybeNoSuchOverload`: names the types of the values.
pub(crate) fn no_such_overload<'v>(function: &str, values: &[Value<'v>]) -> Value<'v> {
    if let Some(failure) = values.iter().find(|value| value.is_failure()) {
        return failure.clone();
    }
    let types: Vec<&str> = values.iter().map(Value::type_name).collect();
    Value::error(format!("no such overload: {function}({})", types.join(", ")))
}

/// Whether an overload takes the values.
pub(crate) fn fits(bound: &Bound, values: &[Value<'_>]) -> bool {
    bound.types.len() == values.len()
        && (!bound.guarded || bound.types.iter().zip(values).all(|(of, value)| accepts(of, value)))
}

/// `IsAssignableRuntimeType`: the name of the type, and the first element of lists and maps.
fn accepts(of: &Type, value: &Value<'_>) -> bool {
    if value.is_failure() {
        return true; // only functions that want to see failures get here with one
    }
    if of.is_dyn() || matches!(of, Type::Parameter(_)) {
        return true;
    }
    if of.runtime_name() != value.type_name() {
        return false;
    }
    match (of, value) {
        (Type::List(inner), Value::List(list)) => match (inner.parameters.first(), list.get(0)) {
            (Some(element), Some(first)) => accepts(element, &first),
            _ => true,
        },
        (Type::Map(inner), Value::Map(map)) => match (inner.parameters.as_slice(), map.first()) {
            ([key, value], Some((first_key, first_value))) => {
                accepts(key, &first_key) && accepts(value, &first_value)
            }
            _ => true,
        },
        _ => true,
    }
}
