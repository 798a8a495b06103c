//! Folding of constants: cel-go's `decOptimize` and `decRegexOptimizer`.

use super::{Call, How, Plan, Planned};
use crate::functions::pattern;
use crate::value::convert::{Target, convert};
use crate::value::{Entries, Map, Value, number};
use std::collections::HashSet;
use std::sync::Arc;

/// The constants of `x in [constants]`.
#[derive(Default)]
pub(crate) struct Members {
    texts: HashSet<Arc<str>>,
    ints: HashSet<i64>,
    uints: HashSet<u64>,
    doubles: HashSet<u64>,
    bools: [bool; 2],
}

fn bits(number: f64) -> u64 {
    (number + 0.0).to_bits() // -0.0 and 0.0 are one
}

impl Members {
    /// The members, or `None` if one is of a type upstream does not fold.
    fn new(list: &Value<'static>) -> Option<Self> {
        let Value::List(list) = list else { return None };
        let mut members = Self::default();
        for element in list.iter() {
            match element {
                Value::String(text) => {
                    members.texts.insert(Arc::from(&*text));
                }
                Value::Bool(value) => {
                    if let Some(slot) = members.bools.get_mut(usize::from(value)) {
                        *slot = true;
                    }
                }
                Value::Int(value) => {
                    members.ints.insert(value);
                    members.doubles.insert(bits(value as f64));
                    members.uints.extend(u64::try_from(value));
                }
                Value::Uint(value) => {
                    members.uints.insert(value);
                    members.doubles.insert(bits(value as f64));
                    members.ints.extend(i64::try_from(value));
                }
                Value::Double(value) => {
                    if !value.is_nan() {
                        members.doubles.insert(bits(value));
                    }
                    members.ints.extend(number::lossless_int(value));
                    members.uints.extend(number::lossless_uint(value));
                }
                _ => return None,
            }
        }
        Some(members)
    }

    /// Whether a value is among them.
    pub(crate) fn contain(&self, value: &Value<'_>) -> bool {
        match value {
            Value::String(text) => self.texts.contains(&**text),
            Value::Bool(value) => self.bools.get(usize::from(*value)).copied().unwrap_or(false),
            Value::Int(value) => self.ints.contains(value),
            Value::Uint(value) => self.uints.contains(value),
            Value::Double(value) => self.doubles.contains(&bits(*value)),
            _ => false,
        }
    }
}

/// A list literal; of constants only, one constant.
pub(super) fn list(id: u32, elements: Vec<Plan>, optional: Vec<bool>) -> Plan {
    if !elements.iter().all(|element| matches!(element, Plan::Constant { .. })) {
        return Plan::List { id, elements, optional };
    }
    let mut values = Vec::with_capacity(elements.len());
    for (index, element) in elements.into_iter().enumerate() {
        let Plan::Constant { value, .. } = element else { continue };
        match optional_element(value, optional.get(index).copied().unwrap_or(false)) {
            Ok(Some(value)) => values.push(value),
            Ok(None) => {}
            Err(error) => return Plan::Constant { id, value: error },
        }
    }
    Plan::Constant { id, value: Value::list(values) }
}

/// The value of an element; `None` for an optional without one.
pub(crate) fn optional_element(value: Value<'_>, optional: bool) -> Result<Option<Value<'_>>, Value<'_>> {
    if value.is_failure() {
        return Err(value);
    }
    match (optional, value) {
        (false, value) => Ok(Some(value)),
        (true, Value::Optional(None)) => Ok(None),
        (true, Value::Optional(Some(inner))) => Ok(Some((*inner).clone())),
        (true, other) => Err(Value::error(format!(
            "cannot initialize optional list element from non-optional value {}",
            crate::value::convert::display(&other)
        ))),
    }
}

/// A map literal; of constants only, one constant.
pub(super) fn map(id: u32, entries: Vec<(Plan, Plan, bool)>) -> Plan {
    let constant = |plan: &Plan| matches!(plan, Plan::Constant { .. });
    if !entries.iter().all(|(key, value, _)| constant(key) && constant(value)) {
        return Plan::Map { id, entries };
    }
    let mut map = Entries::default();
    for (key, value, optional) in entries {
        let (Plan::Constant { value: key, .. }, Plan::Constant { value, .. }) = (key, value) else {
            continue;
        };
        if let Err(error) = insert(&mut map, key, value, optional) {
            return Plan::Constant { id, value: error };
        }
    }
    Plan::Constant { id, value: Value::Map(Map::Shared(Arc::new(map))) }
}

/// Adds an entry of a map literal.
pub(crate) fn insert<'v>(
    map: &mut Entries<'v>,
    key: Value<'v>,
    value: Value<'v>,
    optional: bool,
) -> Result<(), Value<'v>> {
    if key.is_failure() {
        return Err(key);
    }
    if value.is_failure() {
        return Err(value);
    }
    match (optional, value) {
        (false, value) => map.insert(&key, value),
        (true, Value::Optional(Some(inner))) => map.insert(&key, (*inner).clone()),
        (true, Value::Optional(None)) => map.remove(&key),
        (true, other) => {
            let display = crate::value::convert::display;
            return Err(Value::error(format!(
                "cannot initialize optional entry '{}' from non-optional value {}",
                display(&key),
                display(&other)
            )));
        }
    }
    Ok(())
}

/// What a conversion function converts to.
fn conversion(function: &str) -> Option<Option<Target>> {
    Some(Some(match function {
        "bool" => Target::Bool,
        "bytes" => Target::Bytes,
        "double" => Target::Double,
        "duration" => Target::Duration,
        "dyn" => return Some(None),
        "int" => Target::Int,
        "string" => Target::String,
        "timestamp" => Target::Timestamp,
        "type" => Target::Type,
        "uint" => Target::Uint,
        _ => return None,
    }))
}

/// A call, or what is known of it beforehand.
pub(super) fn call(mut call: Call) -> Planned {
    if call.overload == "in_list"
        && let [element, Plan::Constant { value: list, .. }] = call.arguments.as_slice()
    {
        if matches!(list, Value::List(list) if list.is_empty()) {
            return Ok(Plan::Constant { id: call.id, value: Value::Bool(false) });
        }
        if let Some(members) = Members::new(list) {
            let _ = element;
            let id = call.id;
            let element = Box::new(call.arguments.swap_remove(0));
            return Ok(Plan::Members { id, element, members });
        }
    }
    if let Some(target) = conversion(call.function)
        && let [Plan::Constant { value, .. }] = call.arguments.as_slice()
    {
        let value = converted(&call, value, target);
        return match value {
            Value::Error(error) => Err(error.message.clone()),
            value => Ok(Plan::Constant { id: call.id, value }),
        };
    }
    if matches!(call.function, "matches" | "find" | "findAll")
        && let Some(Plan::Constant { value: Value::String(text), .. }) = call.arguments.get(1)
    {
        call.how = How::Pattern(pattern::compile(text)?);
    }
    Ok(Plan::Call(Box::new(call)))
}

/// The value of a conversion of a constant: by its overload where the types leave one.
fn converted(call: &Call, value: &Value<'static>, target: Option<Target>) -> Value<'static> {
    if value.is_failure() {
        return value.clone();
    }
    let Some(target) = target else { return value.clone() };
    let fits = match &call.how {
        How::One(bound) => crate::evaluate::fits(bound, std::slice::from_ref(value)),
        How::Several(several) => {
            several.iter().any(|bound| crate::evaluate::fits(bound, std::slice::from_ref(value)))
        }
        _ => true,
    };
    if !fits {
        return crate::evaluate::no_such_overload(call.function, std::slice::from_ref(value));
    }
    convert(value, target)
}
