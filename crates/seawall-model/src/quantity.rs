//! Quantities (`cpu: 250m`, `memory: 1Gi`) as exact decimals (`k8s.io/apimachinery/pkg/api/resource`).

mod arithmetic;
mod parse;

use seawall_yaml::{Kind, NodeRef};
use std::cmp::Ordering;

/// How a quantity is written; it is printed the same way.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum QuantityFormat {
    /// `12M`.
    #[default]
    DecimalSi,
    /// `12Mi`.
    BinarySi,
    /// `12e6`.
    DecimalExponent,
}

/// Why a text is no quantity; the words are upstream's.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum QuantityError {
    /// The text has another shape.
    #[error("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")]
    Format,
    /// The number in it cannot be read.
    #[error("unable to parse numeric part of quantity")]
    Numeric,
    /// The suffix means nothing.
    #[error("unable to parse quantity's suffix")]
    Suffix,
}

/// An exact decimal number: `digits` × 10^`exponent`. Equality and order are those of the value; the format does
/// not count. Precision ends at 10⁻⁹, to which non-zero amounts are rounded away from zero when they are read.
#[derive(Clone, Debug, Default)]
pub struct Quantity {
    negative: bool,
    /// Decimal digits 0–9, the most significant first, without zeros at either end; empty is zero.
    digits: Vec<u8>,
    exponent: i64,
    format: QuantityFormat,
}

impl Quantity {
    /// Zero.
    pub fn zero() -> Self {
        Self::default()
    }

    /// A whole number.
    pub fn from_i64(value: i64) -> Self {
        let digits = value.unsigned_abs().to_string().bytes().map(|digit| digit - b'0').collect();
        Self::normal(value < 0, digits, 0, QuantityFormat::DecimalSi)
    }

    /// The quantity of a field: a string, or a number as JSON writes it. Null is zero. White space around the text
    /// is ignored (`Quantity.UnmarshalJSON`).
    pub fn of(node: NodeRef<'_>) -> Result<Self, QuantityError> {
        match node.kind() {
            Kind::Null => Ok(Self::zero()),
            Kind::String => node.text().trim().parse(),
            Kind::Int | Kind::Float => {
                let mut json = String::new();
                node.write_json(&mut json);
                json.parse()
            }
            _ => Err(QuantityError::Format),
        }
    }

    /// How it was written.
    pub fn format(&self) -> QuantityFormat {
        self.format
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Whether it is less than 0.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether it is a whole number.
    pub fn is_integer(&self) -> bool {
        self.exponent >= 0
    }

    /// The whole number, fractions rounded away from zero (`Quantity.Value`); `None` if it does not fit.
    pub fn to_i64(&self) -> Option<i64> {
        self.scaled(0)
    }

    /// Thousandths, smaller fractions rounded away from zero (`Quantity.MilliValue`); `None` if it does not fit.
    pub fn to_milli(&self) -> Option<i64> {
        self.scaled(-3)
    }

    /// Whether it is negative, its decimal digits (0 to 9) without zeros at either end, and the power of ten of the
    /// last digit.
    pub fn decimal(&self) -> (bool, &[u8], i64) {
        (self.negative, &self.digits, self.exponent)
    }

    fn scaled(&self, exponent: i64) -> Option<i64> {
        let rounded = self.rounded(exponent);
        let zeros = rounded.exponent - exponent;
        if rounded.digits.len() as i64 + zeros > 19 {
            return None;
        }
        let mut value: i128 = 0;
        for &digit in &rounded.digits {
            value = value * 10 + i128::from(digit);
        }
        for _ in 0..zeros {
            value *= 10;
        }
        i64::try_from(if rounded.negative { -value } else { value }).ok()
    }

    /// Position of the first digit: 1 for 5, 3 for 100, 0 for 0.5.
    fn magnitude(&self) -> i64 {
        self.digits.len() as i64 + self.exponent
    }

    fn compare_absolute(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            // No zeros stand at the end, so a longer text with the same beginning is the larger number.
            (false, false) => {
                self.magnitude().cmp(&other.magnitude()).then_with(|| self.digits.cmp(&other.digits))
            }
        }
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.compare_absolute(other),
            (true, true) => other.compare_absolute(self),
        }
    }
}

#[cfg(test)]
mod tests;
