//! Numbers as Go prints them.

/// A float as `encoding/json` writes it: shortest digits, an exponent below 1e-6 and from 1e21 on.
pub(crate) fn json_float(value: f64, out: &mut String) {
    use std::fmt::Write as _;
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let sign = if exponent.starts_with('-') { "" } else { "+" };
        // Writing to a string cannot fail.
        let _ = write!(out, "{digits}e{sign}{exponent}");
    } else {
        let _ = write!(out, "{value}");
    }
}

/// A float as a key: `strconv.FormatFloat(value, 'g', -1, 32)` with YAML's names for what is no number.
pub(crate) fn key_float(value: f64) -> String {
    let single = value as f32;
    if single.is_nan() {
        return ".nan".into();
    }
    if single.is_infinite() {
        return if single > 0.0 { ".inf".into() } else { "-.inf".into() };
    }
    let text = format!("{single:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let power: i32 = exponent.parse().unwrap_or(0);
    if !(-4..6).contains(&power) {
        let sign = if power < 0 { '-' } else { '+' };
        format!("{mantissa}e{sign}{:02}", power.abs())
    } else {
        format!("{single}")
    }
}
