//! Functions on lists: apiserver's `pkg/cel/library/lists.go`, cel-go's `ext/lists.go` and `ext/sets.go`.

use super::standard;
use crate::value::compare::{compare, is_equal, is_ordered};
use crate::value::{List, Value};
use std::cmp::Ordering;

fn no<'v>() -> Value<'v> {
    Value::error("no such overload")
}

/// How many elements a list may have that a function makes; upstream's memory is the limit there.
const LONGEST: i64 = 10_000_000;

pub(crate) fn is_sorted<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::List(list)] = values else { return no() };
    let mut previous: Option<Value<'v>> = None;
    for element in list.iter() {
        if !is_ordered(&element) {
            return element.no_such_overload();
        }
        // Upstream looks only for "greater": an error of the comparison is none.
        if previous.is_some_and(|previous| matches!(compare(&previous, &element), Ok(Ordering::Greater))) {
            return Value::Bool(false);
        }
        previous = Some(element);
    }
    Value::Bool(true)
}

fn sum<'v>(values: &[Value<'v>], zero: Value<'v>) -> Value<'v> {
    let [Value::List(list)] = values else { return no() };
    let mut total = zero;
    for element in list.iter() {
        total = standard::add(&[total, element]);
        if total.is_failure() {
            return total;
        }
    }
    total
}

pub(crate) fn sum_int<'v>(values: &[Value<'v>]) -> Value<'v> {
    sum(values, Value::Int(0))
}

pub(crate) fn sum_uint<'v>(values: &[Value<'v>]) -> Value<'v> {
    sum(values, Value::Uint(0))
}

pub(crate) fn sum_double<'v>(values: &[Value<'v>]) -> Value<'v> {
    sum(values, Value::Double(0.0))
}

pub(crate) fn sum_duration<'v>(values: &[Value<'v>]) -> Value<'v> {
    sum(values, Value::Duration(0))
}

fn extreme<'v>(values: &[Value<'v>], name: &str, replaces: Ordering) -> Value<'v> {
    let [Value::List(list)] = values else { return no() };
    let mut best: Option<Value<'v>> = None;
    for element in list.iter() {
        if !is_ordered(&element) {
            return element.no_such_overload();
        }
        best = Some(match best {
            None => element,
            Some(best) if compare(&best, &element).ok() == Some(replaces) => element,
            Some(best) => best,
        });
    }
    best.unwrap_or_else(|| Value::error(format!("{name} called on empty list")))
}

pub(crate) fn min<'v>(values: &[Value<'v>]) -> Value<'v> {
    extreme(values, "min", Ordering::Greater)
}

pub(crate) fn max<'v>(values: &[Value<'v>]) -> Value<'v> {
    extreme(values, "max", Ordering::Less)
}

fn place(index: Option<usize>) -> Value<'static> {
    Value::Int(index.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1))
}

pub(crate) fn index_of<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::List(list), wanted] = values else { return no() };
    place(list.iter().position(|element| is_equal(&element, wanted)))
}

pub(crate) fn last_index_of<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::List(list), wanted] = values else { return no() };
    place(
        (0..list.len())
            .rev()
            .find(|index| list.get(*index).is_some_and(|element| is_equal(&element, wanted))),
    )
}

pub(crate) fn slice<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::List(list), Value::Int(start), Value::Int(end)] = values else { return no() };
    let length = list.len();
    let why = if *start < 0 || *end < 0 {
        "negative indexes not supported".to_owned()
    } else if start > end {
        "start index must be less than or equal to end index".to_owned()
    } else if i64::try_from(length).unwrap_or(i64::MAX) < *end {
        format!("list is length {length}")
    } else {
        let range = usize::try_from(*start).unwrap_or(0)..usize::try_from(*end).unwrap_or(0);
        return Value::list(range.filter_map(|index| list.get(index)).collect());
    };
    Value::error(format!("cannot slice({start}, {end}), {why}"))
}

pub(crate) fn flatten<'v>(values: &[Value<'v>]) -> Value<'v> {
    let (list, depth) = match values {
        [Value::List(list)] => (list, 1),
        [Value::List(list), Value::Int(depth)] => (list, *depth),
        [other] => return Value::error(format!("no such overload: {}.flatten()", type_text(other))),
        [list, depth] => {
            let (list, depth) = (type_text(list), type_text(depth));
            return Value::error(format!("no such overload: {list}.flatten({depth})"));
        }
        _ => return no(),
    };
    if depth < 0 {
        return Value::error("level must be non-negative");
    }
    let mut out = Vec::new();
    match flatten_into(list, depth, &mut out) {
        Ok(()) => Value::list(out),
        Err(error) => error,
    }
}

fn type_text(value: &Value<'_>) -> String {
    value.runtime_type().to_string()
}

fn flatten_into<'v>(list: &List<'v>, depth: i64, out: &mut Vec<Value<'v>>) -> Result<(), Value<'v>> {
    for element in list.iter() {
        match element {
            Value::List(inner) if depth > 0 => flatten_into(&inner, depth - 1, out)?,
            other => out.push(other),
        }
        if out.len() as i64 > LONGEST {
            return Err(Value::error("operation cancelled: list too long"));
        }
    }
    Ok(())
}

pub(crate) fn range<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::Int(count)] = values else { return no() };
    // Longer lists cost more than an evaluation may.
    Value::list((0..(*count).min(LONGEST)).map(Value::Int).collect())
}

pub(crate) fn reverse<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::List(list)] = values else { return no() };
    Value::list((0..list.len()).rev().filter_map(|index| list.get(index)).collect())
}

pub(crate) fn distinct<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::List(list)] = values else { return no() };
    // Above this the cost, which is the square of the length, is over the limit anyway.
    let mut unique: Vec<Value<'v>> = Vec::new();
    for element in list.iter().take(2000) {
        if !unique.iter().any(|other| is_equal(&element, other)) {
            unique.push(element);
        }
    }
    Value::list(unique)
}

pub(crate) fn sort<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [list] = values else { return no() };
    sort_by(&[list.clone(), list.clone()])
}

pub(crate) fn sort_by<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::List(list), Value::List(keys)] = values else { return no() };
    if list.len() != keys.len() {
        return Value::error(format!(
            "@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got {} and {} elements respectively",
            list.len(),
            keys.len()
        ));
    }
    let Some(first) = keys.get(0) else { return values.first().cloned().unwrap_or(Value::Null) };
    if !is_ordered(&first) {
        return Value::error("list elements must be comparable");
    }
    let mut pairs: Vec<(Value<'v>, Value<'v>)> = keys.iter().zip(list.iter()).collect();
    // A single element is compared with nothing, and so its type is never looked at.
    if pairs.len() > 1 && pairs.iter().any(|(key, _)| key.type_name() != first.type_name()) {
        return Value::error("list elements must have the same type");
    }
    insertion_or_stable(&mut pairs);
    Value::list(pairs.into_iter().map(|(_, value)| value).collect())
}

/// Go sorts up to 12 elements by insertion, which keeps equal ones in order; longer lists may differ there.
fn insertion_or_stable<'v>(pairs: &mut [(Value<'v>, Value<'v>)]) {
    pairs.sort_by(|(a, _), (b, _)| compare(a, b).unwrap_or(Ordering::Equal));
}

fn contains(list: &List<'_>, wanted: &Value<'_>) -> bool {
    list.iter().any(|element| is_equal(wanted, &element))
}

fn covers(list: &List<'_>, sublist: &List<'_>) -> bool {
    sublist.iter().all(|element| contains(list, &element))
}

pub(crate) fn sets_contains<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::List(list), Value::List(sublist)] = values else { return no() };
    Value::Bool(covers(list, sublist))
}

pub(crate) fn sets_equivalent<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::List(a), Value::List(b)] = values else { return no() };
    Value::Bool(covers(a, b) && covers(b, a))
}

pub(crate) fn sets_intersects<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::List(a), Value::List(b)] = values else { return no() };
    Value::Bool(a.iter().any(|element| contains(b, &element)))
}
