//! Collections by indentation.

use super::bytes::starts_plain;
use super::{Fast, Level, Scanned};
use crate::{Kind, Span, Style};

impl Fast<'_> {
    /// The whole document, line by line.
    pub(super) fn document(&mut self) -> Option<()> {
        let mut started = false;
        while self.at < self.bytes.len() {
            let line = self.at;
            self.skip_spaces();
            let column = self.at - line;
            match self.here() {
                b'\n' | b'\r' => self.skip_break(),
                b'#' => {
                    self.comment();
                    self.skip_break();
                }
                b'%' if column == 0 => return None,
                b'-' | b'.'
                    if column == 0 && matches!(self.bytes.get(line..line + 3), Some(b"---" | b"...")) =>
                {
                    if self.here() == b'.' || started || !self.tape.nodes.is_empty() {
                        return None;
                    }
                    started = true;
                    self.at += 3;
                    self.end_line()?;
                }
                _ => self.token(column)?,
            }
        }
        while let Some(level) = self.levels.pop() {
            self.close(level);
        }
        (!self.tape.nodes.is_empty()).then_some(())
    }

    /// The first token of a line.
    fn token(&mut self, column: usize) -> Option<()> {
        while let Some(&level) = self.levels.last() {
            if level.column <= column {
                break;
            }
            self.levels.pop();
            self.close(level);
        }
        let dash = self.here() == b'-' && self.ends_at(self.at + 1);
        let Some(&top) = self.levels.last() else {
            // The root.
            return if self.tape.nodes.is_empty() { self.node(column, true) } else { None };
        };
        if top.column < column {
            // Deeper than all that is open: the value that a key or dash still lacks.
            self.pending.take()?;
            return self.node(column, true);
        }
        match (top.mapping, dash) {
            (true, true) => {
                self.pending.take()?;
                self.open(column, false, true)?;
                self.item(column)
            }
            (true, false) => {
                self.fill();
                self.entry()
            }
            (false, true) => {
                self.fill();
                self.item(column)
            }
            (false, false) if top.indentless => {
                self.levels.pop();
                self.close(top);
                self.entry()
            }
            (false, false) => None,
        }
    }

    /// Writes the null that a key or dash without value means.
    #[inline]
    fn fill(&mut self) {
        if let Some(at) = self.pending.take() {
            let span = Span { start: at as u32, end: at as u32 };
            self.tape.push(span, Kind::Null, Style::Plain, false);
            self.ended = at;
        }
    }

    fn close(&mut self, level: Level) {
        self.fill();
        self.tape.close(level.node);
        if let Some(node) = self.tape.nodes.get_mut(level.node) {
            node.end = self.ended as u32;
        }
        if level.mapping {
            self.close_keys(level.node, level.hashes);
        }
    }

    /// Opens a collection that begins here.
    fn open(&mut self, column: usize, mapping: bool, indentless: bool) -> Option<()> {
        let kind = if mapping { Kind::Mapping } else { Kind::Sequence };
        let span = Span { start: self.at as u32, end: self.at as u32 };
        let node = self.tape.push(span, kind, Style::Block, false);
        self.levels.push(Level { column, node, mapping, indentless, hashes: self.hashes.len() });
        (self.levels.len() <= super::DEPTH).then_some(())
    }

    /// Behind a dash: perhaps further collections on the same line.
    fn item(&mut self, column: usize) -> Option<()> {
        let mut column = column;
        loop {
            self.at += 1;
            let behind = self.at;
            self.skip_spaces();
            match self.here() {
                b'\n' | b'\r' => {
                    self.pending = Some(behind);
                    self.skip_break();
                    return Some(());
                }
                b'#' if self.at > behind => {
                    self.pending = Some(behind);
                    self.comment();
                    self.skip_break();
                    return Some(());
                }
                b'-' if self.ends_at(self.at + 1) => {
                    column += 1 + self.at - behind;
                    self.open(column, false, false)?;
                }
                _ => return self.node(column + 1 + self.at - behind, false),
            }
        }
    }

    /// A node where a mapping or (at the beginning of a line) a sequence may begin.
    fn node(&mut self, column: usize, line_start: bool) -> Option<()> {
        let scanned = match self.here() {
            b'-' if self.ends_at(self.at + 1) => {
                if !line_start {
                    return None;
                }
                self.open(column, false, false)?;
                return self.item(column);
            }
            b'|' | b'>' if !line_start => return self.block_text(),
            b'[' | b'{' => {
                self.flow()?;
                return self.end_line();
            }
            b'\'' | b'"' => self.quoted(false)?,
            b'-' if self.byte(self.at + 1) == b'\t' => return None,
            byte if starts_plain(byte) || byte == b'-' => self.plain(false)?,
            _ => return None,
        };
        if scanned.key {
            let at = std::mem::replace(&mut self.at, scanned.start);
            self.open(column, true, false)?;
            self.at = at;
            return self.key_and_value(scanned);
        }
        // A document of one scalar is rare; its end is for the complete parser to find.
        if self.levels.is_empty() {
            return None;
        }
        self.scalar(scanned)
    }

    fn block_text(&mut self) -> Option<()> {
        let scanned = self.block_scalar()?;
        self.push(scanned, Kind::String);
        Some(())
    }

    /// A scalar as a value, with the lines that continue it and the end of its line.
    #[inline]
    fn scalar(&mut self, scanned: Scanned) -> Option<()> {
        let scanned = if scanned.style == Style::Plain { self.continued(scanned)? } else { scanned };
        self.value(scanned)?;
        self.end_line()
    }

    /// A further entry of the innermost mapping.
    fn entry(&mut self) -> Option<()> {
        let scanned = match self.here() {
            b'\'' | b'"' => self.quoted(false)?,
            b'-' if self.byte(self.at + 1) == b'\t' => return None,
            byte if starts_plain(byte) || byte == b'-' => self.plain(false)?,
            _ => return None,
        };
        if !scanned.key {
            return None;
        }
        self.key_and_value(scanned)
    }

    /// The position is at the colon.
    #[inline]
    fn key_and_value(&mut self, key: Scanned) -> Option<()> {
        self.key(key)?;
        self.at += 1;
        let behind = self.at;
        self.skip_spaces();
        let scanned = match self.here() {
            b'\n' | b'\r' => {
                self.pending = Some(behind);
                self.skip_break();
                return Some(());
            }
            b'#' if self.at > behind => {
                self.pending = Some(behind);
                self.comment();
                self.skip_break();
                return Some(());
            }
            b'|' | b'>' => return self.block_text(),
            b'[' | b'{' => {
                self.flow()?;
                return self.end_line();
            }
            b'\'' | b'"' => self.quoted(false)?,
            b'-' if self.ends_at(self.at + 1) || self.byte(self.at + 1) == b'\t' => return None,
            byte if starts_plain(byte) || byte == b'-' => self.plain(false)?,
            _ => return None,
        };
        if scanned.key {
            return None;
        }
        self.scalar(scanned)
    }
}
