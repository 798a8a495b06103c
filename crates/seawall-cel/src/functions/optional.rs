//! The optional library: cel-go's `cel/library.go`.

use crate::value::convert::display;
use crate::value::{List, Map, Value};

fn no<'v>() -> Value<'v> {
    Value::error("no such overload")
}

pub(crate) fn of<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [value] = values else { return no() };
    Value::optional(value.clone())
}

pub(crate) fn of_non_zero<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [value] = values else { return no() };
    let zero = match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Int(number) => *number == 0,
        Value::Uint(number) => *number == 0,
        Value::Double(number) => *number == 0.0,
        Value::String(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::Duration(nanoseconds) => *nanoseconds == 0,
        Value::Timestamp(at) => at.seconds == -62_135_596_800 && at.nanoseconds == 0,
        // In claims no list or map is zero: upstream's wrapper hides it.
        Value::List(list) => list.is_empty() && !matches!(list, List::Escaped(_)),
        Value::Map(map) => map.is_empty() && !matches!(map, Map::Escaped(_) | Map::Lazy(_)),
        _ => false,
    };
    if zero { Value::Optional(None) } else { Value::optional(value.clone()) }
}

pub(crate) fn none<'v>(_: &[Value<'v>]) -> Value<'v> {
    Value::Optional(None)
}

pub(crate) fn value<'v>(values: &[Value<'v>]) -> Value<'v> {
    match values {
        [Value::Optional(Some(inner))] => (**inner).clone(),
        [Value::Optional(None)] => Value::error("optional.none() dereference"),
        _ => no(),
    }
}

pub(crate) fn has_value<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::Optional(inner)] = values else { return no() };
    Value::Bool(inner.is_some())
}

pub(crate) fn first<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::List(list)] = values else { return no() };
    list.at(0).map_or(Value::Optional(None), Value::optional)
}

pub(crate) fn last<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::List(list)] = values else { return no() };
    let last = list.len().checked_sub(1).and_then(|index| list.at(index));
    last.map_or(Value::Optional(None), Value::optional)
}

pub(crate) fn unwrap<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::List(list)] = values else { return no() };
    let mut unwrapped = Vec::new();
    for element in list.iter() {
        match element {
            Value::Optional(Some(inner)) => unwrapped.push((*inner).clone()),
            Value::Optional(None) => {}
            other => return Value::error(format!("value {} is not optional", display(&other))),
        }
    }
    Value::list(unwrapped)
}

/// `cel.@mapInsert` on a map that does not grow in place.
pub(crate) fn map_insert<'v>(values: &[Value<'v>]) -> Value<'v> {
    let (map, additions) = match values {
        [Value::Map(map), key, value] => (map, vec![(key.clone(), value.clone())]),
        [Value::Map(map), Value::Map(more)] => {
            let entries = more.keys().into_iter().map(|key| {
                let value = more.find(&key).unwrap_or(Value::Null);
                (key, value)
            });
            (map, entries.collect())
        }
        _ => return no(),
    };
    let mut entries: crate::value::Entries<'v> = map
        .keys()
        .into_iter()
        .map(|key| {
            let value = map.find(&key).unwrap_or(Value::Null);
            (key, value)
        })
        .collect();
    for (key, value) in additions {
        if entries.find(&key).is_some() {
            return Value::error(format!("insert failed: key {} already exists", display(&key)));
        }
        entries.insert(&key, value);
    }
    Value::Map(Map::Shared(std::sync::Arc::new(entries)))
}
