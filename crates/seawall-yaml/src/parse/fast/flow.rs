//! Collections in brackets.

use super::bytes::starts_plain;
use super::{Fast, Scanned};
use crate::{Kind, Span, Style};

/// An open bracket.
struct Open {
    node: usize,
    mapping: bool,
    hashes: usize,
}

impl Fast<'_> {
    /// A collection in brackets, with all that is in it.
    pub(super) fn flow(&mut self) -> Option<()> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            // A value.
            match self.here() {
                byte @ (b'[' | b'{') => {
                    let mapping = byte == b'{';
                    let kind = if mapping { Kind::Mapping } else { Kind::Sequence };
                    let span = Span { start: self.at as u32, end: self.at as u32 };
                    let node = self.tape.push(span, kind, Style::Flow, false);
                    open.push(Open { node, mapping, hashes: self.hashes.len() });
                    if open.len() + self.levels.len() > super::DEPTH {
                        return None;
                    }
                    self.at += 1;
                    self.flow_blanks()?;
                }
                _ => {
                    let scalar = self.flow_scalar()?;
                    if scalar.key {
                        return None;
                    }
                    self.value(scalar)?;
                    self.after(&scalar)?;
                }
            }
            // What follows: closing brackets, then a comma and the next key or value.
            loop {
                let Some(&Open { node, mapping, hashes }) = open.last() else { return Some(()) };
                let closing = if mapping { b'}' } else { b']' };
                let empty = node + 1 == self.tape.nodes.len();
                if self.here() == closing {
                    self.at += 1;
                    open.pop();
                    self.close_flow(node, mapping, hashes);
                    if open.is_empty() {
                        return Some(());
                    }
                    self.flow_blanks()?;
                    continue;
                }
                if !empty {
                    if self.here() != b',' {
                        return None;
                    }
                    self.at += 1;
                    self.flow_blanks()?;
                    if self.here() == closing {
                        continue;
                    }
                }
                if mapping {
                    self.flow_key()?;
                }
                break;
            }
        }
    }

    fn close_flow(&mut self, node: usize, mapping: bool, hashes: usize) {
        self.tape.close(node);
        if let Some(node) = self.tape.nodes.get_mut(node) {
            node.end = self.at as u32;
        }
        self.ended = self.at;
        if mapping {
            self.close_keys(node, hashes);
        }
    }

    /// A key, its colon and the blanks behind.
    fn flow_key(&mut self) -> Option<()> {
        let scalar = self.flow_scalar()?;
        if !scalar.key {
            return None;
        }
        self.key(scalar)?;
        // The colon.
        self.at += 1;
        self.flow_blanks()
    }

    fn flow_scalar(&mut self) -> Option<Scanned> {
        match self.here() {
            b'\'' | b'"' => self.quoted(true),
            b'-' if !self.ends_at(self.at + 1) && self.byte(self.at + 1) != b'\t' => self.plain(true),
            byte if starts_plain(byte) => self.plain(true),
            _ => None,
        }
    }

    /// Behind a scalar: a plain one that goes on in the next line is left to the complete parser.
    fn after(&mut self, scalar: &Scanned) -> Option<()> {
        let from = self.at;
        self.flow_blanks()?;
        let ends = matches!(self.here(), b',' | b']' | b'}');
        (ends || (scalar.style != Style::Plain && self.at > from)).then_some(())
    }

    /// Blanks, line breaks and comments.
    fn flow_blanks(&mut self) -> Option<()> {
        let start = self.at;
        loop {
            match *self.bytes.get(self.at)? {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\n' => {
                    self.at += 1;
                    // A directive or document separator.
                    if matches!(self.here(), b'%' | b'-' | b'.') {
                        return None;
                    }
                }
                b'#' if self.at > start => self.comment(),
                b'#' => return None,
                _ => return Some(()),
            }
        }
    }
}
