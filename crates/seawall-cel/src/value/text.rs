//! Numbers and strings as Go prints and reads them.

/// `%g` with the shortest digits (`strconv.FormatFloat(f, 'g', -1, 64)`).
pub(crate) fn general(number: f64) -> String {
    if let Some(special) = special(number) {
        return special.into();
    }
    let scientific = format!("{number:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    // With the shortest digits, precision 6 decides between the forms.
    if !(-4..6).contains(&exponent) {
        return exponential(mantissa, exponent);
    }
    format!("{number}")
}

fn exponential(mantissa: &str, exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

fn special(number: f64) -> Option<&'static str> {
    if number.is_nan() {
        return Some("NaN");
    }
    number.is_infinite().then_some(if number > 0.0 { "+Inf" } else { "-Inf" })
}

/// `%f` with the shortest digits (`strconv.FormatFloat(f, 'f', -1, 64)`).
pub(crate) fn fixed(number: f64) -> String {
    special(number).map_or_else(|| format!("{number}"), Into::into)
}

/// `strconv.ParseFloat(text, 64)` where it succeeds.
pub(crate) fn parse_double(text: &str) -> Option<f64> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let mut lower = unsigned.to_ascii_lowercase();
    if lower.contains('_') {
        if !separates_digits(&lower) {
            return None;
        }
        lower = lower.replace('_', "");
    }
    let magnitude = match lower.as_str() {
        "inf" | "infinity" => f64::INFINITY,
        "nan" => return (unsigned.len() == text.len()).then_some(f64::NAN),
        _ if lower.starts_with("0x") => hexadecimal(lower.get(2..)?)?,
        _ if lower.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'+' | b'-')) => {
            let number: f64 = lower.parse().ok()?;
            number.is_finite().then_some(number)?
        }
        _ => return None,
    };
    Some(if negative { -magnitude } else { magnitude })
}

/// Whether each underscore stands between digits, or after the prefix of a base (`underscoreOK`).
fn separates_digits(text: &str) -> bool {
    let (hexadecimal, digits) = match text.strip_prefix("0x") {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let mut digit_before = hexadecimal;
    let mut underscore = false;
    for byte in digits.bytes() {
        if byte.is_ascii_digit() || hexadecimal && byte.is_ascii_hexdigit() {
            (digit_before, underscore) = (true, false);
        } else if byte == b'_' && digit_before {
            (digit_before, underscore) = (false, true);
        } else if byte == b'_' || underscore {
            return false;
        } else {
            digit_before = false;
        }
    }
    !underscore
}

/// A hexadecimal mantissa with a binary exponent, as `1.8p3`, correctly rounded for up to 32 digits.
fn hexadecimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once('p')?;
    let mut exponent: i32 = exponent.parse::<i32>().ok()?.clamp(-100_000, 100_000);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut bits: u128 = 0;
    let mut rest = false;
    for (index, digit) in whole.chars().chain(fraction.chars()).enumerate() {
        let digit = u128::from(digit.to_digit(16)?);
        let in_fraction = index >= whole.len();
        if bits >> 120 == 0 {
            bits = bits << 4 | digit;
            exponent -= if in_fraction { 4 } else { 0 };
        } else {
            rest |= digit != 0;
            exponent += if in_fraction { 0 } else { 4 };
        }
    }
    // One conversion rounds to nearest even; a lost tail only breaks ties.
    let number = scale((bits | u128::from(rest)) as f64, exponent);
    number.is_finite().then_some(number)
}

fn scale(mut number: f64, mut exponent: i32) -> f64 {
    while exponent > 1000 && number.is_finite() && number != 0.0 {
        number *= 2_f64.powi(1000);
        exponent -= 1000;
    }
    while exponent < -1000 && number != 0.0 {
        number *= 2_f64.powi(-1000);
        exponent += 1000;
    }
    number * 2_f64.powi(exponent.clamp(-1000, 1000))
}

/// `strconv.ParseBool`.
pub(crate) fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// `strconv.ParseUint(text, 10, 64)`: no sign.
pub(crate) fn parse_uint(text: &str) -> Option<u64> {
    text.starts_with(|first: char| first.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// `strconv.Quote`.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            _ if is_print(character) => out.push(character),
            _ if (character as u32) < 0x80 => out.push_str(&format!("\\x{:02x}", character as u32)),
            _ if (character as u32) < 0x1_0000 => out.push_str(&format!("\\u{:04x}", character as u32)),
            _ => out.push_str(&format!("\\U{:08x}", character as u32)),
        }
    }
    out.push('"');
    out
}

/// `strconv.IsPrint` as far as text in configurations goes: Rust's own table of what to escape.
fn is_print(character: char) -> bool {
    character == ' ' || !(character.is_control() || character.is_whitespace() || escaped(character))
}

fn escaped(character: char) -> bool {
    character.escape_debug().next() == Some('\\') && !matches!(character, '\'' | '"' | '\\')
}
