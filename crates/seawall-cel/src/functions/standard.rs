//! Operators and the functions of the standard library.

use super::pattern;
use crate::value::compare::{compare, is_equal};
use crate::value::convert::{Target, convert};
use crate::value::number::{self, Operation};
use crate::value::{Map, Value, time};
use std::cmp::Ordering;
use std::sync::Arc;

pub(crate) fn unary<'v>(arguments: &[Value<'v>], of: impl Fn(&Value<'v>) -> Value<'v>) -> Value<'v> {
    match arguments {
        [value] => of(value),
        _ => Value::error("no such overload"),
    }
}

pub(crate) fn binary<'v>(
    arguments: &[Value<'v>],
    of: impl Fn(&Value<'v>, &Value<'v>) -> Value<'v>,
) -> Value<'v> {
    match arguments {
        [left, right] => of(left, right),
        _ => Value::error("no such overload"),
    }
}

pub(crate) fn identity<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    unary(arguments, Clone::clone)
}

pub(crate) fn not_strictly_false<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    unary(arguments, |value| match value {
        Value::Bool(value) => Value::Bool(*value),
        _ => Value::Bool(true),
    })
}

pub(crate) fn not<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    unary(arguments, |value| match value {
        Value::Bool(value) => Value::Bool(!value),
        other => other.no_such_overload(),
    })
}

pub(crate) fn negate<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    unary(arguments, number::negate)
}

fn arithmetic<'v>(operation: Operation, arguments: &[Value<'v>]) -> Value<'v> {
    binary(arguments, |left, right| match (left, right) {
        (Value::Int(a), Value::Int(b)) => {
            number::int(operation, *a, *b).map_or_else(Value::error, Value::Int)
        }
        (Value::Uint(a), Value::Uint(b)) => {
            number::uint(operation, *a, *b).map_or_else(Value::error, Value::Uint)
        }
        (Value::Double(a), Value::Double(b)) => {
            number::double(operation, *a, *b).map_or_else(|| right.no_such_overload(), Value::Double)
        }
        (Value::Duration(_) | Value::Timestamp(_), _) if operation == Operation::Add => {
            time::add(left, right)
        }
        (Value::Duration(_) | Value::Timestamp(_), _) => time::subtract(left, right),
        _ => right.no_such_overload(),
    })
}

pub(crate) fn add<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    match arguments {
        [Value::String(a), Value::String(b)] => {
            let mut text = String::with_capacity(a.len() + b.len());
            text.push_str(a);
            text.push_str(b);
            Value::shared(text)
        }
        [Value::Bytes(a), Value::Bytes(b)] => Value::Bytes(Arc::from([&**a, &**b].concat())),
        [Value::List(a), Value::List(b)] => Value::List(a.clone().join(b.clone())),
        _ => arithmetic(Operation::Add, arguments),
    }
}

pub(crate) fn subtract<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    arithmetic(Operation::Subtract, arguments)
}

pub(crate) fn multiply<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    arithmetic(Operation::Multiply, arguments)
}

pub(crate) fn divide<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    arithmetic(Operation::Divide, arguments)
}

pub(crate) fn remainder<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    arithmetic(Operation::Remainder, arguments)
}

fn order<'v>(arguments: &[Value<'v>], holds: impl Fn(Ordering) -> bool) -> Value<'v> {
    binary(arguments, |left, right| match compare(left, right) {
        Ok(order) => Value::Bool(holds(order)),
        Err(error) => error,
    })
}

pub(crate) fn less<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    order(arguments, Ordering::is_lt)
}

pub(crate) fn less_or_equal<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    order(arguments, Ordering::is_le)
}

pub(crate) fn greater<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    order(arguments, Ordering::is_gt)
}

pub(crate) fn greater_or_equal<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    order(arguments, Ordering::is_ge)
}

pub(crate) fn is_in<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    binary(arguments, |element, collection| match collection {
        Value::List(list) => Value::Bool(list.iter().any(|other| is_equal(element, &other))),
        Value::Map(Map::Lazy(_)) => Value::error("no such overload"),
        Value::Map(map) => Value::Bool(map.raw(element).is_some()),
        other => other.no_such_overload(),
    })
}

pub(crate) fn size<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    unary(arguments, |value| match value.size() {
        Some(size) => Value::Int(i64::try_from(size).unwrap_or(i64::MAX)),
        None => value.no_such_overload(),
    })
}

pub(crate) fn type_of<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    unary(arguments, |value| convert(value, Target::Type))
}

fn texts<'v>(arguments: &[Value<'v>], of: impl Fn(&str, &str) -> bool) -> Value<'v> {
    binary(arguments, |text, part| match (text, part) {
        (Value::String(text), Value::String(part)) => Value::Bool(of(text, part)),
        (Value::String(_), other) | (other, _) => other.no_such_overload(),
    })
}

pub(crate) fn contains<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    texts(arguments, |text, part| text.contains(part))
}

pub(crate) fn starts_with<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    texts(arguments, |text, part| text.starts_with(part))
}

pub(crate) fn ends_with<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    texts(arguments, |text, part| text.ends_with(part))
}

pub(crate) fn matches<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    binary(arguments, |text, expression| match (text, expression) {
        (Value::String(text), Value::String(expression)) => match pattern::compile(expression) {
            Ok(pattern) => Value::Bool(pattern.is_match(text)),
            Err(message) => Value::error(message),
        },
        (_, other) => other.no_such_overload(),
    })
}
