//! Arithmetic on decimal digits, each in one pass over them, and the canonical text.

use super::{Quantity, QuantityFormat};
use std::cmp::Ordering;
use std::fmt;

/// Sums that would need more digits than this are not made; no real amount comes near.
const MOST_DIGITS: i64 = 100_000;

impl Quantity {
    /// The quantity with zeros at both ends taken away.
    pub(super) fn normal(
        negative: bool,
        mut digits: Vec<u8>,
        mut exponent: i64,
        format: QuantityFormat,
    ) -> Self {
        let kept = digits.iter().rposition(|&digit| digit != 0).map_or(0, |at| at + 1);
        exponent += (digits.len() - kept) as i64;
        digits.truncate(kept);
        let zeros = digits.iter().take_while(|&&digit| digit == 0).count();
        digits.drain(..zeros);
        if digits.is_empty() {
            return Self { format, ..Self::default() };
        }
        Self { negative, digits, exponent, format }
    }

    /// Rounded away from zero to a multiple of 10^`exponent`.
    pub fn rounded(&self, exponent: i64) -> Self {
        if self.exponent >= exponent || self.is_zero() {
            return self.clone();
        }
        let dropped = usize::try_from(exponent - self.exponent).unwrap_or(usize::MAX);
        let kept = self.digits.len().saturating_sub(dropped);
        // The last digit is never zero, so something is always cut off.
        let mut digits = vec![0];
        digits.extend(self.digits.iter().take(kept));
        for digit in digits.iter_mut().rev() {
            *digit += 1;
            if *digit < 10 {
                break;
            }
            *digit = 0;
        }
        Self::normal(self.negative, digits, exponent, self.format)
    }

    /// `factor` times as much.
    pub fn times(&self, factor: u64) -> Self {
        let mut digits = Vec::with_capacity(self.digits.len() + 20);
        let mut carry: u128 = 0;
        for &digit in self.digits.iter().rev() {
            carry += u128::from(digit) * u128::from(factor);
            digits.push((carry % 10) as u8);
            carry /= 10;
        }
        while carry > 0 {
            digits.push((carry % 10) as u8);
            carry /= 10;
        }
        digits.reverse();
        Self::normal(self.negative, digits, self.exponent, self.format)
    }

    /// The sum, in the format of this one (of the other, if this is zero). `None` if the two are so far apart that
    /// the exact sum would need more than 100,000 digits.
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return Some(self.clone());
        }
        if self.is_zero() {
            return Some(other.clone());
        }
        let exponent = self.exponent.min(other.exponent);
        let length = self.magnitude().max(other.magnitude()) - exponent + 1;
        if length > MOST_DIGITS {
            return None;
        }
        let (larger, smaller) = match self.compare_absolute(other) {
            Ordering::Less => (other, self),
            _ => (self, other),
        };
        let mut sum = larger.aligned(exponent, length as usize);
        let addend = smaller.aligned(exponent, length as usize);
        let subtract = larger.negative != smaller.negative;
        let mut carry = 0;
        for (digit, &add) in sum.iter_mut().zip(&addend).rev() {
            if subtract {
                let want = add + carry;
                carry = u8::from(*digit < want);
                *digit = *digit + 10 * carry - want;
            } else {
                let value = *digit + add + carry;
                carry = value / 10;
                *digit = value % 10;
            }
        }
        Some(Self::normal(larger.negative, sum, exponent, self.format))
    }

    /// The difference; see [`Quantity::checked_add`].
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        let mut difference = self.checked_add(&other.negated())?;
        if self.is_zero() {
            difference.format = other.format;
        }
        Some(difference)
    }

    /// The same amount with the other sign.
    pub fn negated(&self) -> Self {
        Self { negative: !self.negative && !self.is_zero(), ..self.clone() }
    }

    /// Exactly `length` digits, the last of which counts 10^`exponent`.
    fn aligned(&self, exponent: i64, length: usize) -> Vec<u8> {
        let behind = usize::try_from(self.exponent - exponent).unwrap_or(0);
        let front = length.saturating_sub(behind + self.digits.len());
        let mut digits = vec![0; front];
        digits.extend_from_slice(&self.digits);
        digits.resize(length, 0);
        digits
    }

    /// Mantissa and exponent of 1024 of a whole number, as far as suffixes reach.
    fn binary(&self) -> Option<(String, &'static str)> {
        const SUFFIXES: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
        let length = usize::try_from(self.magnitude()).ok().filter(|&length| length as i64 <= MOST_DIGITS)?;
        let mut digits = self.aligned(0, length);
        let mut power = 0;
        while power + 1 < SUFFIXES.len() {
            let mut rest = 0_u32;
            let quotient: Vec<u8> = digits
                .iter()
                .map(|&digit| {
                    rest = rest * 10 + u32::from(digit);
                    let whole = (rest / 1024) as u8;
                    rest %= 1024;
                    whole
                })
                .collect();
            if rest != 0 {
                break;
            }
            digits = quotient;
            power += 1;
        }
        let text: String =
            digits.iter().skip_while(|&&digit| digit == 0).map(|&digit| char::from(b'0' + digit)).collect();
        Some((text, SUFFIXES.get(power).copied().unwrap_or("")))
    }
}

/// The canonical form (`Quantity.CanonicalizeBytes`): no fraction, the largest suffix that keeps every digit. A
/// decimal beyond `E` is written with an exponent, where upstream forgets the suffix.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        let small = self.compare_absolute(&Self::from_i64(1024)) == Ordering::Less;
        if self.format == QuantityFormat::BinarySi
            && !small
            && self.is_integer()
            && let Some((number, suffix)) = self.binary()
        {
            return write!(f, "{number}{suffix}");
        }
        let exponent = self.exponent.div_euclid(3) * 3;
        for &digit in &self.digits {
            write!(f, "{digit}")?;
        }
        for _ in exponent..self.exponent {
            f.write_str("0")?;
        }
        let suffix = match exponent {
            0 => "",
            _ if self.format == QuantityFormat::DecimalExponent => return write!(f, "e{exponent}"),
            -9 => "n",
            -6 => "u",
            -3 => "m",
            3 => "k",
            6 => "M",
            9 => "G",
            12 => "T",
            15 => "P",
            18 => "E",
            _ => return write!(f, "e{exponent}"),
        };
        f.write_str(suffix)
    }
}
