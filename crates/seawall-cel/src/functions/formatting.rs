//! `string.format`: cel-go's `ext/formatting.go` in the locale en_US.

use crate::types::Type;
use crate::value::convert::{Target, convert};
use crate::value::text::quote;
use crate::value::{Map, Value, text};

const DEFAULT_PRECISION: usize = 6;
/// Longer texts are not made; upstream has no bound here.
const LONGEST: usize = 50 << 20;

/// One clause of a format.
#[derive(Clone, Copy)]
pub(crate) enum Clause {
    Text,
    Decimal,
    Fixed(usize),
    Scientific(usize),
    Binary,
    Hexadecimal { upper: bool },
    Octal,
}

/// Reads a format, handing plain text and clauses on.
fn read(
    format: &str,
    arguments: usize,
    mut plain: impl FnMut(&str),
    mut clause: impl FnMut(usize, Clause, &mut dyn FnMut(&str)) -> Result<(), String>,
) -> Result<usize, String> {
    let mut rest = format;
    let mut index = 0;
    while let Some(percent) = rest.find('%') {
        plain(rest.get(..percent).unwrap_or_default());
        rest = rest.get(percent + 1..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix('%') {
            plain("%");
            rest = after;
            continue;
        }
        if index >= arguments {
            return Err(format!("index {index} out of range"));
        }
        if rest.is_empty() {
            return Err("unexpected end of string".into());
        }
        let (kind, after) =
            one(rest).map_err(|error| format!("could not parse formatting clause: {error}"))?;
        rest = after;
        clause(index, kind, &mut plain)?;
        index += 1;
    }
    plain(rest);
    Ok(index)
}

fn one(text: &str) -> Result<(Clause, &str), String> {
    let (mut rest, mut precision) = (text, None);
    if let Some(after) = text.strip_prefix('.') {
        let count = after.bytes().take_while(u8::is_ascii_digit).count();
        let digits = after.get(..count).unwrap_or_default();
        rest = after.get(count..).unwrap_or_default();
        if rest.is_empty() {
            return Err("error while parsing precision: could not find end of precision specifier".into());
        }
        precision = Some(digits.parse::<usize>().map_err(|_| {
            let why = if digits.is_empty() { "invalid syntax" } else { "value out of range" };
            format!(
                "error while parsing precision: error while converting precision to integer: strconv.Atoi: parsing {}: {why}",
                quote(digits)
            )
        })?);
    }
    let precision = precision.unwrap_or(DEFAULT_PRECISION);
    let Some(kind) = rest.bytes().next() else { return Err("unexpected end of string".into()) };
    let clause = match kind {
        b's' => Clause::Text,
        b'd' => Clause::Decimal,
        b'f' => Clause::Fixed(precision),
        b'e' => Clause::Scientific(precision),
        b'b' => Clause::Binary,
        b'x' => Clause::Hexadecimal { upper: false },
        b'X' => Clause::Hexadecimal { upper: true },
        b'o' => Clause::Octal,
        other => return Err(format!("unrecognized formatting clause \"{}\"", char::from(other))),
    };
    Ok((clause, rest.get(1..).unwrap_or_default()))
}

fn refused(clause: Clause, of: &str) -> String {
    let only = match clause {
        Clause::Text => {
            "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps"
        }
        Clause::Decimal => "decimal clause can only be used on integers",
        Clause::Fixed(_) => "fixed-point clause can only be used on doubles",
        Clause::Scientific(_) => "scientific clause can only be used on doubles",
        Clause::Binary => "only integers and bools can be formatted as binary",
        Clause::Hexadecimal { .. } => "only integers, byte buffers, and strings can be formatted as hex",
        Clause::Octal => "octal clause can only be used on integers",
    };
    format!("{only}, was given {of}")
}

impl Clause {
    /// Whether values of a type can be formatted.
    pub(crate) fn accepts(self, of: &Type) -> bool {
        matches!(of, Type::Dyn)
            || match self {
                Self::Text => !matches!(of, Type::Any | Type::Opaque(_) | Type::Struct(_) | Type::Error),
                Self::Decimal | Self::Octal => matches!(of, Type::Int | Type::Uint),
                Self::Fixed(_) | Self::Scientific(_) => matches!(of, Type::Double | Type::String),
                Self::Binary => matches!(of, Type::Int | Type::Uint | Type::Bool),
                Self::Hexadecimal { .. } => matches!(of, Type::Int | Type::Uint | Type::String | Type::Bytes),
            }
    }
}

/// Checks a literal format against literal arguments; `unfit` names the type of one that does not fit its clause.
pub(crate) fn validate(
    format: &str,
    arguments: usize,
    mut unfit: impl FnMut(usize, Clause) -> Option<String>,
) -> Result<(), String> {
    let seen = read(
        format,
        arguments,
        |_| {},
        |index, clause, _| match unfit(index, clause) {
            None => Ok(()),
            Some(of) => Err(format!("error during formatting: {}", refused(clause, &of))),
        },
    )?;
    if arguments > seen {
        return Err(format!(
            "too many arguments supplied to string.format (expected {seen}, got {arguments})"
        ));
    }
    Ok(())
}

pub(crate) fn format<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::String(format), Value::List(arguments)] = values else {
        return Value::error("no such overload");
    };
    let out = std::cell::RefCell::new(String::new());
    let done = read(
        format,
        arguments.len(),
        |text| out.borrow_mut().push_str(text),
        |index, clause, plain| {
            let value = arguments.get(index).unwrap_or(Value::Null);
            let text = apply(clause, &value).map_err(|error| format!("error during formatting: {error}"))?;
            plain(&text);
            Ok(())
        },
    );
    let out = out.into_inner();
    match done {
        Err(message) => Value::error(message),
        Ok(_) if out.len() > LONGEST => Value::error("operation cancelled: text too long"),
        Ok(_) => Value::shared(out),
    }
}

fn apply(clause: Clause, value: &Value<'_>) -> Result<String, String> {
    let refuse = || Err(refused(clause, value.type_name()));
    Ok(match (clause, value) {
        (Clause::Text, _) => return string(value),
        (Clause::Decimal, Value::Int(number)) => number.to_string(),
        (Clause::Decimal, Value::Uint(number)) => number.to_string(),
        (Clause::Binary, Value::Int(number)) => signed(*number, |number| format!("{number:b}")),
        (Clause::Binary, Value::Uint(number)) => format!("{number:b}"),
        (Clause::Binary, Value::Bool(value)) => if *value { "1" } else { "0" }.to_owned(),
        (Clause::Octal, Value::Int(number)) => signed(*number, |number| format!("{number:o}")),
        (Clause::Octal, Value::Uint(number)) => format!("{number:o}"),
        (Clause::Hexadecimal { upper }, _) => {
            let text = match value {
                Value::Int(number) => signed(*number, |number| format!("{number:x}")),
                Value::Uint(number) => format!("{number:x}"),
                Value::String(text) => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
                Value::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
                _ => return refuse(),
            };
            if upper { text.to_uppercase() } else { text }
        }
        (Clause::Fixed(precision) | Clause::Scientific(precision), _) => {
            let number = match value {
                Value::Double(number) => *number,
                Value::String(text) if matches!(&**text, "NaN" | "Infinity" | "-Infinity") => {
                    text::parse_double(text).unwrap_or(f64::NAN)
                }
                _ => return refuse(),
            };
            localized(number, precision.min(1000), matches!(clause, Clause::Scientific(_)))
        }
        _ => return refuse(),
    })
}

fn signed(number: i64, print: impl Fn(u64) -> String) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", print(number.unsigned_abs()))
}

/// A number as `golang.org/x/text` prints it in English.
fn localized(number: f64, precision: usize, scientific: bool) -> String {
    // Upstream hands the precision of `%e` on as a width: there are always six digits.
    let width = if scientific { precision } else { 0 };
    if number.is_nan() {
        return padded("NaN".into(), width);
    }
    let sign = if number < 0.0 { "-" } else { "" };
    if number.is_infinite() {
        return padded(format!("{sign}∞"), width);
    }
    let magnitude = number.abs();
    if scientific {
        let text = format!("{magnitude:.DEFAULT_PRECISION$e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let minus = if exponent < 0 { "\u{207b}" } else { "" };
        let power: String = format!("{:02}", exponent.abs()).chars().map(superscript).collect();
        return padded(format!("{sign}{mantissa}×10{minus}{power}"), width);
    }
    let text = format!("{magnitude:.precision$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

fn superscript(digit: char) -> char {
    match digit {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        _ => '⁹',
    }
}

fn padded(text: String, width: usize) -> String {
    let missing = width.saturating_sub(text.chars().count());
    format!("{}{text}", " ".repeat(missing))
}

/// `%s`.
fn string(value: &Value<'_>) -> Result<String, String> {
    match value {
        Value::List(list) => {
            let mut parts = Vec::new();
            for element in list.iter() {
                parts.push(member(&element)?);
            }
            Ok(format!("[{}]", parts.join(", ")))
        }
        Value::Map(Map::Lazy(lazy)) => Err(refused(Clause::Text, lazy.type_name())),
        Value::Map(map) => {
            let mut pairs = Vec::new();
            for key in map.keys() {
                let key_text = match &key {
                    Value::String(_) | Value::Bool(_) | Value::Int(_) | Value::Uint(_) => {
                        quoted(&key, string(&key)?)
                    }
                    other => {
                        return Err(format!(
                            "no formatting function for map key of type {}",
                            other.type_name()
                        ));
                    }
                };
                let value = map.find(&key).unwrap_or(Value::Null);
                pairs.push((key_text, member(&value)?));
            }
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            let pairs: Vec<String> = pairs.into_iter().map(|(key, value)| format!("{key}:{value}")).collect();
            Ok(format!("{{{}}}", pairs.join(", ")))
        }
        Value::Null => Ok("null".into()),
        Value::Optional(_) | Value::Extension(_) => Err(refused(Clause::Text, value.type_name())),
        other => match convert(other, Target::String) {
            Value::String(text) => Ok(text.to_string()),
            failed => Err(format!(
                "could not convert argument {} to string",
                quote(&crate::value::convert::display(&failed))
            )),
        },
    }
}

/// An element of a list or map (`clauseForType`, `quoteForCEL`).
fn member(value: &Value<'_>) -> Result<String, String> {
    let text = match value {
        Value::Double(number) => fixed(*number),
        Value::Timestamp(_) => format!("timestamp({})", quote(&string(value)?)),
        Value::Duration(_) => format!("duration({})", quote(&string(value)?)),
        Value::Optional(_) | Value::Extension(_) => {
            return Err(format!("no formatting function for {}", value.type_name()));
        }
        other => string(other)?,
    };
    Ok(quoted(value, text))
}

/// `%.6f` of Go's own `fmt`.
fn fixed(number: f64) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.into();
    }
    format!("{number:.DEFAULT_PRECISION$}")
}

fn quoted(value: &Value<'_>, text: String) -> String {
    match value {
        Value::String(_) => quote(&text),
        Value::Bytes(_) => format!("b{}", quote(&text)),
        Value::Double(number) if !number.is_finite() => quote(&text),
        _ => text,
    }
}
