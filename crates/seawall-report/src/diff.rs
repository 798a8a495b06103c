//! `--diff`: what the fixes change, as a unified diff without secrets.

use crate::escape::{is_hidden, line, push_hidden};
use crate::redact::{self, MASK, Redaction};
use crate::style::Paint;
use seawall_yaml::{Source, Span, parse_documents};
use similar::{Algorithm, ChangeTag, TextDiff};
use std::io::{self, Write};

/// Writes how `file` changes from `before` to `after`, with three lines of context. Secret values are masked in
/// both, so the result is for reading; `--fix` is what makes the changes. Nothing is written for equal texts.
///
/// # Errors
/// Those of `out`.
pub fn write_diff(file: &str, before: &str, after: &str, color: bool, out: &mut dyn Write) -> io::Result<()> {
    if before == after {
        return Ok(());
    }
    let paint = Paint::new(color);
    let (before, after) = (masked(before), masked(after));
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).diff_lines(&before, &after);
    let name = line(file.strip_prefix("./").unwrap_or(file));
    writeln!(out, "{}", paint.bold(format!("--- a/{name}")))?;
    writeln!(out, "{}", paint.bold(format!("+++ b/{name}")))?;
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        writeln!(out, "{}", paint.dim(hunk.header().to_string().trim_end()))?;
        for change in hunk.iter_changes() {
            let text = change.value().trim_end_matches('\n');
            match change.tag() {
                ChangeTag::Equal => writeln!(out, " {text}")?,
                ChangeTag::Delete => writeln!(out, "{}", paint.removed(format!("-{text}")))?,
                ChangeTag::Insert => writeln!(out, "{}", paint.added(format!("+{text}")))?,
            }
            if change.missing_newline() {
                writeln!(out, "\\ No newline at end of file")?;
            }
        }
    }
    Ok(())
}

/// The whole text with secrets masked line by line and hidden characters visible; lines keep their numbers.
fn masked(text: &str) -> String {
    let source = Source::new("", text);
    let mut spans: Vec<Span> = Vec::new();
    let mut read = 0;
    for document in parse_documents(&source).into_iter().flatten() {
        let inside = document.span();
        // What stands between readable documents (broken ones, separators) is searched as plain text.
        plain(text, Span { start: read, end: inside.start }, &mut spans);
        spans.extend(Redaction::of(&document).inside(inside));
        read = inside.end.max(read);
    }
    plain(text, Span { start: read, end: text.len() as u32 }, &mut spans);
    spans.sort_unstable();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        if span.start >= at {
            visible(text, Span { start: at, end: span.start }, &mut out);
            mask_lines(text, span, &mut out);
        }
        at = at.max(span.end);
    }
    visible(text, Span { start: at, end: text.len() as u32 }, &mut out);
    out
}

fn slice(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize).unwrap_or("")
}

fn plain(text: &str, span: Span, out: &mut Vec<Span>) {
    redact::secrets(slice(text, span), &mut |start, end| {
        out.push(Span { start: span.start + start as u32, end: span.start + end as u32 });
    });
}

fn visible(text: &str, span: Span, out: &mut String) {
    let mut chars = slice(text, span).chars().peekable();
    while let Some(c) = chars.next() {
        let line_end = c == '\n' || c == '\t' || c == '\r' && chars.peek() == Some(&'\n');
        if is_hidden(c) && !line_end { push_hidden(out, c) } else { out.push(c) }
    }
}

fn mask_lines(text: &str, span: Span, out: &mut String) {
    for line in slice(text, span).split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let indent = content.len() - content.trim_start_matches(' ').len();
        out.push_str(content.get(..indent).unwrap_or(""));
        if content.len() > indent {
            out.push_str(MASK);
        }
        out.push_str(line.get(content.len()..).unwrap_or(""));
    }
}

#[cfg(test)]
mod tests {
    use super::write_diff;

    #[test]
    fn shows_the_change_and_no_secret() {
        let before = "kind: Secret\napiVersion: v1\ndata:\n  key: aGVsbG8=\n  more: |\n    line one\n    line two\n---\na: 1\nb: 2\n";
        let after = before.replace("a: 1", "a: 3");
        let mut out = Vec::new();
        write_diff("./x.yaml", before, &after, false, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "--- a/x.yaml\n+++ b/x.yaml\n@@ -6,5 +6,5 @@\n     •••\n     •••\n ---\n-a: 1\n+a: 3\n b: 2\n"
        );
    }

    #[test]
    fn broken_text_is_masked_too() {
        let before = "a: [\npassword: hunter2\nb: 1\u{1b}[31m\n";
        let after = before.replace("b: 1", "b: 2");
        let mut out = Vec::new();
        write_diff("x\u{202e}.yaml", before, &after, false, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            !text.contains("hunter2") && !text.contains('\u{1b}') && !text.contains('\u{202e}'),
            "{text}"
        );
    }
}
