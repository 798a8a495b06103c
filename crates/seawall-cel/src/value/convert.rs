//! Conversions between types (cel-go's `ConvertToType`) and the words for values in messages.

use super::{Value, number, text, time};
use crate::types::Type;
use std::sync::Arc;

/// What a value can be converted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Bool,
    Bytes,
    Double,
    Duration,
    Int,
    String,
    Timestamp,
    Type,
    Uint,
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Bytes => "bytes",
            Self::Double => "double",
            Self::Duration => "google.protobuf.Duration",
            Self::Int => "int",
            Self::String => "string",
            Self::Timestamp => "google.protobuf.Timestamp",
            Self::Type => "type",
            Self::Uint => "uint",
        }
    }
}

/// Converts, or says in upstream's words why not.
pub(crate) fn convert<'v>(value: &Value<'v>, target: Target) -> Value<'v> {
    if value.is_failure() {
        return value.clone();
    }
    if target == Target::Type {
        return Value::Type(type_of(value));
    }
    if let Value::Map(super::Map::Lazy(lazy)) = value {
        let (from, to) = (text::quote(lazy.name), text::quote(target.name()));
        return Value::error(format!("disallowed conversion from {from} to {to}"));
    }
    let converted = match value {
        Value::String(text) => from_string(text, value, target),
        Value::Int(number) => from_int(*number, target),
        Value::Uint(number) => from_uint(*number, target),
        Value::Double(number) => from_double(*number, target),
        Value::Bool(value) => match target {
            Target::Bool => Some(Value::Bool(*value)),
            Target::String => Some(Value::string(if *value { "true" } else { "false" })),
            _ => None,
        },
        Value::Bytes(bytes) => match target {
            Target::Bytes => Some(value.clone()),
            Target::String => Some(match std::str::from_utf8(bytes) {
                Ok(text) => Value::shared(text),
                Err(_) => Value::error("invalid UTF-8 in bytes, cannot convert to string"),
            }),
            _ => None,
        },
        Value::Duration(nanoseconds) => match target {
            Target::Duration => Some(value.clone()),
            Target::Int => Some(Value::Int(*nanoseconds)),
            Target::String => Some(Value::shared(time::duration_text(*nanoseconds))),
            _ => None,
        },
        Value::Timestamp(at) => match target {
            Target::Timestamp => Some(value.clone()),
            Target::Int => Some(Value::Int(at.seconds)),
            Target::String => Some(Value::shared(at.format())),
            _ => None,
        },
        Value::Null if target == Target::String => Some(Value::string("null")),
        Value::Type(of) if target == Target::String => Some(Value::shared(of.runtime_name())),
        Value::Extension(of) if target == Target::String => of.text().map(Value::shared),
        _ => None,
    };
    converted.unwrap_or_else(|| {
        Value::error(format!(
            "type conversion error from '{}' to '{}'",
            value.conversion_name(),
            target.name()
        ))
    })
}

fn type_of(value: &Value<'_>) -> Type {
    value.runtime_type()
}

impl Value<'_> {
    /// How Go prints the type in the message of a failed conversion.
    fn conversion_name(&self) -> String {
        match self {
            Self::List(_) | Self::Accumulator(_) => "list(dyn)".into(),
            Self::Map(_) => "map(dyn, dyn)".into(),
            other => other.type_name().into(),
        }
    }
}

fn checked<'v, T>(result: Result<T, &'static str>, make: impl Fn(T) -> Value<'v>) -> Option<Value<'v>> {
    Some(result.map_or_else(Value::error, make))
}

fn from_string<'v>(text: &str, value: &Value<'v>, target: Target) -> Option<Value<'v>> {
    match target {
        Target::Int => text.parse().ok().map(Value::Int),
        Target::Uint => text::parse_uint(text).map(Value::Uint),
        Target::Double => text::parse_double(text).map(Value::Double),
        Target::Bool => text::parse_bool(text).map(Value::Bool),
        Target::Bytes => Some(Value::Bytes(Arc::from(text.as_bytes()))),
        Target::Duration => time::parse_duration(text).map(Value::Duration),
        Target::Timestamp => Some(match super::Timestamp::parse(text)? {
            Some(at) => Value::Timestamp(at),
            None => Value::error(time::TIMESTAMP_OVERFLOW),
        }),
        Target::String => Some(value.clone()),
        Target::Type => None,
    }
}

fn from_int<'v>(number: i64, target: Target) -> Option<Value<'v>> {
    match target {
        Target::Int => Some(Value::Int(number)),
        Target::Uint => checked(number::int_to_uint(number), Value::Uint),
        Target::Double => Some(Value::Double(number as f64)),
        Target::String => Some(Value::shared(number.to_string())),
        Target::Timestamp => Some(match super::Timestamp::from_seconds(number) {
            Some(at) => Value::Timestamp(at),
            None => Value::error(time::TIMESTAMP_OVERFLOW),
        }),
        _ => None,
    }
}

fn from_uint<'v>(number: u64, target: Target) -> Option<Value<'v>> {
    match target {
        Target::Int => checked(number::uint_to_int(number), Value::Int),
        Target::Uint => Some(Value::Uint(number)),
        Target::Double => Some(Value::Double(number as f64)),
        Target::String => Some(Value::shared(number.to_string())),
        _ => None,
    }
}

fn from_double<'v>(number: f64, target: Target) -> Option<Value<'v>> {
    match target {
        Target::Int => checked(number::to_int(number), Value::Int),
        Target::Uint => checked(number::to_uint(number), Value::Uint),
        Target::Double => Some(Value::Double(number)),
        Target::String => Some(Value::shared(text::general(number))),
        _ => None,
    }
}

/// A value as `%v` prints it in messages such as `no such key: …`.
pub(crate) fn display(value: &Value<'_>) -> String {
    match value {
        Value::Null => "0".into(), // the number of a protobuf constant
        Value::Bool(value) => value.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Double(number) => text::general(*number),
        Value::String(text) => text.to_string(),
        Value::Bytes(bytes) => {
            let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
            format!("[{}]", numbers.join(" "))
        }
        Value::Duration(nanoseconds) => go_duration(*nanoseconds),
        Value::Timestamp(at) => go_time(*at),
        Value::List(list) => {
            let elements: Vec<String> = list.iter().take(10_000).map(|element| display(&element)).collect();
            format!("[{}]", elements.join(", "))
        }
        Value::Map(map) => {
            let entries: Vec<String> = map
                .keys()
                .into_iter()
                .take(10_000)
                .map(|key| {
                    let value = map.find(&key).map_or_else(String::new, |value| display(&value));
                    format!("{}: {value}", display(&key))
                })
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Type(of) => of.to_string(),
        Value::Optional(None) => "optional.none()".into(),
        Value::Optional(Some(inner)) => format!("optional({})", display(inner)),
        Value::Extension(of) => of.text().unwrap_or_default(),
        Value::Error(error) => error.message.clone(),
        Value::Unknown(what) => what.to_string(),
        Value::Accumulator(_) => String::new(),
    }
}

/// `time.Duration.String`.
fn go_duration(nanoseconds: i64) -> String {
    let magnitude = nanoseconds.unsigned_abs();
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let fraction = |value: u64, of: u64| {
        let digits = of.ilog10() as usize;
        let rest = format!("{:0digits$}", value % of);
        let rest = rest.trim_end_matches('0');
        if rest.is_empty() { (value / of).to_string() } else { format!("{}.{rest}", value / of) }
    };
    match magnitude {
        0 => "0s".into(),
        1..1_000 => format!("{sign}{magnitude}ns"),
        1_000..1_000_000 => format!("{sign}{}µs", fraction(magnitude, 1_000)),
        1_000_000..1_000_000_000 => format!("{sign}{}ms", fraction(magnitude, 1_000_000)),
        _ => {
            let minutes = magnitude / 60_000_000_000;
            let seconds = fraction(magnitude % 60_000_000_000, 1_000_000_000);
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{sign}{seconds}s"),
                (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
                (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

/// `time.Time.String`.
fn go_time(at: super::Timestamp) -> String {
    let civil = at.civil(i64::from(at.offset));
    let mut fraction = String::new();
    if at.nanoseconds != 0 {
        let digits = format!("{:09}", at.nanoseconds);
        fraction = format!(".{}", digits.trim_end_matches('0'));
    }
    let minutes = at.offset / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let offset = format!("{sign}{:02}{:02}", minutes.abs() / 60, minutes.abs() % 60);
    let zone = if at.offset == 0 { "UTC" } else { offset.as_str() };
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}{fraction} {offset} {zone}",
        civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second
    )
}

/// The Go type of a value, for messages.
pub(crate) fn go_type(value: &Value<'_>) -> &'static str {
    match value {
        Value::Null => "types.Null",
        Value::Bool(_) => "types.Bool",
        Value::Int(_) => "types.Int",
        Value::Uint(_) => "types.Uint",
        Value::Double(_) => "types.Double",
        Value::String(_) => "types.String",
        Value::Bytes(_) => "types.Bytes",
        Value::Duration(_) => "types.Duration",
        Value::Timestamp(_) => "types.Timestamp",
        Value::Map(super::Map::Lazy(_)) => "*lazy.MapValue",
        Value::Map(_) => "*types.baseMap",
        Value::Unknown(_) => "*types.Unknown",
        Value::Type(_) => "*types.Type",
        Value::Optional(_) => "*types.Optional",
        Value::Extension(of) => match of.type_name() {
            "net.IP" => "cel.IP",
            "net.CIDR" => "cel.CIDR",
            "kubernetes.URL" => "cel.URL",
            "kubernetes.Quantity" => "cel.Quantity",
            "kubernetes.Semver" => "cel.Semver",
            _ => "cel.Format",
        },
        Value::List(_) | Value::Accumulator(_) => "*types.baseList",
        Value::Error(_) => "*types.Err",
    }
}
