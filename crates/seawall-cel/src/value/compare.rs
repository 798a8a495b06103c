//! Equality and order of values (cel-go's `Equal` and `Compare` of each type).

use super::{Extension, Map, Value, number};
use std::cmp::Ordering;

/// How many elements one comparison may look at. Upstream has no bound: lists that hold themselves many times
/// (`[x, x]` of `[x, x]` of …) take it exponential time.
const FUEL: u32 = 20_000_000;

/// `a == b`: a bool, or the error of comparing values of libraries with others.
pub(crate) fn equal<'v>(a: &Value<'v>, b: &Value<'v>) -> Value<'v> {
    let mut fuel = FUEL;
    top(a, b, &mut fuel)
}

/// Whether `a == b` holds.
pub(crate) fn is_equal<'v>(a: &Value<'v>, b: &Value<'v>) -> bool {
    matches!(equal(a, b), Value::Bool(true))
}

/// `types.Equal`: `null` equals only `null`, all else asks the left side.
fn top<'v>(a: &Value<'v>, b: &Value<'v>, fuel: &mut u32) -> Value<'v> {
    match (a, b) {
        (Value::Null, Value::Null) => Value::Bool(true),
        (Value::Null, _) | (_, Value::Null) => Value::Bool(false),
        _ => left(a, b, fuel),
    }
}

/// The left side's `Equal` method.
fn left<'v>(a: &Value<'v>, b: &Value<'v>, fuel: &mut u32) -> Value<'v> {
    let Some(less) = fuel.checked_sub(1) else {
        return Value::error("operation cancelled: comparison of too many elements");
    };
    *fuel = less;
    let same = match (a, b) {
        (Value::Error(_) | Value::Unknown(_), _) => return a.clone(),
        (Value::Null, _) => matches!(b, Value::Null),
        (Value::Int(_) | Value::Uint(_) | Value::Double(_), _) => {
            let nan = |value: &Value<'_>| matches!(value, Value::Double(number) if number.is_nan());
            !nan(a) && !nan(b) && number::compare(a, b) == Some(Ordering::Equal)
        }
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::String(a), Value::String(b)) => **a == **b,
        (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (Value::Duration(a), Value::Duration(b)) => a == b,
        (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp_instant(*b) == Ordering::Equal,
        (Value::Type(a), Value::Type(b)) => a.runtime_name() == b.runtime_name(),
        (Value::Optional(a), Value::Optional(b)) => match (a, b) {
            (Some(a), Some(b)) => return left(a, b, fuel),
            (a, b) => a.is_none() && b.is_none(),
        },
        (Value::List(a), Value::List(b)) => {
            if a.len() != b.len() {
                return Value::Bool(false);
            }
            for (a, b) in a.iter().zip(b.iter()) {
                match top(&a, &b, fuel) {
                    Value::Bool(false) => return Value::Bool(false),
                    Value::Error(error) if *fuel == 0 => return Value::Error(error),
                    _ => {}
                }
            }
            true
        }
        (Value::Map(Map::Lazy(a)), _) => match b {
            Value::Map(Map::Lazy(b)) => std::sync::Arc::ptr_eq(a, b),
            _ => return b.no_such_overload(),
        },
        (Value::Map(a), Value::Map(b)) => {
            if a.len() != b.len() {
                return Value::Bool(false);
            }
            for key in a.keys() {
                let Some(other) = b.find(&key) else { return Value::Bool(false) };
                let this = a.raw(&key).unwrap_or(Value::Null);
                match top(&this, &other, fuel) {
                    Value::Bool(false) => return Value::Bool(false),
                    Value::Error(error) if *fuel == 0 => return Value::Error(error),
                    _ => {}
                }
            }
            true
        }
        (Value::Extension(a), Value::Extension(c)) => match Extension::equal(a, c) {
            Some(same) => same,
            None => return b.no_such_overload(),
        },
        (Value::Extension(_), other) => return other.no_such_overload(),
        _ => false,
    };
    Value::Bool(same)
}

/// `Compare` of the left side: an order, or an error.
pub(crate) fn compare<'v>(a: &Value<'v>, b: &Value<'v>) -> Result<Ordering, Value<'v>> {
    let number = |value: &Value<'_>| matches!(value, Value::Int(_) | Value::Uint(_) | Value::Double(_));
    let nan = |value: &Value<'_>| matches!(value, Value::Double(number) if number.is_nan());
    if number(a) {
        if nan(a) || nan(b) {
            return Err(Value::error("NaN values cannot be ordered"));
        }
        return number::compare(a, b).ok_or_else(|| b.no_such_overload());
    }
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Ok(a.cmp(b)),
        (Value::String(a), Value::String(b)) => Ok(a.as_bytes().cmp(b.as_bytes())),
        (Value::Bytes(a), Value::Bytes(b)) => Ok(a.cmp(b)),
        (Value::Duration(a), Value::Duration(b)) => Ok(a.cmp(b)),
        (Value::Timestamp(a), Value::Timestamp(b)) => Ok(a.cmp_instant(*b)),
        _ => Err(b.no_such_overload()),
    }
}

/// Whether values of this type have an order (`traits.ComparerType`).
pub(crate) fn is_ordered(value: &Value<'_>) -> bool {
    matches!(
        value,
        Value::Bool(_)
            | Value::Int(_)
            | Value::Uint(_)
            | Value::Double(_)
            | Value::String(_)
            | Value::Bytes(_)
            | Value::Duration(_)
            | Value::Timestamp(_)
    )
}
