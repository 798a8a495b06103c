//! One document's text as Kubernetes' reader hands it on, and where each byte of it stands in the source.

use crate::Span;
use std::borrow::Cow;

/// The text of one document. The reader drops the `\r` of `\r\n` and ends every line with `\n`
/// (`apimachinery/pkg/util/yaml` `LineReader`), which only the complete parser has to be shown.
pub(super) struct Chunk<'a> {
    source: &'a str,
    text: Cow<'a, str>,
    /// Offset of the chunk in its source.
    base: usize,
    /// Offsets in `text` of each `\n` whose `\r` was dropped.
    dropped: Vec<usize>,
    /// End of the chunk in its source.
    end: usize,
}

impl<'a> Chunk<'a> {
    /// `start..end` of the source as it is.
    pub(super) fn verbatim(source: &'a str, start: usize, end: usize) -> Self {
        Self {
            source,
            text: source.get(start..end).unwrap_or("").into(),
            base: start,
            dropped: Vec::new(),
            end,
        }
    }

    /// `start..end` of the source as the line reader changes it.
    pub(super) fn lines(source: &'a str, start: usize, end: usize) -> Self {
        let raw = source.get(start..end).unwrap_or("");
        let terminated = raw.ends_with('\n');
        if terminated && memchr::memchr(b'\r', raw.as_bytes()).is_none() {
            return Self::verbatim(source, start, end);
        }
        let mut text = String::with_capacity(raw.len() + 1);
        let mut dropped = Vec::new();
        for line in raw.split_inclusive('\n') {
            match line.strip_suffix("\r\n") {
                Some(content) => {
                    text.push_str(content);
                    dropped.push(text.len());
                    text.push('\n');
                }
                None => text.push_str(line),
            }
        }
        if !terminated {
            text.push('\n');
        }
        Self { source, text: text.into(), base: start, dropped, end }
    }

    /// The whole source.
    pub(super) fn source(&self) -> &'a str {
        self.source
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where byte `at` of the text stands in the source.
    pub(super) fn offset(&self, at: usize) -> u32 {
        let dropped = self.dropped.partition_point(|&line_end| line_end < at);
        (self.base + at + dropped).min(self.end) as u32
    }

    /// The byte of the text that stands at `offset` of the source.
    pub(super) fn position(&self, offset: u32) -> usize {
        let (mut low, mut high) = (0, self.text.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.offset(middle) < offset { low = middle + 1 } else { high = middle }
        }
        low
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span { start: self.offset(start), end: self.offset(end) }
    }
}
