//! What a plain or tagged scalar means: the table of `go.yaml.in/yaml/v2` `resolve.go`, which `sigs.k8s.io/yaml` uses.

use super::timestamp::is_timestamp;

/// A decoded scalar. Strings keep their text elsewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    /// Above `i64::MAX`.
    Uint(u64),
    Float(f64),
    String,
}

/// The tags that change how a scalar decodes; all others leave it a string.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Tag {
    None,
    /// `!`: a string, but still "implicit" for the merge key.
    NonSpecific,
    Str,
    Bool,
    Int,
    Float,
    Null,
    Timestamp,
    Binary,
    Merge,
    Other,
}

/// How a first byte can begin something that is not a string.
fn hint(first: u8) -> u8 {
    match first {
        b'+' | b'-' => b'S',
        b'0'..=b'9' => b'D',
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => b'M',
        b'.' => b'.',
        _ => 0,
    }
}

/// Whether a plain scalar with this first byte may be something else than a string.
pub(crate) fn may_resolve(first: u8) -> bool {
    hint(first) != 0
}

/// An untagged plain scalar.
pub(crate) fn plain(text: &str) -> Scalar {
    let Some(&first) = text.as_bytes().first() else { return Scalar::Null };
    match hint(first) {
        0 => Scalar::String,
        b'M' => word(text).unwrap_or(Scalar::String),
        b'.' => word(text).or_else(|| dotted(text)).unwrap_or(Scalar::String),
        _ => word(text).or_else(|| number(text)).unwrap_or(Scalar::String),
    }
}

/// A tagged scalar; `None` where upstream refuses ("cannot decode … as a …"). `Binary` is left to the caller.
pub(crate) fn tagged(tag: Tag, text: &str) -> Option<Scalar> {
    let found = match tag {
        Tag::None => return Some(plain(text)),
        Tag::NonSpecific | Tag::Str | Tag::Binary | Tag::Merge | Tag::Other => return Some(Scalar::String),
        Tag::Timestamp => return is_timestamp(text).then_some(Scalar::String),
        Tag::Bool | Tag::Int | Tag::Float | Tag::Null => plain(text),
    };
    match (tag, found) {
        (Tag::Null, Scalar::Null)
        | (Tag::Bool, Scalar::Bool(_))
        | (Tag::Int, Scalar::Int(_) | Scalar::Uint(_))
        | (Tag::Float, Scalar::Float(_)) => Some(found),
        (Tag::Float, Scalar::Int(value)) => Some(Scalar::Float(value as f64)),
        _ => None,
    }
}

/// The fixed words of YAML 1.1 as upstream lists them.
fn word(text: &str) -> Option<Scalar> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Scalar::Bool(false)
        }
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Scalar::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}

/// Text that starts with a digit or sign, as a number.
pub(crate) fn number(text: &str) -> Option<Scalar> {
    let bare: std::borrow::Cow<'_, str> =
        if text.contains('_') { text.replace('_', "").into() } else { text.into() };
    let bare = bare.as_ref();
    if let Some(found) = go_integer(bare) {
        return Some(found);
    }
    if is_yaml_float(bare.as_bytes()) {
        // An overflow is an error upstream, so that the text stays a string.
        return bare.parse::<f64>().ok().filter(|value| value.is_finite()).map(Scalar::Float);
    }
    // Upstream hands the digits after `0b` to a parser that takes a sign: `0b-1` is -1.
    let digits = bare.strip_prefix("0b")?;
    let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    let magnitude = unsigned_in(unsigned, 2)?;
    if digits.starts_with('-') { negative(magnitude) } else { positive(magnitude) }
}

/// `strconv.ParseInt(text, 0, 64)`, then `ParseUint`.
fn go_integer(text: &str) -> Option<Scalar> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let prefix = digits.as_bytes().get(..2).filter(|_| digits.len() >= 3);
    let magnitude = match prefix {
        Some(b"0b" | b"0B") => unsigned_in(digits.get(2..)?, 2)?,
        Some(b"0o" | b"0O") => unsigned_in(digits.get(2..)?, 8)?,
        Some(b"0x" | b"0X") => unsigned_in(digits.get(2..)?, 16)?,
        _ if digits.len() > 1 && digits.starts_with('0') => unsigned_in(digits.get(1..)?, 8)?,
        _ => unsigned_in(digits, 10)?,
    };
    match text.as_bytes().first() {
        Some(b'-') => negative(magnitude),
        // `ParseUint` takes no sign.
        Some(b'+') => i64::try_from(magnitude).ok().map(Scalar::Int),
        _ => positive(magnitude),
    }
}

fn negative(magnitude: u64) -> Option<Scalar> {
    (magnitude <= 1 << 63).then(|| Scalar::Int((magnitude as i64).wrapping_neg()))
}

fn positive(magnitude: u64) -> Option<Scalar> {
    Some(i64::try_from(magnitude).map_or(Scalar::Uint(magnitude), Scalar::Int))
}

fn unsigned_in(digits: &str, base: u32) -> Option<u64> {
    // `from_str_radix` takes a leading plus, which upstream does not here.
    if !digits.as_bytes().first()?.is_ascii_hexdigit() {
        return None;
    }
    u64::from_str_radix(digits, base).ok()
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_yaml_float(bytes: &[u8]) -> bool {
    let digits_from = |from: usize| from + bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
    let start = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let whole = digits_from(start);
    let mut at = whole;
    if bytes.get(at) == Some(&b'.') {
        at = digits_from(at + 1);
        if whole == start && at == whole + 1 {
            return false;
        }
    } else if whole == start {
        return false;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        at = digits_from(sign);
        if at == sign {
            return false;
        }
    }
    at == bytes.len()
}

/// Text that starts with a dot, as `strconv.ParseFloat` reads it: underscores stand between digits only.
fn dotted(text: &str) -> Option<Scalar> {
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let mut bare = String::with_capacity(text.len());
    for (at, &byte) in bytes.iter().enumerate() {
        if byte != b'_' {
            bare.push(char::from(byte));
        } else if !digit(at.checked_sub(1)) || !digit(Some(at + 1)) {
            return None;
        }
    }
    if !is_yaml_float(bare.as_bytes()) {
        return None;
    }
    bare.parse::<f64>().ok().filter(|value| value.is_finite()).map(Scalar::Float)
}

/// Any scalar text that resolves to a number.
fn any_number(text: &str) -> Option<Scalar> {
    match plain(text) {
        found @ (Scalar::Int(_) | Scalar::Uint(_) | Scalar::Float(_)) => Some(found),
        _ => None,
    }
}

/// The integer that `text` is, if it fits 64 signed bits.
pub(crate) fn integer(text: &str) -> Option<i64> {
    match any_number(text) {
        Some(Scalar::Int(value)) => Some(value),
        _ => None,
    }
}

/// The number that `text` is.
pub(crate) fn float(text: &str) -> Option<f64> {
    Some(match any_number(text)? {
        Scalar::Int(value) => value as f64,
        Scalar::Uint(value) => value as f64,
        Scalar::Float(value) => value,
        _ => return None,
    })
}

/// The number that `text` is, in its own form.
pub(crate) fn numeric(text: &str) -> Scalar {
    any_number(text).unwrap_or(Scalar::Null)
}
