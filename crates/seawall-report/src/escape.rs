//! Text from objects is never trusted: what must be done to it before a terminal, a browser or a parser sees it.

mod json;
mod markdown;
mod stream;
mod uri;

pub(crate) use json::{Compact, Pretty};
pub(crate) use markdown::code_fence;
pub use markdown::markdown;
pub(crate) use stream::Stream;
pub(crate) use uri::uri;

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter, Write};

/// Names and messages longer than this are cut: valid ones never are.
pub(crate) const LONGEST: usize = 2_000;

/// Whether a character controls the output instead of showing: C0 and C1 controls, bidirectional controls, and
/// invisible characters that can hide or reorder text (line separators, zero-width characters, tags).
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// Writes a hidden character so that it can be seen: `\n`, `\t`, `\u{1b}`.
pub(crate) fn push_hidden(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
    }
}

/// One line that is safe on a terminal: hidden characters are escaped, and what is too long is cut.
pub fn line(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST && text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len().min(LONGEST) + 8);
    for (at, c) in text.char_indices() {
        if at >= LONGEST {
            out.push('…');
            break;
        }
        if is_hidden(c) { push_hidden(&mut out, c) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// Text in XML and HTML, in elements and in quoted attributes. Hidden characters, most of which XML cannot hold,
/// are made visible.
pub(crate) struct Html<'t>(pub(crate) &'t str);

impl Display for Html<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let safe = line(self.0);
        let mut rest: &str = &safe;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            let (before, from) = rest.split_at(at);
            f.write_str(before)?;
            f.write_str(entity(from))?;
            rest = from.get(1..).unwrap_or("");
        }
        f.write_str(rest)
    }
}

/// A message in HTML: what stands between two backquotes is set as code.
pub(crate) struct HtmlMessage<'t>(pub(crate) &'t str);

impl Display for HtmlMessage<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let safe = line(self.0);
        let mut parts = safe.split('`').peekable();
        let mut inside = false;
        while let Some(part) = parts.next() {
            match (inside, parts.peek().is_some()) {
                (true, true) => write!(f, "<code>{}</code>", Html(part))?,
                (true, false) => write!(f, "`{}", Html(part))?,
                (false, _) => write!(f, "{}", Html(part))?,
            }
            inside = !inside;
        }
        Ok(())
    }
}

/// The entity for the markup character that `text` starts with.
fn entity(text: &str) -> &'static str {
    match text.as_bytes().first() {
        Some(b'&') => "&amp;",
        Some(b'<') => "&lt;",
        Some(b'>') => "&gt;",
        Some(b'"') => "&quot;",
        _ => "&#39;",
    }
}

/// One CSV cell, quoted when needed. A spreadsheet must not take it for a formula.
pub fn csv_cell(text: &str) -> String {
    let text = line(text);
    let formula = text.starts_with(['=', '+', '-', '@']);
    let quoted = formula || text.contains(['"', ',', ';']);
    let apostrophe = if formula { "'" } else { "" };
    if quoted { format!("\"{apostrophe}{}\"", text.replace('"', "\"\"")) } else { text.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_shown_not_sent() {
        assert_eq!(
            line("a\u{1b}[31mb\u{9b}2J\u{202e}c\nd\u{7f}"),
            "a\\u{1b}[31mb\\u{9b}2J\\u{202e}c\\nd\\u{7f}"
        );
        assert_eq!(line("größe 漢字 👍"), "größe 漢字 👍");
        assert_eq!(line(&"x".repeat(5_000)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn html_is_text() {
        assert_eq!(
            Html("<img src=x onerror='a()'>&\"\0").to_string(),
            "&lt;img src=x onerror=&#39;a()&#39;&gt;&amp;&quot;\\u{0}"
        );
    }

    #[test]
    fn names_in_messages_are_code() {
        assert_eq!(HtmlMessage("a `<b>` c").to_string(), "a <code>&lt;b&gt;</code> c");
        assert_eq!(HtmlMessage("a ` <b>").to_string(), "a ` &lt;b&gt;");
    }

    #[test]
    fn formulas_are_text() {
        for cell in ["=cmd()", "+1", "-1", "@SUM(A1)"] {
            assert_eq!(csv_cell(cell), format!("\"'{cell}\""));
        }
        assert_eq!(csv_cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(csv_cell("plain"), "plain");
    }
}
