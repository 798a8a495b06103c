//! Literal and folded scalars.

use super::{Fast, Scanned};
use crate::Style;

impl Fast<'_> {
    /// A block scalar from its `|` or `>` to the line behind it.
    pub(super) fn block_scalar(&mut self) -> Option<Scanned> {
        let start = self.at;
        let literal = self.here() == b'|';
        self.at += 1;
        let (mut chomping, mut increment) = (b' ', 0);
        for _ in 0..2 {
            match self.here() {
                byte @ (b'+' | b'-') if chomping == b' ' => chomping = byte,
                byte @ b'1'..=b'9' if increment == 0 => increment = usize::from(byte - b'0'),
                _ => break,
            }
            self.at += 1;
        }
        let header = self.at;
        self.end_line()?;
        let parent = self.levels.last().map(|level| level.column);
        let indent = match increment {
            0 => self.detect(parent.map_or(1, |column| column + 1))?,
            _ => parent.unwrap_or(0) + increment,
        };
        let mut text = std::mem::take(&mut self.tape.texts.buffer);
        let end = self.content(indent, literal, chomping, &mut text)?.unwrap_or(header);
        let style = if literal { Style::Literal } else { Style::Folded };
        self.tape.texts.buffer = text;
        let owned = Some(self.tape.texts.finish());
        Some(Scanned { start, end, style, owned, key: false })
    }

    /// The indentation of the first line that is not empty, but at least `least` and that of empty lines before.
    fn detect(&self, least: usize) -> Option<usize> {
        let (mut at, mut deepest) = (self.at, least);
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let column = rest.iter().take_while(|byte| **byte == b' ').count();
            deepest = deepest.max(column);
            at += column;
            match self.bytes.get(at) {
                Some(b'\n') => at += 1,
                Some(b'\r') => at += 2,
                Some(b'\t') => return None,
                _ => return Some(deepest),
            }
        }
    }

    /// The lines of the scalar. Gives the end of the last one; the position is at the line behind.
    fn content(
        &mut self,
        indent: usize,
        literal: bool,
        chomping: u8,
        text: &mut String,
    ) -> Option<Option<usize>> {
        let mut end = None;
        // Line breaks since the last line, and whether that line began with a blank.
        let (mut breaks, mut was_blank) = (0, false);
        loop {
            let line = self.at;
            let rest = self.bytes.get(line..).unwrap_or_default();
            let column = rest.iter().take(indent).take_while(|byte| **byte == b' ').count();
            let at = line + column;
            match self.bytes.get(at) {
                Some(b'\n' | b'\r') => {
                    if chomping == b'+' && end.is_some() {
                        end = Some(at);
                    }
                    self.at = at;
                    self.skip_break();
                    breaks += 1;
                    continue;
                }
                Some(b'\t') if column < indent => return None,
                // The reader ends this line of blanks, so that it counts.
                None if at > line => return None,
                Some(first) if column == indent => {
                    let is_blank = matches!(first, b' ' | b'\t');
                    let kept = end.is_none() || literal || was_blank || is_blank;
                    match (kept, breaks) {
                        (_, 0) => {}
                        (true, 1) => text.push('\n'),
                        (true, _) => text.extend(std::iter::repeat_n('\n', breaks)),
                        (false, 1) => text.push(' '),
                        (false, _) => text.extend(std::iter::repeat_n('\n', breaks - 1)),
                    }
                    was_blank = is_blank;
                    let rest = self.bytes.get(at..).unwrap_or_default();
                    // A last line without its break is left to the complete parser.
                    let length = memchr::memchr(b'\n', rest)?;
                    self.at = at + length + 1;
                    let content = self.slice(at, at + length);
                    let content = content.strip_suffix('\r').unwrap_or(content);
                    end = Some(at + content.len());
                    text.push_str(content);
                    breaks = 1;
                }
                _ => break,
            }
        }
        // Behind the last line stand its own break and those of empty lines.
        let kept = match (chomping, end) {
            (b'-', _) => 0,
            (b'+', _) => breaks,
            (_, Some(_)) => 1,
            _ => 0,
        };
        text.extend(std::iter::repeat_n('\n', kept));
        // The position stays at the first line that is not part of it: its indentation is read again.
        Some(end)
    }
}
