//! Arithmetic and comparison of numbers: cel-go's `common/types/overflow.go` and `compare.go`.

use super::Value;
use std::cmp::Ordering;

const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;

const INT_OVERFLOW: &str = "integer overflow";
const UINT_OVERFLOW: &str = "unsigned integer overflow";

/// A double that is a whole number, as one.
pub(crate) fn lossless_int(number: f64) -> Option<i64> {
    let whole = to_int(number).ok()?;
    (whole as f64 == number).then_some(whole)
}

/// A double that is a whole number without sign, as one.
pub(crate) fn lossless_uint(number: f64) -> Option<u64> {
    let whole = to_uint(number).ok()?;
    (whole as f64 == number).then_some(whole)
}

/// `int(double)`: both ends of the range are refused, as upstream.
pub(crate) fn to_int(number: f64) -> Result<i64, &'static str> {
    if number.is_nan() || number <= -TWO_TO_63 || number >= TWO_TO_63 {
        return Err(INT_OVERFLOW);
    }
    Ok(number as i64)
}

/// `uint(double)`.
pub(crate) fn to_uint(number: f64) -> Result<u64, &'static str> {
    if !(0.0..TWO_TO_64).contains(&number) {
        return Err(UINT_OVERFLOW);
    }
    Ok(number as u64)
}

/// `uint(int)`.
pub(crate) fn int_to_uint(number: i64) -> Result<u64, &'static str> {
    u64::try_from(number).map_err(|_| UINT_OVERFLOW)
}

/// `int(uint)`.
pub(crate) fn uint_to_int(number: u64) -> Result<i64, &'static str> {
    i64::try_from(number).map_err(|_| INT_OVERFLOW)
}

/// The four operations and the remainder.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// A result on whole numbers with sign.
pub(crate) fn int(operation: Operation, a: i64, b: i64) -> Result<i64, &'static str> {
    match operation {
        Operation::Divide if b == 0 => return Err("division by zero"),
        Operation::Remainder if b == 0 => return Err("modulus by zero"),
        Operation::Add => a.checked_add(b),
        Operation::Subtract => a.checked_sub(b),
        Operation::Multiply => a.checked_mul(b),
        Operation::Divide => a.checked_div(b),
        Operation::Remainder => a.checked_rem(b),
    }
    .ok_or(INT_OVERFLOW)
}

/// A result on whole numbers without sign.
pub(crate) fn uint(operation: Operation, a: u64, b: u64) -> Result<u64, &'static str> {
    match operation {
        Operation::Divide if b == 0 => return Err("division by zero"),
        Operation::Remainder if b == 0 => return Err("modulus by zero"),
        Operation::Add => a.checked_add(b),
        Operation::Subtract => a.checked_sub(b),
        Operation::Multiply => a.checked_mul(b),
        Operation::Divide => a.checked_div(b),
        Operation::Remainder => a.checked_rem(b),
    }
    .ok_or(UINT_OVERFLOW)
}

/// A result on numbers with a fraction; there is no remainder of these.
pub(crate) fn double(operation: Operation, a: f64, b: f64) -> Option<f64> {
    Some(match operation {
        Operation::Add => a + b,
        Operation::Subtract => a - b,
        Operation::Multiply => a * b,
        Operation::Divide => a / b,
        Operation::Remainder => return None,
    })
}

/// `-x`.
pub(crate) fn negate<'v>(value: &Value<'v>) -> Value<'v> {
    match value {
        Value::Int(number) => number.checked_neg().map_or_else(|| Value::error(INT_OVERFLOW), Value::Int),
        Value::Double(number) => Value::Double(-number),
        Value::Duration(nanoseconds) => {
            nanoseconds.checked_neg().map_or_else(|| Value::error(INT_OVERFLOW), Value::Duration)
        }
        other => other.no_such_overload(),
    }
}

/// Two numbers of any type; `None` for other values. Not-a-number is the caller's matter.
pub(crate) fn compare(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    Some(match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Uint(a), Value::Uint(b)) => a.cmp(b),
        (Value::Double(a), Value::Double(b)) => doubles(*a, *b),
        (Value::Int(a), Value::Uint(b)) => i128::from(*a).cmp(&i128::from(*b)),
        (Value::Uint(a), Value::Int(b)) => i128::from(*a).cmp(&i128::from(*b)),
        (Value::Double(a), Value::Int(b)) => double_int(*a, *b),
        (Value::Int(a), Value::Double(b)) => double_int(*b, *a).reverse(),
        (Value::Double(a), Value::Uint(b)) => double_uint(*a, *b),
        (Value::Uint(a), Value::Double(b)) => double_uint(*b, *a).reverse(),
        _ => return None,
    })
}

fn doubles(a: f64, b: f64) -> Ordering {
    if a < b {
        Ordering::Less
    } else if a > b {
        Ordering::Greater
    } else {
        Ordering::Equal
    }
}

// Upstream compares as doubles after checking the range, and so do we: 2^53 + 1 equals 2^53 here.
fn double_int(a: f64, b: i64) -> Ordering {
    if a < -TWO_TO_63 {
        Ordering::Less
    } else if a > TWO_TO_63 {
        Ordering::Greater
    } else {
        doubles(a, b as f64)
    }
}

fn double_uint(a: f64, b: u64) -> Ordering {
    if a < 0.0 {
        Ordering::Less
    } else if a > TWO_TO_64 {
        Ordering::Greater
    } else {
        doubles(a, b as f64)
    }
}
