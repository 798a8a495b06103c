//! `find`, `findAll`: apiserver's `pkg/cel/library/regex.go`.

use super::pattern::{self, Pattern};
use crate::value::Value;

/// The text of a string, or the name of a type: what Go gives as the string inside of a value.
fn text<'a>(value: &'a Value<'_>) -> Option<&'a str> {
    match value {
        Value::String(text) => Some(text),
        Value::Type(of) => Some(of.runtime_name()),
        _ => None,
    }
}

/// A call whose expression was a constant.
pub(crate) fn with_pattern<'v>(function: &str, pattern: &Pattern, values: &[Value<'v>]) -> Value<'v> {
    let Some(first) = values.first() else { return Value::error("no such overload") };
    let Some(subject) = text(first) else { return first.no_such_overload() };
    match (function, values) {
        ("matches", [_, _]) => Value::Bool(pattern.is_match(subject)),
        ("find", [_, _]) => Value::shared(pattern.find(subject).unwrap_or_default()),
        ("findAll", [_, _]) => all(pattern, subject, -1),
        ("findAll", [_, _, Value::Int(limit)]) => all(pattern, subject, *limit),
        ("findAll", [_, _, other]) => other.no_such_overload(),
        _ => Value::error("no such overload"),
    }
}

fn all<'v>(pattern: &Pattern, subject: &str, limit: i64) -> Value<'v> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    Value::strings(pattern.find_all(subject, limit).into_iter().map(str::to_owned))
}

/// A call with any expression.
fn any<'v>(function: &str, values: &[Value<'v>]) -> Value<'v> {
    let Some(expression) = values.get(1).and_then(text) else { return Value::error("no such overload") };
    match pattern::compile(expression) {
        Ok(pattern) => with_pattern(function, &pattern, values),
        Err(message) => Value::error(format!("Illegal regex: {message}")),
    }
}

pub(crate) fn find<'v>(values: &[Value<'v>]) -> Value<'v> {
    any("find", values)
}

pub(crate) fn find_all<'v>(values: &[Value<'v>]) -> Value<'v> {
    any("findAll", values)
}
