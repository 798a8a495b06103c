//! `string.format`: cel-go's `ext/formatting.go` in the locale en_US.

use crate::types::Type;
use crate::value::convert::{Target, convert};
use crate::value::text::quote;
use crate::value::{Value, text};

const DEFAULT_PRECISION: usize = 6;
/// Longer texts are not made; upstream has no bound here.
const LONGEST: usize = 50 << 20;

/// One clause of a format.
#[derive(Clone, Copy)]
enum Clause {
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

/// Checks a literal format against the types of literal arguments: which argument (`None` for the call), and why.
pub(crate) fn validate(format: &str, types: &[Type]) -> Result<(), (Option<usize>, String)> {
    let mut bad = None;
    let read = read(
        format,
        types.len(),
        |_| {},
        |index, clause, _| {
            let Some(of) = types.get(index) else { return Ok(()) };
            let fits = matches!(of, Type::Dyn)
                || match clause {
                    Clause::Text => {
                        !matches!(of, Type::Any | Type::Opaque(_) | Type::Struct(_) | Type::Error)
                    }
                    Clause::Decimal | Clause::Octal => matches!(of, Type::Int | Type::Uint),
                    Clause::Fixed(_) | Clause::Scientific(_) => matches!(of, Type::Double | Type::String),
                    Clause::Binary => matches!(of, Type::Int | Type::Uint | Type::Bool),
                    Clause::Hexadecimal { .. } => {
                        matches!(of, Type::Int | Type::Uint | Type::String | Type::Bytes)
                    }
                };
            if fits {
                return Ok(());
            }
            bad = Some(index);
            Err(format!("error during formatting: {}", refused(clause, of.runtime_name())))
        },
    );
    match read {
        Err(message) => Err((bad, message)),
        Ok(seen) if types.len() > seen => Err((
            None,
            format!("too many arguments supplied to string.format (expected {seen}, got {})", types.len()),
        )),
        Ok(_) => Ok(()),
    }
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
    if number.is_nan() {
        return "NaN".into();
    }
    let sign = if number.is_sign_negative() { "-" } else { "" };
    if number.is_infinite() {
        return format!("{sign}∞");
    }
    let (digits, exponent) = shortest(number.abs());
    if scientific {
        let (digits, carried) = rounded(&digits, 1 + precision);
        let exponent = if digits.iter().all(|digit| *digit == 0) { 0 } else { exponent + i32::from(carried) };
        let mut mantissa = String::new();
        for index in 0..=precision {
            if index == 1 {
                mantissa.push('.');
            }
            mantissa.push(char::from(b'0' + digits.get(index).copied().unwrap_or(0)));
        }
        let minus = if exponent < 0 { "\u{207b}" } else { "" };
        let power: String = format!("{:02}", exponent.abs())
            .chars()
            .map(|digit| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(digit as usize - 48).unwrap_or(digit))
            .collect();
        return format!("{sign}{mantissa}\u{202f}×\u{202f}10{minus}{power}");
    }
    // `exponent` is that of the first digit.
    let keep = exponent + 1 + i32::try_from(precision).unwrap_or(i32::MAX);
    let (digits, carried) = match usize::try_from(keep) {
        Ok(keep) => rounded(&digits, keep),
        Err(_) => (Vec::new(), false),
    };
    let exponent = exponent + i32::from(carried);
    let digit = |power: i32| {
        let index = usize::try_from(exponent - power).ok();
        char::from(b'0' + index.and_then(|index| digits.get(index)).copied().unwrap_or(0))
    };
    let mut out = String::from(sign);
    for power in (0..=exponent.max(0)).rev() {
        out.push(digit(power));
        if power > 0 && power % 3 == 0 {
            out.push(',');
        }
    }
    if precision > 0 {
        out.push('.');
        for power in 1..=i32::try_from(precision).unwrap_or(0) {
            out.push(digit(-power));
        }
    }
    out
}

/// The shortest digits of a number and the exponent of the first.
fn shortest(number: f64) -> (Vec<u8>, i32) {
    let text = format!("{number:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
    (digits, exponent.parse().unwrap_or(0))
}

/// Keeps some digits, rounding half to even; true when a digit was carried over the first.
fn rounded(digits: &[u8], keep: usize) -> (Vec<u8>, bool) {
    let mut kept: Vec<u8> = digits.iter().take(keep).copied().collect();
    let Some(next) = digits.get(keep) else { return (kept, false) };
    let more = digits.get(keep + 1..).is_some_and(|rest| rest.iter().any(|digit| *digit != 0));
    let odd = kept.last().is_some_and(|digit| digit % 2 == 1);
    if *next < 5 || (*next == 5 && !more && !odd) {
        return (kept, false);
    }
    for digit in kept.iter_mut().rev() {
        *digit += 1;
        if *digit < 10 {
            return (kept, false);
        }
        *digit = 0;
    }
    kept.insert(0, 1);
    (kept, true)
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
