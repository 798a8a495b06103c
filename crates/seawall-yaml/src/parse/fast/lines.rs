//! Blanks, comments and plain scalars.

use super::bytes::{FLOW, PLAIN};
use super::{Fast, Scanned};
use crate::{Span, Style};

impl Fast<'_> {
    #[inline]
    pub(super) fn skip_spaces(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(|byte| **byte == b' ').count();
    }

    /// Steps over a line break, if there is one.
    #[inline]
    pub(super) fn skip_break(&mut self) {
        if self.here() == b'\r' {
            self.at += 1;
        }
        if self.at < self.bytes.len() {
            self.at += 1;
        }
    }

    /// Notes the comment here and steps to the end of its line.
    pub(super) fn comment(&mut self) {
        let start = self.at;
        let rest = self.bytes.get(start..).unwrap_or_default();
        let line = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let end = if line > 0 && self.byte(start + line - 1) == b'\r' { line - 1 } else { line };
        self.tape.comments.push(Span { start: start as u32, end: (start + end) as u32 });
        self.at = start + end;
    }

    /// Blanks, perhaps a comment, and the line break. Gives up on anything else.
    #[inline]
    pub(super) fn end_line(&mut self) -> Option<()> {
        let from = self.at;
        self.skip_spaces();
        match self.here() {
            b'\n' | b'\r' => {}
            b'#' if self.at > from => self.comment(),
            _ => return None,
        }
        self.skip_break();
        Some(())
    }

    /// A plain scalar up to the end of its line.
    #[inline]
    pub(super) fn plain(&mut self, flow: bool) -> Option<Scanned> {
        let start = self.at;
        let (mut at, mut key) = (start, false);
        let table = if flow { &FLOW } else { &PLAIN };
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            at += rest.iter().position(|byte| table[usize::from(*byte)]).unwrap_or(rest.len());
            match self.byte(at) {
                b'\t' => return None,
                b':' => match self.byte(at + 1) {
                    b' ' | b'\n' | b'\r' => {
                        key = true;
                        break;
                    }
                    b'\t' => return None,
                    _ => at += 1,
                },
                // A comment follows a blank; a scalar never begins with it.
                b'#' if self.byte(at.wrapping_sub(1)) != b' ' => at += 1,
                _ => break,
            }
        }
        let text = self.bytes.get(start..at).unwrap_or_default();
        let end = start + text.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
        self.at = if key { at } else { end };
        Some(Scanned { start, end, style: Style::Plain, owned: None, key })
    }

    /// Adds the lines that continue a plain scalar: those deeper than its parent.
    #[inline]
    pub(super) fn continued(&mut self, scanned: Scanned) -> Option<Scanned> {
        let from = self.at;
        self.skip_spaces();
        let is_break = matches!(self.here(), b'\n' | b'\r');
        if !is_break {
            self.at = from;
            return Some(scanned);
        }
        match self.continuation() {
            None => {
                self.at = from;
                Some(scanned)
            }
            Some(breaks) => self.fold(scanned, breaks),
        }
    }

    /// At a line break: steps to the next line that continues a scalar and counts the breaks before it.
    #[inline]
    fn continuation(&mut self) -> Option<usize> {
        let parent = self.levels.last().map_or(0, |level| level.column + 1);
        let mut breaks = 0;
        while matches!(self.here(), b'\n' | b'\r') && self.at < self.bytes.len() {
            self.skip_break();
            breaks += 1;
            let line = self.at;
            self.skip_spaces();
            if !matches!(self.here(), b'\n' | b'\r') {
                return (self.at - line >= parent && self.here() != b'#').then_some(breaks);
            }
        }
        None
    }

    #[cold]
    fn fold(&mut self, scanned: Scanned, breaks: usize) -> Option<Scanned> {
        let mut text = std::mem::take(&mut self.tape.texts.buffer);
        text.push_str(self.slice(scanned.start, scanned.end));
        let mut breaks = breaks;
        loop {
            if breaks == 1 {
                text.push(' ');
            }
            text.extend(std::iter::repeat_n('\n', breaks - 1));
            // A tab or a comment sign here, or a colon behind, is for the complete parser.
            let line = self.plain(false)?;
            if line.key || line.start == line.end {
                return None;
            }
            text.push_str(self.slice(line.start, line.end));
            let after = self.at;
            self.skip_spaces();
            let is_break = matches!(self.here(), b'\n' | b'\r');
            match if is_break { self.continuation() } else { None } {
                Some(more) => breaks = more,
                None => {
                    self.at = after;
                    self.tape.texts.buffer = text;
                    let owned = Some(self.tape.texts.finish());
                    return Some(Scanned { end: line.end, owned, ..scanned });
                }
            }
        }
    }
}
