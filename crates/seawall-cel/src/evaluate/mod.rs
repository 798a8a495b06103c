//! The evaluator: cel-go's `interpreter/interpretable.go`, with costs counted step by step as its observer does.

mod attribute;
mod call;
mod cost;
mod fold;

use crate::plan::Plan;
use crate::plan::{Fold, Members};
use crate::program::{Evaluation, Variables};
use crate::value::compare::equal;
use crate::value::{Entries, EvaluationError, Extension, Map, Value};
pub(crate) use call::{fits, no_such_overload};
pub use cost::PER_CALL_LIMIT;
use cost::Tracker;
use std::sync::Arc;

/// Upstream's word for the end of the budget.
pub(crate) const COST_EXCEEDED: &str = "operation cancelled: actual cost limit exceeded";
/// How many values the evaluator copies at most where upstream would share them.
const WORK_LIMIT: u64 = 100_000_000;

/// Evaluates a plan.
pub(crate) fn run<'v>(plan: &'v Plan, variables: &Variables<'v>) -> Evaluation<'v> {
    let mut machine =
        Machine { variables, tracker: Tracker::default(), scopes: Vec::new(), aborted: None, work: 0 };
    let value = machine.eval(plan, OUTSIDE);
    let value = machine.settle(value);
    let (result, cost) = match (machine.aborted, value) {
        (Some((error, cost)), _) => (Err((*error).clone()), cost),
        (None, Value::Error(error)) => (Err((*error).clone()), machine.tracker.cost),
        (None, value) => (Ok(value), machine.tracker.cost),
    };
    Evaluation { result, cost }
}

/// The number of a scope; those of comprehensions count from 0.
type ScopeId = u32;
/// The scope of declared variables.
const OUTSIDE: ScopeId = u32::MAX;

/// A comprehension that is being evaluated.
struct Scope<'v> {
    fold: &'v Fold,
    parent: ScopeId,
    accumulator: Accumulator<'v>,
    first: Value<'v>,
    second: Value<'v>,
}

/// What a comprehension has so far.
enum Accumulator<'v> {
    /// Nothing yet: the initial value is evaluated when it is first asked for.
    Unset,
    Value(Value<'v>),
    /// A list that started empty and grows in place.
    List(Arc<Vec<Value<'v>>>),
    /// A map that started empty and grows in place.
    Map(Arc<Entries<'v>>),
}

struct Machine<'v, 'x> {
    variables: &'x Variables<'v>,
    tracker: Tracker<'v>,
    scopes: Vec<Scope<'v>>,
    /// Why the evaluation stopped as a whole, which no operator absorbs, and the cost until then.
    aborted: Option<(Arc<EvaluationError>, u64)>,
    work: u64,
}

impl<'v> Machine<'v, '_> {
    fn abort(&mut self, message: &str) -> Value<'v> {
        if self.aborted.is_none() {
            let error = EvaluationError { message: message.into() };
            self.aborted = Some((Arc::new(error), self.tracker.cost));
        }
        self.stopped()
    }

    fn stopped(&self) -> Value<'v> {
        self.aborted.as_ref().map_or(Value::Null, |(error, _)| Value::Error(error.clone()))
    }

    /// Counts values that are copied.
    fn spend(&mut self, copies: usize) {
        self.work = self.work.saturating_add(copies as u64);
        if self.work > WORK_LIMIT {
            self.abort("operation cancelled: too many values copied");
        }
    }

    /// Remembers a value by its id, and stops above the limit.
    fn push(&mut self, id: u32, value: &Value<'v>) {
        self.tracker.push(id, value);
        if self.tracker.cost > PER_CALL_LIMIT {
            self.abort(COST_EXCEEDED);
        }
    }

    fn eval(&mut self, plan: &'v Plan, scope: ScopeId) -> Value<'v> {
        if self.aborted.is_some() {
            return self.stopped();
        }
        let value = match plan {
            Plan::Constant { value, .. } => value.clone(),
            Plan::Attribute { attribute, test } => {
                let value = self.attribute_value(attribute, *test, scope);
                self.tracker.attribute(attribute, test.is_some());
                value
            }
            Plan::Logic { or, terms, .. } => {
                let value = self.logic(*or, terms, scope);
                for term in terms.iter() {
                    self.tracker.drop(term.id());
                }
                value
            }
            Plan::Equal { not, sides, .. } => self.equal(plan, *not, sides, scope),
            Plan::Call(call) => self.call(call, scope),
            Plan::List { elements, optional, .. } => {
                let value = self.list(elements, optional, scope);
                self.tracker.drop_all(elements.iter().map(Plan::id));
                self.tracker.cost += cost::LIST_CREATE;
                value
            }
            Plan::Map { entries, .. } => {
                let value = self.map(entries, scope);
                self.tracker.drop_all(entries.iter().flat_map(|(key, value, _)| [key.id(), value.id()]));
                self.tracker.cost += cost::MAP_CREATE;
                value
            }
            Plan::Object { name, fields, .. } => {
                let value = self.object(name, fields, scope);
                self.tracker.drop_all(fields.iter().map(|(value, _)| value.id()));
                self.tracker.cost += cost::STRUCT_CREATE;
                value
            }
            Plan::Fold(fold) => {
                let value = self.fold(fold, scope);
                self.tracker.drop(fold.range.id());
                value
            }
            Plan::Members { element, members, .. } => self.members(element, members, scope),
            Plan::Or { value, sides, .. } => self.optional_or(*value, sides, scope),
        };
        if self.aborted.is_some() {
            return self.stopped();
        }
        self.push(plan.id(), &value);
        value
    }

    /// `&&` and `||`: one deciding side is enough, whatever the other is.
    fn logic(&mut self, or: bool, terms: &'v [Plan; 2], scope: ScopeId) -> Value<'v> {
        let (mut error, mut unknown) = (None, None);
        for term in terms {
            match self.eval(term, scope) {
                Value::Bool(value) if value == or => return Value::Bool(or),
                Value::Bool(_) => {}
                Value::Unknown(what) => {
                    unknown.get_or_insert(Value::Unknown(what));
                }
                other => {
                    if error.is_none() {
                        error = Some(other.no_such_overload());
                    }
                }
            }
        }
        unknown.or(error).unwrap_or(Value::Bool(!or))
    }

    fn equal(&mut self, plan: &'v Plan, not: bool, sides: &'v [Plan; 2], scope: ScopeId) -> Value<'v> {
        let [left, right] = sides;
        let (a, b) = (self.eval(left, scope), self.eval(right, scope));
        let (a, b) = (self.settle(a), self.settle(b));
        let value = if a.is_failure() {
            a
        } else if b.is_failure() {
            b
        } else {
            match (equal(&a, &b), not) {
                (value, false) => value,
                (value, true) => Value::Bool(!matches!(value, Value::Bool(true))),
            }
        };
        let function = if not { "_!=_" } else { "_==_" };
        let overload = if not { "not_equals" } else { "equals" };
        let _ = plan;
        self.tracker.call(function, overload, &[left.id(), right.id()], &value);
        value
    }

    fn list(&mut self, elements: &'v [Plan], optional: &[bool], scope: ScopeId) -> Value<'v> {
        let mut values = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            let value = self.eval(element, scope);
            let value = self.settle(value);
            match crate::plan::optional_element(value, optional.get(index).copied().unwrap_or(false)) {
                Ok(Some(value)) => values.push(value),
                Ok(None) => {}
                Err(failure) => return failure,
            }
        }
        Value::list(values)
    }

    fn map(&mut self, entries: &'v [(Plan, Plan, bool)], scope: ScopeId) -> Value<'v> {
        let mut map = Entries::default();
        for (key, value, optional) in entries {
            let key = self.eval(key, scope);
            if key.is_failure() {
                return key;
            }
            let value = self.eval(value, scope);
            let (key, value) = (self.settle(key), self.settle(value));
            if !value.is_failure()
                && let Some(stopped) = self.unhashable(&key)
            {
                return stopped;
            }
            if let Err(failure) = crate::plan::insert(&mut map, key, value, *optional) {
                return failure;
            }
        }
        Value::Map(Map::Shared(Arc::new(map)))
    }

    /// Go's maps stop the evaluation at keys of these types.
    fn unhashable(&mut self, key: &Value<'v>) -> Option<Value<'v>> {
        let of = match key {
            Value::Bytes(_) => "types.Bytes",
            Value::Extension(of) => match &**of {
                Extension::Semver(_) => "cel.Semver",
                Extension::Format(_) => "cel.Format",
                _ => return None,
            },
            _ => return None,
        };
        Some(self.abort(&format!("internal error: runtime error: hash of unhashable type {of}")))
    }

    /// An object literal type-checks, but no Kubernetes type can be made by one.
    fn object(&mut self, name: &str, fields: &'v [(Plan, bool)], scope: ScopeId) -> Value<'v> {
        for (field, optional) in fields {
            let value = self.eval(field, scope);
            let value = self.settle(value);
            if let Err(failure) = crate::plan::optional_element(value, *optional) {
                return failure;
            }
        }
        Value::error(format!("unknown type '{name}'"))
    }

    fn members(&mut self, element: &'v Plan, members: &Members, scope: ScopeId) -> Value<'v> {
        let value = self.eval(element, scope);
        let value = self.settle(value);
        if value.is_failure() {
            return value;
        }
        if let Some(stopped) = self.unhashable(&value) {
            return stopped;
        }
        Value::Bool(members.contain(&value))
    }

    fn optional_or(&mut self, value: bool, sides: &'v [Plan; 2], scope: ScopeId) -> Value<'v> {
        let [left, right] = sides;
        match self.eval(left, scope) {
            Value::Optional(None) => self.eval(right, scope),
            Value::Optional(Some(inner)) if value => (*inner).clone(),
            other => other,
        }
    }
}
