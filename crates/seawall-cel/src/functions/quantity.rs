//! Quantities: apiserver's `pkg/cel/library/quantity.go` over apimachinery's `resource.Quantity`.
//!
//! Upstream keeps a quantity as a 64-bit number with a scale as long as it can, and answers `asInteger` and
//! `asApproximateFloat` from that form; we keep that form beside the exact value.

use crate::value::{Extension, Value};
use seawall_model::Quantity as Exact;
use std::cmp::Ordering;
use std::sync::Arc;

/// A quantity.
#[derive(Clone, Debug)]
pub struct Quantity {
    exact: Exact,
    /// Upstream's fast form, a number and a power of ten; `None` when it keeps an arbitrary decimal.
    small: Option<(i64, i32)>,
    /// How many decimals that decimal has, zeros included: rounding in `asApproximateFloat` shows it.
    decimals: i32,
    /// Made by `add` or `sub`: upstream has these behind a pointer, which `==` does not take on its right side.
    made: bool,
}

/// Upstream's fast form of a text that is a quantity (`ParseQuantity`).
fn small(text: &str) -> Option<(i64, i32)> {
    if text == "0" {
        return Some((0, 0));
    }
    let negative = text.starts_with('-');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at_checked(end)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let length = i32::try_from(whole.len() + fraction.len()).ok()?;
    let decimal = |scale: i32| (scale, 18 - length, 1_i64);
    let binary = |exponent: i32| {
        let precision = if fraction.is_empty() {
            15 - i32::try_from(whole.len()).unwrap_or(i32::MAX) - (exponent as f32 * 3.0 / 10.0) as i32 - 1
        } else {
            -1
        };
        (0, precision, 1_i64.checked_shl(exponent.cast_unsigned()).unwrap_or(0))
    };
    let (mut scale, precision, factor) = match suffix {
        "" => decimal(0),
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(10),
        "Mi" => binary(20),
        "Gi" => binary(30),
        "Ti" => binary(40),
        "Pi" => binary(50),
        "Ei" => binary(60),
        exponent => decimal(exponent.get(1..)?.parse().ok()?),
    };
    if precision < 0 {
        return None;
    }
    scale -= i32::try_from(fraction.len()).ok()?;
    if scale < -9 {
        return None;
    }
    let value: i64 = format!("{whole}{fraction}").parse().ok()?;
    let value = value.checked_mul(factor)?;
    Some((if negative { -value } else { value }, scale))
}

/// A number made larger by a power of ten, as far as it fits.
fn scaled(mut value: i64, power: i32) -> Option<i64> {
    for _ in 0..power {
        value = value.checked_mul(10)?;
        if value == 0 {
            return Some(0);
        }
    }
    Some(value)
}

impl Quantity {
    fn parse(text: &str) -> Result<Self, String> {
        let exact: Exact = text.parse().map_err(|error: seawall_model::QuantityError| error.to_string())?;
        Ok(Self { exact, small: small(text), decimals: 9, made: false })
    }

    fn whole(number: i64) -> Self {
        Self { exact: Exact::from_i64(number), small: Some((number, 0)), decimals: 0, made: false }
    }

    /// The order of amounts.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        self.exact.cmp(&other.exact)
    }

    /// The whole number upstream answers `asInteger` with.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        let (value, scale) = self.small?;
        if scale < 0 { None } else { scaled(value, scale) }
    }

    /// What upstream answers `asApproximateFloat` with.
    #[must_use]
    pub fn as_float(&self) -> f64 {
        if let Some((value, scale)) = self.small {
            return if scale == 0 { value as f64 } else { value as f64 * power_of_ten(scale) };
        }
        let (negative, digits, exponent) = self.exact.decimal();
        let mut number: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        let zeros = exponent.saturating_add(i64::from(self.decimals)).clamp(0, 1000);
        number.extend(std::iter::repeat_n('0', usize::try_from(zeros).unwrap_or(0)));
        let number = number.parse::<f64>().unwrap_or(0.0);
        let magnitude = if self.decimals == 0 { number } else { number * power_of_ten(-self.decimals) };
        if negative { -magnitude } else { magnitude }
    }

    /// Whether `==` finds it on its right side.
    pub(crate) fn is_comparable(&self) -> bool {
        !self.made
    }

    fn add(&self, other: &Self) -> Option<Self> {
        let exact = self.exact.checked_add(&other.exact)?;
        let small = match (self.small, other.small) {
            (Some(a), Some(b)) => add_small(a, b),
            _ => None,
        };
        Some(Self { exact, small, decimals: self.more_decimals(other), made: true })
    }

    fn sub(&self, other: &Self) -> Option<Self> {
        let small = match (self.small, other.small) {
            (Some(a), Some((value, scale))) => add_small(a, (value.wrapping_neg(), scale)),
            _ => None,
        };
        // The smallest number stays as it is when its sign is changed, where upstream computes with 64 bits.
        let wraps = small.is_some() && other.small.is_some_and(|(value, _)| value == i64::MIN);
        let exact = if wraps {
            self.exact.checked_add(&other.exact)?
        } else {
            self.exact.checked_sub(&other.exact)?
        };
        Some(Self { exact, small, decimals: self.more_decimals(other), made: true })
    }

    fn more_decimals(&self, other: &Self) -> i32 {
        let decimals = |of: &Self| of.small.map_or(of.decimals, |(_, scale)| -scale);
        decimals(self).max(decimals(other))
    }
}

/// `math.Pow10`.
pub(crate) fn power_of_ten(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(0.0)
}

/// `int64Amount.Add`.
fn add_small((a, a_scale): (i64, i32), (b, b_scale): (i64, i32)) -> Option<(i64, i32)> {
    if b == 0 {
        return Some((a, a_scale));
    }
    if a == 0 {
        return Some((b, b_scale));
    }
    let scale = a_scale.min(b_scale);
    let sum = scaled(a, a_scale - scale)?.checked_add(scaled(b, b_scale - scale)?)?;
    Some((sum, scale))
}

fn no<'v>() -> Value<'v> {
    Value::error("no such overload")
}

fn of<'a>(value: &'a Value<'_>) -> Option<&'a Quantity> {
    match value {
        Value::Extension(extension) => match &**extension {
            Extension::Quantity(quantity) => Some(quantity),
            _ => None,
        },
        _ => None,
    }
}

fn value<'v>(quantity: Option<Quantity>) -> Value<'v> {
    match quantity {
        Some(quantity) => Value::Extension(Arc::new(Extension::Quantity(quantity))),
        None => Value::error("operation cancelled: quantities too far apart"),
    }
}

fn one<'v>(values: &[Value<'v>], of_it: impl Fn(&Quantity) -> Value<'v>) -> Value<'v> {
    match values {
        [quantity] => of(quantity).map_or_else(no, of_it),
        _ => no(),
    }
}

pub(crate) fn quantity<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::String(text)] = values else { return no() };
    Quantity::parse(text).map_or_else(Value::error, |quantity| value(Some(quantity)))
}

pub(crate) fn is_quantity<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::String(text)] = values else { return no() };
    Value::Bool(Quantity::parse(text).is_ok())
}

pub(crate) fn sign<'v>(values: &[Value<'v>]) -> Value<'v> {
    one(values, |quantity| Value::Int(quantity.compare(&Quantity::whole(0)) as i64))
}

pub(crate) fn is_integer<'v>(values: &[Value<'v>]) -> Value<'v> {
    one(values, |quantity| Value::Bool(quantity.as_int().is_some()))
}

pub(crate) fn as_integer<'v>(values: &[Value<'v>]) -> Value<'v> {
    one(values, |quantity| {
        quantity.as_int().map_or_else(|| Value::error("cannot convert value to integer"), Value::Int)
    })
}

pub(crate) fn as_float<'v>(values: &[Value<'v>]) -> Value<'v> {
    one(values, |quantity| Value::Double(quantity.as_float()))
}

fn two<'v>(values: &[Value<'v>], of_them: impl Fn(Ordering) -> Value<'v>) -> Value<'v> {
    let [a, b] = values else { return no() };
    match (of(a), of(b)) {
        (Some(a), Some(b)) => of_them(a.compare(b)),
        _ => no(),
    }
}

pub(crate) fn is_greater<'v>(values: &[Value<'v>]) -> Value<'v> {
    two(values, |order| Value::Bool(order.is_gt()))
}

pub(crate) fn is_less<'v>(values: &[Value<'v>]) -> Value<'v> {
    two(values, |order| Value::Bool(order.is_lt()))
}

pub(crate) fn compare_to<'v>(values: &[Value<'v>]) -> Value<'v> {
    two(values, |order| Value::Int(order as i64))
}

fn operands(values: &[Value<'_>]) -> Option<(Quantity, Quantity)> {
    let [a, b] = values else { return None };
    let a = of(a)?.clone();
    let b = match b {
        Value::Int(number) => Quantity::whole(*number),
        other => of(other)?.clone(),
    };
    Some((a, b))
}

pub(crate) fn add<'v>(values: &[Value<'v>]) -> Value<'v> {
    operands(values).map_or_else(no, |(a, b)| value(a.add(&b)))
}

pub(crate) fn sub<'v>(values: &[Value<'v>]) -> Value<'v> {
    operands(values).map_or_else(no, |(a, b)| value(a.sub(&b)))
}
