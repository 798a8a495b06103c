//! Text to quantity, as `ParseQuantity` reads it, its oddities included (`m` and `.` are zero).

use super::{Quantity, QuantityError, QuantityFormat};
use std::str::FromStr;

/// 10⁻⁹ is the finest amount.
const NANO: i64 = -9;
/// Decimal digits that always fit the fast form of upstream, an int64.
const FAST_DIGITS: usize = 18;

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        if text.is_empty() {
            return Err(QuantityError::Format);
        }
        let parts = Parts::split(text)?;
        let (format, exponent) = suffix(parts.suffix).ok_or(QuantityError::Suffix)?;
        let scale = i64::from(exponent) - parts.fraction.len() as i64;
        let digits: Vec<u8> =
            parts.whole.bytes().chain(parts.fraction.bytes()).map(|digit| digit - b'0').collect();
        if format != QuantityFormat::BinarySi {
            // A number without a digit is zero on upstream's fast way only.
            let fast = scale >= NANO && digits.len().max(1) <= FAST_DIGITS;
            if !fast && !parts.has_digit {
                return Err(QuantityError::Numeric);
            }
            return Ok(Self::normal(parts.negative, digits, scale, format).rounded(NANO));
        }
        let fast = parts.fraction.is_empty() && parts.whole.len().max(1) + 3 * (exponent as usize / 10) <= 14;
        if !fast && !parts.has_digit {
            return Err(QuantityError::Numeric);
        }
        let scale = -(parts.fraction.len() as i64);
        let value = Self::normal(false, digits, scale, format).times(1 << exponent).rounded(NANO);
        let most = Self::from_i64(i64::MAX);
        let mut value = if value > most { Self { format, ..most } } else { value };
        if !value.is_zero() && value < Self::from_i64(1) {
            value.format = QuantityFormat::DecimalSi;
        }
        value.negative = parts.negative && !value.is_zero();
        Ok(value)
    }
}

/// The parts of the text. Zeros in front of the whole part are left out.
struct Parts<'t> {
    negative: bool,
    whole: &'t str,
    fraction: &'t str,
    suffix: &'t str,
    has_digit: bool,
}

impl<'t> Parts<'t> {
    fn split(text: &'t str) -> Result<Self, QuantityError> {
        let negative = text.starts_with('-');
        let number = text.strip_prefix(['-', '+']).unwrap_or(text);
        let whole_end = number.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(number.len());
        let (whole, rest) = number.split_at(whole_end);
        let (fraction, suffix) = match rest.strip_prefix('.') {
            Some(rest) => rest.split_at(rest.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(rest.len())),
            None => ("", rest),
        };
        let letters = suffix.trim_start_matches(['e', 'E', 'i', 'n', 'u', 'm', 'k', 'K', 'M', 'G', 'T', 'P']);
        let exponent = letters.strip_prefix(['-', '+']).unwrap_or(letters);
        if !exponent.bytes().all(|b| b.is_ascii_digit()) {
            return Err(QuantityError::Format);
        }
        let has_digit = !(whole.is_empty() && fraction.is_empty());
        Ok(Self { negative, whole: whole.trim_start_matches('0'), fraction, suffix, has_digit })
    }
}

/// Format and exponent (of ten, or of two for the binary ones) of a suffix.
fn suffix(text: &str) -> Option<(QuantityFormat, i32)> {
    use QuantityFormat::{BinarySi, DecimalExponent, DecimalSi};
    Some(match text {
        "n" => (DecimalSi, -9),
        "u" => (DecimalSi, -6),
        "m" => (DecimalSi, -3),
        "" => (DecimalSi, 0),
        "k" => (DecimalSi, 3),
        "M" => (DecimalSi, 6),
        "G" => (DecimalSi, 9),
        "T" => (DecimalSi, 12),
        "P" => (DecimalSi, 15),
        "E" => (DecimalSi, 18),
        "Ki" => (BinarySi, 10),
        "Mi" => (BinarySi, 20),
        "Gi" => (BinarySi, 30),
        "Ti" => (BinarySi, 40),
        "Pi" => (BinarySi, 50),
        "Ei" => (BinarySi, 60),
        _ => {
            let exponent: i64 = text.strip_prefix(['e', 'E'])?.parse().ok()?;
            // Upstream keeps the low 32 bits.
            (DecimalExponent, exponent as i32)
        }
    })
}
