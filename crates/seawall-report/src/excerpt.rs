//! A piece of source text fit to be shown: secrets masked, hidden characters visible, long lines cut; and where
//! each byte of the source stands in it.

use crate::escape::{is_hidden, push_hidden};
use crate::redact::{MASK, Redaction};
use seawall_yaml::{Document, Span};
use std::ops::Range;

/// A line longer than this is shown in part, around what matters.
const LONGEST_LINE: u32 = 240;

/// No more than this many bytes before and after are shown, so that one line of a megabyte costs nothing.
const REACH: u32 = 2_000;

/// Spans longer than this are shown in part.
pub(crate) const LONGEST_SPAN: u32 = 4_000;

/// Shown text, made of copied and replaced pieces.
#[derive(Debug, Default)]
pub(crate) struct Excerpt {
    /// What is shown.
    pub(crate) text: String,
    /// Number of its first line in the whole file.
    pub(crate) line: u32,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    source: Span,
    shown: Range<usize>,
    copied: bool,
}

impl Excerpt {
    /// The lines that `span` touches, with `around` more before and after, inside of the document.
    pub(crate) fn new(document: &Document, redaction: &Redaction, span: Span, around: u32) -> Self {
        let source = document.source();
        let text = source.text();
        let window = window(text, document.span(), span, around);
        let mut excerpt = Self { line: source.place(window.start).line, ..Self::default() };
        if window.start > document.span().start
            && text.as_bytes().get(window.start as usize - 1) != Some(&b'\n')
        {
            excerpt.push_replaced(Span { start: window.start, end: window.start }, "…");
        }
        let mut at = window.start;
        for secret in redaction.inside(window) {
            excerpt.push_lines(text, Span { start: at, end: secret.start }, false, span);
            excerpt.push_lines(text, secret, true, span);
            at = secret.end;
        }
        excerpt.push_lines(text, Span { start: at, end: window.end }, false, span);
        excerpt
    }

    /// Where the source bytes of `span` are shown. A masked or escaped piece counts as a whole.
    pub(crate) fn shown(&self, span: Span) -> Range<usize> {
        let start = self.place(span.start, false);
        start..self.place(span.end, true).max(start)
    }

    fn place(&self, at: u32, end: bool) -> usize {
        let index =
            self.pieces.partition_point(|piece| piece.source.end < at || !end && piece.source.end == at);
        let Some(piece) = self.pieces.get(index) else { return self.text.len() };
        if at <= piece.source.start {
            return piece.shown.start;
        }
        if piece.copied {
            (piece.shown.start + (at - piece.source.start) as usize).min(piece.shown.end)
        } else if end {
            piece.shown.end
        } else {
            piece.shown.start
        }
    }

    fn push_lines(&mut self, text: &str, span: Span, secret: bool, focus: Span) {
        let mut at = span.start;
        let bytes = text.as_bytes();
        while at < span.end {
            let rest = bytes.get(at as usize..span.end as usize).unwrap_or(b"");
            let length = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |end| end + 1) as u32;
            let line = Span { start: at, end: at + length };
            if secret {
                self.push_masked(text, line)
            } else {
                self.push_clipped(text, line, focus)
            }
            at += length.max(1);
        }
    }

    /// One line of a secret: its indentation and line end stay, so that lines keep their numbers.
    fn push_masked(&mut self, text: &str, line: Span) {
        let all = slice(text, line);
        let content = all.trim_end_matches(['\n', '\r']);
        let indent = content.len() - content.trim_start_matches(' ').len();
        let start = Span { start: line.start, end: line.start + indent as u32 };
        let middle = Span { start: start.end, end: line.start + content.len() as u32 };
        self.push_copied(text, start);
        if middle.start < middle.end {
            self.push_replaced(middle, MASK);
        }
        if all.ends_with('\n') {
            self.push_replaced(Span { start: middle.end, end: line.end }, "\n");
        }
    }

    fn push_clipped(&mut self, text: &str, line: Span, focus: Span) {
        if line.end - line.start <= LONGEST_LINE {
            return self.push_visible(text, line);
        }
        let half = LONGEST_LINE / 2;
        let middle = focus.start.clamp(line.start, line.end);
        let mut start = line.start.max(middle.saturating_sub(half));
        let mut end = line.end.min(middle.saturating_add(half));
        while start > line.start && !text.is_char_boundary(start as usize) {
            start -= 1;
        }
        while end < line.end && !text.is_char_boundary(end as usize) {
            end += 1;
        }
        if start > line.start {
            self.push_replaced(Span { start: line.start, end: start }, "…");
        }
        self.push_visible(text, Span { start, end });
        if end < line.end {
            let newline = if slice(text, line).ends_with('\n') { "…\n" } else { "…" };
            self.push_replaced(Span { start: end, end: line.end }, newline);
        }
    }

    fn push_visible(&mut self, text: &str, span: Span) {
        let mut from = span.start;
        for (offset, c) in slice(text, span).char_indices() {
            if c == '\n' || !is_hidden(c) {
                continue;
            }
            let at = span.start + offset as u32;
            self.push_copied(text, Span { start: from, end: at });
            from = at + c.len_utf8() as u32;
            let mut shown = String::new();
            match c {
                '\t' => shown.push_str("    "),
                '\r' if text.as_bytes().get(from as usize) == Some(&b'\n') => {}
                '\u{feff}' if at == 0 => {}
                _ => push_hidden(&mut shown, c),
            }
            self.push_replaced(Span { start: at, end: from }, &shown);
        }
        self.push_copied(text, Span { start: from, end: span.end });
    }

    fn push_copied(&mut self, text: &str, source: Span) {
        if source.start < source.end {
            let start = self.text.len();
            self.text.push_str(slice(text, source));
            self.pieces.push(Piece { source, shown: start..self.text.len(), copied: true });
        }
    }

    fn push_replaced(&mut self, source: Span, shown: &str) {
        let start = self.text.len();
        self.text.push_str(shown);
        self.pieces.push(Piece { source, shown: start..self.text.len(), copied: false });
    }
}

fn slice(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize).unwrap_or("")
}

/// The nearest start of a character at or before byte `at`.
fn boundary(text: &str, at: u32) -> usize {
    let mut at = (at as usize).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Whole lines around `span`, the last one without its line end; very long lines in part.
fn window(text: &str, document: Span, span: Span, around: u32) -> Span {
    let bytes = text.as_bytes();
    let low = boundary(text, document.start.max(span.start.saturating_sub(REACH)));
    let end = span.end.min(span.start.saturating_add(LONGEST_SPAN)).saturating_add(REACH);
    let high = boundary(text, document.end.min(end)).max(low);
    let mut start = (span.start as usize).clamp(low, high);
    let mut end = (span.end as usize).clamp(start, high);
    let line_start = |from: usize| {
        memchr::memrchr(b'\n', bytes.get(low..from).unwrap_or(b"")).map_or(low, |at| low + at + 1)
    };
    let line_end = |from: usize| {
        memchr::memchr(b'\n', bytes.get(from..high).unwrap_or(b"")).map_or(high, |at| from + at)
    };
    start = line_start(start);
    end = line_end(end);
    // A document's last line end is no further line.
    let ended = bytes.get(high.saturating_sub(1)) == Some(&b'\n') && high > end;
    let high = if ended { high - 1 } else { high };
    for _ in 0..around {
        if start > low {
            start = line_start(start - 1);
        }
        if end < high {
            end = line_end(end + 1);
        }
    }
    Span { start: start as u32, end: end as u32 }
}
