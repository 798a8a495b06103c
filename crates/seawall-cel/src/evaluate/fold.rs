//! Comprehensions: cel-go's `evalFold` and `folder`.

use super::{Accumulator, Machine, OUTSIDE, Scope, ScopeId};
use crate::plan::{Fold, Local};
use crate::value::convert::{display, go_type};
use crate::value::{Entries, Value};
use std::sync::Arc;

impl<'v> Machine<'v, '_> {
    pub(super) fn fold(&mut self, fold: &'v Fold, parent: ScopeId) -> Value<'v> {
        let range = self.eval(&fold.range, parent);
        let range = self.settle(range);
        if range.is_failure() {
            return range;
        }
        let id = self.scopes.len() as ScopeId;
        self.scopes.push(Scope {
            fold,
            parent,
            accumulator: Accumulator::Unset,
            first: Value::Null,
            second: Value::Null,
        });
        let value = match &range {
            Value::List(list) => {
                for index in 0..list.len() {
                    let element = list.get(index).unwrap_or(Value::Null);
                    let (first, second) = if fold.two_variables {
                        (Value::Int(i64::try_from(index).unwrap_or(i64::MAX)), element)
                    } else {
                        (element, Value::Null)
                    };
                    if !self.turn(id, first, second) {
                        break;
                    }
                }
                self.finish(id)
            }
            Value::Map(map) => {
                for key in map.keys() {
                    let second = if fold.two_variables {
                        let missing = || Value::error(format!("no such key: {}", display(&key)));
                        map.raw(&key).unwrap_or_else(missing)
                    } else {
                        Value::Null
                    };
                    if !self.turn(id, key, second) {
                        break;
                    }
                }
                self.finish(id)
            }
            other => {
                let of = go_type(other);
                if fold.two_variables {
                    Value::error(format!("unsupported comprehension range type: {of}"))
                } else {
                    Value::error(format!("got '{of}', expected iterable type"))
                }
            }
        };
        self.scopes.truncate(id as usize);
        value
    }

    /// One element; false when the comprehension is over.
    fn turn(&mut self, id: ScopeId, first: Value<'v>, second: Value<'v>) -> bool {
        let Some(scope) = self.scopes.get_mut(id as usize) else { return false };
        scope.first = first;
        scope.second = second;
        let fold = scope.fold;
        let condition = self.eval(&fold.condition, id);
        if self.aborted.is_some() || matches!(condition, Value::Bool(false)) {
            return false;
        }
        let value = self.eval(&fold.step, id);
        if !matches!(value, Value::Accumulator(same) if same == id)
            && let Some(scope) = self.scopes.get_mut(id as usize)
        {
            scope.accumulator = Accumulator::Value(value);
        }
        self.aborted.is_none()
    }

    fn finish(&mut self, id: ScopeId) -> Value<'v> {
        let Some(fold) = self.scopes.get(id as usize).map(|scope| scope.fold) else { return Value::Null };
        let value = self.eval(&fold.result, id);
        if matches!(value, Value::Accumulator(own) if own >= id) { self.settle(value) } else { value }
    }

    /// A variable of a comprehension some levels out.
    pub(super) fn local(&mut self, levels: usize, local: Local, scope: ScopeId) -> Value<'v> {
        let mut id = scope;
        for _ in 0..levels {
            id = self.scopes.get(id as usize).map_or(OUTSIDE, |scope| scope.parent);
        }
        let Some(found) = self.scopes.get(id as usize) else { return Value::Null };
        match local {
            Local::First => found.first.clone(),
            Local::Second => found.second.clone(),
            Local::Accumulator => match &found.accumulator {
                Accumulator::Value(value) => value.clone(),
                Accumulator::List(_) | Accumulator::Map(_) => Value::Accumulator(id),
                Accumulator::Unset => {
                    let (fold, parent) = (found.fold, found.parent);
                    self.initial(id, fold, parent)
                }
            },
        }
    }

    fn initial(&mut self, id: ScopeId, fold: &'v Fold, parent: ScopeId) -> Value<'v> {
        let value = self.eval(&fold.initial, parent);
        let (accumulator, value) = match value {
            Value::List(list) if list.is_empty() => {
                (Accumulator::List(Arc::new(Vec::new())), Value::Accumulator(id))
            }
            Value::Map(map) if map.is_empty() => {
                (Accumulator::Map(Arc::new(Entries::default())), Value::Accumulator(id))
            }
            value => (Accumulator::Value(value.clone()), value),
        };
        if let Some(scope) = self.scopes.get_mut(id as usize) {
            scope.accumulator = accumulator;
        }
        value
    }
}
