//! Text as Go's `%q` writes it (`strconv.Quote`).

mod printable;

use printable::PRINTABLE;
use std::fmt::Write;

/// The quoted form: double quotes around it; `"`, `\` and everything that Go does not count as printable escaped.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    quote_into(&mut out, text);
    out
}

/// Appends the quoted form.
pub(crate) fn quote_into(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        let _ = match character {
            '"' => write!(out, "\\\""),
            '\\' => write!(out, "\\\\"),
            '\u{7}' => write!(out, "\\a"),
            '\u{8}' => write!(out, "\\b"),
            '\u{c}' => write!(out, "\\f"),
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            '\t' => write!(out, "\\t"),
            '\u{b}' => write!(out, "\\v"),
            ' '..='~' => write!(out, "{character}"),
            '\0'..='\x1f' | '\u{7f}' => write!(out, "\\x{:02x}", u32::from(character)),
            _ if is_print(character) => write!(out, "{character}"),
            '\u{80}'..='\u{ffff}' => write!(out, "\\u{:04x}", u32::from(character)),
            _ => write!(out, "\\U{:08x}", u32::from(character)),
        };
    }
    out.push('"');
}

/// `strconv.IsPrint` beyond ASCII: letters, marks, numbers, punctuation, symbols.
fn is_print(character: char) -> bool {
    let code = u32::from(character);
    let after = PRINTABLE.partition_point(|&(first, _)| first <= code);
    after.checked_sub(1).and_then(|at| PRINTABLE.get(at)).is_some_and(|&(_, last)| code <= last)
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn as_go() {
        for (text, expected) in [
            ("a b", r#""a b""#),
            ("tab\there", r#""tab\there""#),
            ("zero\u{200b}width", r#""zero\u200bwidth""#),
            ("é\"\\", r#""é\"\\""#),
            ("\u{1}\u{7f}\u{0}", r#""\x01\x7f\x00""#),
            ("\u{85}\u{a0}\u{ad}", r#""\u0085\u00a0\u00ad""#),
            ("e\u{301}", "\"e\u{301}\""),
            ("\u{301}", "\"\u{301}\""),
            ("\u{10ffff}\u{1f600}", "\"\\U0010ffff\u{1f600}\""),
            // Assigned in Unicode 17, which Go does not know.
            ("\u{a7cf}", r#""\ua7cf""#),
            ("\u{3000}\u{fffd}", "\"\\u3000\u{fffd}\""),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }
}
