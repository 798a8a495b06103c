//! A node as JSON, byte for byte as `sigs.k8s.io/yaml` prints it.

use crate::parse::resolve::{self, Scalar};
use crate::{Kind, NodeRef, number};
use std::fmt::Write as _;

/// A collection that is being written.
enum Level<'a> {
    Object(std::vec::IntoIter<(NodeRef<'a>, NodeRef<'a>)>),
    Array(crate::Items<'a>),
}

impl<'a> NodeRef<'a> {
    /// Appends the value as compact JSON to `out`: keys sorted, the last of equal keys, Go's number and string forms.
    pub fn write_json(self, out: &mut String) {
        let mut levels = Vec::new();
        let mut next = Some(self);
        loop {
            if let Some(node) = next.take() {
                open(node, &mut levels, out);
            }
            let Some(level) = levels.last_mut() else { return };
            // A bracket that was just opened needs no comma; strings end in a quote and cannot be taken for one.
            let comma = !out.ends_with(['{', '[']);
            match level {
                Level::Object(entries) => match entries.next() {
                    Some((key, value)) => {
                        if comma {
                            out.push(',');
                        }
                        write_text(key, out);
                        out.push(':');
                        next = Some(value);
                    }
                    None => {
                        out.push('}');
                        levels.pop();
                    }
                },
                Level::Array(items) => match items.next() {
                    Some(item) => {
                        if comma {
                            out.push(',');
                        }
                        next = Some(item);
                    }
                    None => {
                        out.push(']');
                        levels.pop();
                    }
                },
            }
        }
    }
}

/// Writes a scalar, or begins a collection.
fn open<'a>(node: NodeRef<'a>, levels: &mut Vec<Level<'a>>, out: &mut String) {
    match node.kind() {
        Kind::Null => out.push_str("null"),
        Kind::True => out.push_str("true"),
        Kind::False => out.push_str("false"),
        Kind::Int => match resolve::numeric(node.text()) {
            Scalar::Uint(value) => _ = write!(out, "{value}"),
            Scalar::Int(value) => _ = write!(out, "{value}"),
            _ => out.push_str("null"),
        },
        Kind::Float => match resolve::float(node.text()) {
            Some(value) => number::json_float(value, out),
            None => out.push_str("null"),
        },
        Kind::String => write_text(node, out),
        Kind::Mapping => {
            out.push('{');
            levels.push(Level::Object(sorted(node).into_iter()));
        }
        Kind::Sequence => {
            out.push('[');
            levels.push(Level::Array(node.items()));
        }
    }
}

/// The entries by key, the last one of equal keys.
fn sorted(node: NodeRef<'_>) -> Vec<(NodeRef<'_>, NodeRef<'_>)> {
    let mut entries: Vec<_> = node.entries().map(|(key, value)| (key.text(), key, value)).collect();
    // Stable, so that equal keys stay in order; the later one is kept.
    entries.sort_by_key(|(text, ..)| *text);
    entries.dedup_by(|later, kept| {
        let equal = later.0 == kept.0;
        if equal {
            *kept = *later;
        }
        equal
    });
    entries.into_iter().map(|(_, key, value)| (key, value)).collect()
}

/// A string node. Go writes an escape for each byte that is no text.
fn write_text(node: NodeRef<'_>, out: &mut String) {
    if !node.is_binary() {
        return write_string(node.text(), out);
    }
    let mut text = String::new();
    write_string(node.text(), &mut text);
    out.push_str(&text.replace(char::REPLACEMENT_CHARACTER, "\\ufffd"));
}

/// A string as Go's `encoding/json` escapes it, HTML characters included.
pub(crate) fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let mut from = 0;
    for (at, c) in text.char_indices() {
        let escape = match c {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\u{8}' => "\\b",
            '\u{C}' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '<' => "\\u003c",
            '>' => "\\u003e",
            '&' => "\\u0026",
            '\u{2028}' => "\\u2028",
            '\u{2029}' => "\\u2029",
            '\0'..='\u{1F}' => "",
            _ => continue,
        };
        out.push_str(text.get(from..at).unwrap_or(""));
        if escape.is_empty() {
            let _ = write!(out, "\\u{:04x}", c as u32);
        } else {
            out.push_str(escape);
        }
        from = at + c.len_utf8();
    }
    out.push_str(text.get(from..).unwrap_or(""));
    out.push('"');
}
