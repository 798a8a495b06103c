//! A value as the judge's `show.go` writes it.

use seawall_cel::{Extension, Map, Value};
use std::fmt::Write;

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Two values are equal if and only if their texts are.
pub(super) fn show(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::Int(number) => format!("int {number}"),
        Value::Uint(number) => format!("uint {number}"),
        Value::Double(number) if number.is_nan() => "double NaN".into(),
        Value::Double(number) => format!("double {:016x}", number.to_bits()),
        Value::String(text) => format!("string {}", hexadecimal(text.as_bytes())),
        Value::Bytes(bytes) => format!("bytes {}", hexadecimal(bytes)),
        Value::Duration(nanoseconds) => format!("duration {nanoseconds}"),
        Value::Timestamp(at) => format!("timestamp {}.{:09} {}", at.seconds, at.nanoseconds, at.offset),
        Value::Optional(None) => "none".into(),
        Value::Optional(Some(inner)) => format!("some({})", show(inner)),
        Value::Type(of) => format!("type {}", of.runtime_name()),
        Value::Map(Map::Lazy(lazy)) => format!("lazy {}", lazy.type_name()),
        Value::Map(map) => {
            let mut entries: Vec<String> =
                map.entries().iter().map(|(key, value)| format!("{}: {}", show(key), show(value))).collect();
            entries.sort();
            format!("{{{}}}", entries.join(", "))
        }
        Value::List(list) => {
            let elements: Vec<String> = list.iter().map(|element| show(&element)).collect();
            format!("[{}]", elements.join(", "))
        }
        Value::Extension(of) => extension(of),
        other => format!("other {other:?}"),
    }
}

fn extension(of: &Extension) -> String {
    match of {
        Extension::Url(url) => format!("url {}", hexadecimal(url.text().as_bytes())),
        Extension::Ip(address) => format!("ip {address}"),
        Extension::Cidr(address, bits) => format!("cidr {address}/{bits}"),
        Extension::Quantity(quantity) => {
            let whole = quantity.as_int();
            let float = quantity.as_float().to_bits();
            format!("quantity {} {} {float:016x}", whole.unwrap_or(0), whole.is_some())
        }
        Extension::Semver(version) => {
            let [major, minor, patch] = version.numbers();
            format!("semver {major}.{minor}.{patch}")
        }
        Extension::Format(format) => format!("format {}", format.name()),
    }
}
