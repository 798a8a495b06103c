//! Quantities as kube-apiserver computes with them (`k8s.io/apimachinery/pkg/api/resource`): exact when they are
//! added and compared, but folded into 64 bits where a plugin asks for `Value()` or `MilliValue()`.

use crate::json::Json;
use seawall_model::Quantity;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// `MaxMilliValue`: larger amounts are compared as whole numbers.
pub(crate) const MOST_MILLI: i64 = i64::MAX / 1000;

/// A quantity, and whether upstream holds it as an arbitrary decimal instead of 64 bits with a power of ten: the two
/// overflow in different ways.
#[derive(Clone, Debug, Default)]
pub(crate) struct Amount {
    pub(crate) quantity: Quantity,
    big: bool,
}

/// Amounts by resource name.
pub(crate) type Amounts = BTreeMap<String, Amount>;

impl Amount {
    /// The amount of a field; `None` if it is none.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::parse(text.trim()),
            Value::Number(number) => Self::parse(&number.to_string()),
            Value::Null => Some(Self::default()),
            _ => None,
        }
    }

    /// Reads a text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(Self { quantity: text.parse().ok()?, big: is_big(text) })
    }

    /// A whole number.
    pub(crate) fn whole(value: i64) -> Self {
        Self { quantity: Quantity::from_i64(value), big: false }
    }

    /// Rounded up to thousandths, as API defaulting does with resource lists (`SetDefaults_ResourceList`).
    pub(crate) fn to_milli(&self) -> Self {
        Self { quantity: self.quantity.rounded(-3), big: self.big }
    }

    /// Rounded up to a whole number.
    pub(crate) fn to_whole(&self) -> Self {
        Self { quantity: self.quantity.rounded(0), big: self.big }
    }

    /// `Quantity.Value()`: rounded away from zero; what does not fit is 0 or loses its upper bits.
    pub(crate) fn value(&self) -> i64 {
        self.folded(0)
    }

    /// `Quantity.MilliValue()`.
    pub(crate) fn milli_value(&self) -> i64 {
        self.folded(-3)
    }

    fn folded(&self, exponent: i64) -> i64 {
        let rounded = self.quantity.rounded(exponent);
        let (negative, digits, power) = rounded.decimal();
        let zeros = power - exponent;
        if self.big {
            // big.Int.Int64 keeps the lower 64 bits of the magnitude.
            let mut low: u64 = 0;
            for &digit in digits {
                low = low.wrapping_mul(10).wrapping_add(u64::from(digit));
            }
            // Ten to the 64th has only zeros in its lower 64 bits.
            for _ in 0..zeros.clamp(0, 64) {
                low = low.wrapping_mul(10);
            }
            let low = low as i64;
            return if negative { low.wrapping_neg() } else { low };
        }
        let whole = if exponent == 0 { rounded.to_i64() } else { rounded.to_milli() };
        whole.unwrap_or(0)
    }

    /// The sum; `None` if the two are too far apart to add.
    pub(crate) fn plus(&self, other: &Self) -> Option<Self> {
        let quantity = self.quantity.checked_add(&other.quantity)?;
        let big = self.big || other.big || quantity.to_i64().is_none();
        Some(Self { quantity, big })
    }

    /// So many times as much.
    pub(crate) fn times(&self, factor: u64) -> Self {
        Self { quantity: self.quantity.times(factor), big: self.big }
    }

    /// The difference.
    pub(crate) fn minus(&self, other: &Self) -> Option<Self> {
        let quantity = self.quantity.checked_sub(&other.quantity)?;
        Some(Self { quantity, big: self.big || other.big })
    }

    /// Whether it is 0.
    pub(crate) fn is_zero(&self) -> bool {
        self.quantity.is_zero()
    }
}

/// Whether `ParseQuantity` leaves its fast way, which keeps 64 bits and a power of ten.
fn is_big(text: &str) -> bool {
    let number = text.strip_prefix(['+', '-']).unwrap_or(text).trim_start_matches('0');
    let whole: usize = number.bytes().take_while(u8::is_ascii_digit).count().max(1);
    let rest = number.trim_start_matches(|c: char| c.is_ascii_digit());
    let (fraction, suffix) = match rest.strip_prefix('.') {
        Some(rest) => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            (digits, rest.get(digits..).unwrap_or(""))
        }
        None => (0, rest),
    };
    let binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].iter().position(|known| *known == suffix);
    match binary {
        Some(at) => {
            let bits = 10 * (at + 1);
            fraction > 0 || whole + bits * 3 / 10 + 1 > 15
        }
        None => {
            let power = match suffix {
                "n" => -9,
                "u" => -6,
                "m" => -3,
                "k" => 3,
                "M" => 6,
                "G" => 9,
                "T" => 12,
                "P" => 15,
                "E" => 18,
                _ => suffix.get(1..).and_then(|text| text.parse::<i64>().ok()).unwrap_or(0),
            };
            whole + fraction > 18 || power - (fraction as i64) < -9
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.quantity.fmt(f)
    }
}

/// The amounts of a mapping; entries that are none are left out.
pub(crate) fn amounts(value: &Value, path: &str) -> Amounts {
    value.map(path).iter().filter_map(|(name, value)| Some((name.clone(), Amount::of(value)?))).collect()
}

/// Adds each of `more` (`addResourceList`).
pub(crate) fn add(list: &mut Amounts, more: &Amounts) {
    for (name, amount) in more {
        match list.get_mut(name) {
            None => drop(list.insert(name.clone(), amount.clone())),
            Some(sum) => {
                if let Some(total) = sum.plus(amount) {
                    *sum = total;
                }
            }
        }
    }
}

/// Takes the greater of each (`maxResourceList`).
pub(crate) fn greatest(list: &mut Amounts, more: &Amounts) {
    for (name, amount) in more {
        if list.get(name).is_none_or(|known| amount.quantity > known.quantity) {
            list.insert(name.clone(), amount.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Amount;

    #[test]
    fn folds_as_go_does() {
        let value = |text: &str| Amount::parse(text).unwrap().value();
        assert_eq!(value("9223372036854775807"), i64::MAX);
        assert_eq!(value("9223372036854775808"), i64::MIN);
        assert_eq!(value("18446744073709551616"), 0);
        assert_eq!(value("1e30"), 0);
        assert_eq!(value("20Ei"), i64::MAX);
        assert_eq!(value("1500m"), 2);
        assert_eq!(value("-1500m"), -2);
        assert_eq!(Amount::parse("1500m").unwrap().milli_value(), 1500);
        assert_eq!(Amount::parse("9223372036854775808").unwrap().milli_value(), 0);
    }
}
