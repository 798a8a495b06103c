//! The building blocks of upstream's wording (`policy/helpers.go`).

use super::Offence;
use seawall_model::At;
use std::collections::BTreeSet;
use std::fmt::Write;

/// `"a", "b"`; the texts themselves are not escaped, as upstream.
pub(crate) fn join_quoted<'t>(items: impl IntoIterator<Item = &'t str>) -> String {
    let mut out = String::new();
    for item in items {
        let _ = write!(out, "{}\"{item}\"", if out.is_empty() { "" } else { ", " });
    }
    out
}

/// The singular for exactly one.
pub(crate) fn pluralize<'t>(singular: &'t str, plural: &'t str, count: usize) -> &'t str {
    if count == 1 { singular } else { plural }
}

/// `container "a"` or `containers "a", "b"`.
pub(crate) fn containers(names: &[&str]) -> String {
    format!("{} {}", pluralize("container", "containers", names.len()), join_quoted(names.iter().copied()))
}

/// The names of the containers with an offence, in order, each once per run of offences in the same container.
pub(crate) fn container_names<'a>(offences: &[Offence<'a>]) -> Vec<&'a str> {
    let mut names = Vec::new();
    let mut last = None;
    for container in offences.iter().filter_map(|offence| offence.container) {
        let key = (container.sort(), container.index());
        if last != Some(key) {
            names.push(container.name());
        }
        last = Some(key);
    }
    names
}

/// Who set something forbidden: `pod`, `containers "a", "b"`, or `pod and container "a"`.
pub(crate) fn setters(offences: &[Offence<'_>]) -> Vec<String> {
    let mut out = Vec::new();
    if offences.iter().any(|offence| offence.container.is_none()) {
        out.push("pod".to_owned());
    }
    let names = container_names(offences);
    if !names.is_empty() {
        out.push(containers(&names));
    }
    out
}

/// The text of a field of type string; unset is the empty string, as in Go.
pub(crate) fn string(at: At<'_>) -> &str {
    at.text().unwrap_or("")
}

/// The texts at the offending places, sorted by byte, each once.
pub(crate) fn values<'a>(offences: &[Offence<'a>]) -> BTreeSet<&'a str> {
    offences.iter().map(|offence| string(offence.at)).collect()
}

/// Go's `%q`. Rust's notion of a printable character is Go's, up to the version of Unicode.
pub(crate) fn go_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            '\'' => out.push('\''),
            _ if is_printable(char) => out.push(char),
            '\0'..='\u{7f}' => {
                let _ = write!(out, "\\x{:02x}", char as u32);
            }
            '\u{80}'..='\u{ffff}' => {
                let _ = write!(out, "\\u{:04x}", char as u32);
            }
            _ => {
                let _ = write!(out, "\\U{:08x}", char as u32);
            }
        }
    }
    out.push('"');
    out
}

/// Letters, marks, numbers, punctuation, symbols and the space.
fn is_printable(char: char) -> bool {
    // `escape_debug` escapes a combining mark only at the start of a text.
    let mut text = String::from("a");
    text.push(char);
    text.escape_debug().count() == 2
}

#[cfg(test)]
mod tests {
    use super::go_quoted;

    #[test]
    fn quotes_as_go_does() {
        assert_eq!(go_quoted("a'b\"c\\d"), r#""a'b\"c\\d""#);
        assert_eq!(
            go_quoted("\u{7}\n\u{1}\u{7f}\u{a0}\u{200b}é\u{301}"),
            "\"\\a\\n\\x01\\x7f\\u00a0\\u200bé\u{301}\""
        );
        assert_eq!(go_quoted("\u{e0001}😀"), "\"\\U000e0001😀\"");
    }
}
