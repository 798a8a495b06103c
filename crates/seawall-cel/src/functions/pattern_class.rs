//! Character classes and escapes of regular expressions.

use super::pattern::error;
use std::fmt::Write;

/// `[…]`: its translation and its length in bytes.
pub(super) fn bracket(text: &str) -> Result<(String, usize), String> {
    let mut out = String::from("[");
    let mut at = 1;
    let rest = |at: usize| text.get(at..).unwrap_or_default();
    if rest(at).starts_with('^') {
        out.push('^');
        at += 1;
    }
    let mut first = true;
    loop {
        let here = rest(at);
        if here.is_empty() {
            return error("missing closing ]", text);
        }
        if here.starts_with(']') && !first {
            break;
        }
        // A dash is plain only at either end.
        if here.starts_with('-') && !first && here.len() > 1 && !here.starts_with("-]") {
            let size = here.chars().nth(1).map_or(0, char::len_utf8);
            return error("invalid character class range", here.get(..1 + size).unwrap_or_default());
        }
        first = false;
        if here.starts_with("[:")
            && let Some(end) = here.find(":]")
        {
            let name = here.get(..end + 2).unwrap_or_default();
            if !is_posix(name) {
                return error("invalid character class range", name);
            }
            out.push_str(name);
            at += end + 2;
            continue;
        }
        if let Some((translated, length)) = named(here)? {
            out.push_str(&translated);
            at += length;
            continue;
        }
        let (low, length) = single(here, text)?;
        at += length;
        let mut high = low;
        let after = rest(at);
        if after.len() >= 2 && after.starts_with('-') && !after.starts_with("-]") {
            at += 1;
            let (end, length) = single(rest(at), text)?;
            at += length;
            high = end;
            if high < low {
                let written = here.get(..here.len() - rest(at).len()).unwrap_or_default();
                return error("invalid character class range", written);
            }
        }
        let _ = write!(out, "\\x{{{:X}}}-\\x{{{:X}}}", u32::from(low), u32::from(high));
    }
    out.push(']');
    Ok((out, at + 1))
}

fn is_posix(name: &str) -> bool {
    let inner = name.trim_start_matches("[:").trim_end_matches(":]");
    let inner = inner.strip_prefix('^').unwrap_or(inner);
    matches!(
        inner,
        "alnum"
            | "alpha"
            | "ascii"
            | "blank"
            | "cntrl"
            | "digit"
            | "graph"
            | "lower"
            | "print"
            | "punct"
            | "space"
            | "upper"
            | "word"
            | "xdigit"
    )
}

/// One character of a class.
fn single(text: &str, whole: &str) -> Result<(char, usize), String> {
    match text.chars().next() {
        None => error("missing closing ]", whole),
        Some('\\') => escaped(text),
        Some(character) => Ok((character, character.len_utf8())),
    }
}

/// `\d`, `\pN`, `\p{Greek}`: what stands inside of brackets for it, and its length.
pub(super) fn named(text: &str) -> Result<Option<(String, usize)>, String> {
    let mut characters = text.chars();
    if characters.next() != Some('\\') {
        return Ok(None);
    }
    let simple = match characters.next() {
        Some('d') => "0-9",
        Some('D') => "[^0-9]",
        Some('s') => "\\t\\n\\x0C\\r\\x20",
        Some('S') => "[^\\t\\n\\x0C\\r\\x20]",
        Some('w') => "0-9A-Za-z_",
        Some('W') => "[^0-9A-Za-z_]",
        Some(kind @ ('p' | 'P')) => return unicode(text, kind).map(Some),
        _ => return Ok(None),
    };
    Ok(Some((simple.to_owned(), 2)))
}

fn unicode(text: &str, kind: char) -> Result<(String, usize), String> {
    let after = text.get(2..).unwrap_or_default();
    let Some(first) = after.chars().next() else { return error("invalid character class range", text) };
    let (name, length) = if first == '{' {
        let Some(end) = after.find('}') else { return error("invalid character class range", text) };
        (after.get(1..end).unwrap_or_default(), 2 + end + 1)
    } else {
        (after.get(..first.len_utf8()).unwrap_or_default(), 2 + first.len_utf8())
    };
    let written = text.get(..length).unwrap_or_default();
    let (negative, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
    let negative = negative != (kind == 'P');
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_- ".contains(c));
    let sign = if negative { 'P' } else { 'p' };
    let translated = format!("\\{sign}{{{name}}}");
    if !plain || is_property(name) || regex::Regex::new(&translated).is_err() {
        return error("invalid character class range", written);
    }
    Ok((translated, length))
}

/// Names the crate knows and Go does not: properties that are neither category nor script.
fn is_property(name: &str) -> bool {
    const PROPERTIES: &[&str] = &[
        "alphabetic",
        "lowercase",
        "uppercase",
        "whitespace",
        "math",
        "dash",
        "diacritic",
        "emoji",
        "idstart",
        "idcontinue",
        "xidstart",
        "xidcontinue",
        "cased",
        "caseignorable",
        "hexdigit",
        "ideographic",
    ];
    let loose: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
    PROPERTIES.contains(&loose.as_str())
}

/// An escape that stands for one character, and its length.
pub(super) fn escaped(text: &str) -> Result<(char, usize), String> {
    let Some(kind) = text.chars().nth(1) else {
        return error("trailing backslash at end of expression", "");
    };
    let after = text.get(1 + kind.len_utf8()..).unwrap_or_default();
    let bad = |length: usize| {
        let end = (0..=length.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        error("invalid escape sequence", text.get(..end).unwrap_or_default())
    };
    let simple = match kind {
        'a' => '\u{7}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        'x' => return hexadecimal(text, after),
        '0'..='7' => {
            let digits = after.chars().take(2).take_while(|digit| ('0'..='7').contains(digit)).count();
            if kind != '0' && digits == 0 {
                return bad(2); // a reference to a group, which there is none of
            }
            let code = text.get(1..2 + digits).and_then(|digits| u32::from_str_radix(digits, 8).ok());
            return code
                .and_then(char::from_u32)
                .map_or_else(|| bad(2), |character| Ok((character, 2 + digits)));
        }
        other if other.is_ascii() && !other.is_ascii_alphanumeric() => other,
        other => return bad(1 + other.len_utf8()),
    };
    Ok((simple, 2))
}

fn hexadecimal(text: &str, after: &str) -> Result<(char, usize), String> {
    if let Some(inner) = after.strip_prefix('{') {
        let digits = inner.chars().take_while(char::is_ascii_hexdigit).count();
        let code = inner.get(..digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let closed = inner.get(digits..).is_some_and(|rest| rest.starts_with('}'));
        return match code.and_then(char::from_u32).filter(|_| closed) {
            Some(character) => Ok((character, 2 + digits + 2)),
            None => {
                let end = (2 + 1 + digits + 1).min(text.len());
                error("invalid escape sequence", text.get(..end).unwrap_or(text))
            }
        };
    }
    let code = after.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
    match code.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32) {
        Some(character) => Ok((character, 4)),
        None => {
            let good = after.chars().take(1).take_while(char::is_ascii_hexdigit).count();
            let end = 2 + good + after.chars().nth(good).map_or(0, char::len_utf8);
            error("invalid escape sequence", text.get(..end).unwrap_or(text))
        }
    }
}
