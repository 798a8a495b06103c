//! Plain and quoted scalars.

use super::Fault;
use super::reader::Mark;
use super::scanner::Scanner;
use super::token::{Pieces, Token, TokenKind};
use crate::Style;

/// Blanks and line breaks between two words: kept as they are within a line, folded over lines.
#[derive(Default)]
struct Gap {
    blanks: (usize, usize),
    folded: bool,
    first: &'static str,
    more: String,
}

impl Gap {
    fn write(&mut self, text: &mut Pieces<'_>) {
        if !self.folded {
            text.range(self.blanks.0, self.blanks.1);
        } else if self.first == "\n" && self.more.is_empty() {
            text.text(" ");
        } else {
            if self.first != "\n" {
                text.text(self.first);
            }
            text.text(&self.more);
        }
        *self = Self::default();
    }
}

impl<'t> Scanner<'t> {
    /// Reads blanks and breaks. With `tabs_from`, a tab that indents a continuation line less than that is refused.
    fn gap(&mut self, gap: &mut Gap, tabs_from: Option<(isize, Mark)>) -> Result<(), Fault> {
        gap.blanks = (self.reader.mark.at, self.reader.mark.at);
        loop {
            if self.reader.is_blank(0) {
                if let Some((indent, start)) = tabs_from
                    && gap.folded
                    && (self.reader.mark.column as isize) < indent
                    && self.reader.peek(0) == b'\t'
                {
                    return self.fault(start, "found a tab that violates indentation");
                }
                self.reader.skip();
                if !gap.folded {
                    gap.blanks.1 = self.reader.mark.at;
                }
            } else if self.reader.is_break(0) {
                self.reader.need(2)?;
                let read = self.reader.skip_break();
                if gap.folded {
                    gap.more.push_str(read);
                } else {
                    gap.folded = true;
                    gap.first = read;
                }
            } else {
                return Ok(());
            }
            self.reader.need(1)?;
        }
    }

    /// A scalar without quotes, over as many lines as indentation allows.
    pub(super) fn plain(&mut self) -> Result<(), Fault> {
        self.save_candidate()?;
        self.key_allowed = false;
        let start = self.reader.mark;
        let indent = self.indent + 1;
        let mut end = start.at;
        let mut text = Pieces::new(self.reader.text);
        let mut gap = Gap::default();
        loop {
            self.reader.need(4)?;
            if self.reader.at_document_indicator() || self.reader.peek(0) == b'#' {
                break;
            }
            let word = self.reader.mark.at;
            while !self.reader.is_blank_break_or_end(0) && !self.ends_plain() {
                self.reader.skip();
                self.reader.need(2)?;
            }
            if self.reader.mark.at > word {
                gap.write(&mut text);
                end = self.reader.mark.at;
                text.range(word, end);
            }
            if !self.reader.is_blank(0) && !self.reader.is_break(0) {
                break;
            }
            self.reader.need(1)?;
            self.gap(&mut gap, Some((indent, start)))?;
            if self.brackets == 0 && (self.reader.mark.column as isize) < indent {
                break;
            }
        }
        if gap.folded {
            self.key_allowed = true;
        }
        let kind = TokenKind::Scalar { text: text.finish(), style: Style::Plain };
        self.push_token(Token { kind, start: start.at, end });
        Ok(())
    }

    /// `: ` anywhere, and the indicators of flow collections within brackets.
    fn ends_plain(&self) -> bool {
        match self.reader.peek(0) {
            b':' => self.reader.is_blank_break_or_end(1),
            b',' | b'?' | b'[' | b']' | b'{' | b'}' => self.brackets > 0,
            _ => false,
        }
    }

    /// A scalar in single or double quotes.
    pub(super) fn quoted(&mut self, quote: u8) -> Result<(), Fault> {
        self.save_candidate()?;
        self.key_allowed = false;
        let start = self.reader.mark;
        self.reader.skip();
        let mut text = Pieces::new(self.reader.text);
        loop {
            self.reader.need(4)?;
            if self.reader.at_document_indicator() {
                return self.fault(start, "found a document separator inside of quotes");
            }
            if self.reader.is_end() {
                return self.fault(start, "found the end inside of quotes");
            }
            let joined = self.quoted_word(quote, start, &mut text)?;
            self.reader.need(1)?;
            if self.reader.peek(0) == quote {
                break;
            }
            let mut gap = Gap { folded: joined, ..Gap::default() };
            self.gap(&mut gap, None)?;
            gap.write(&mut text);
        }
        self.reader.skip();
        let style = if quote == b'"' { Style::DoubleQuoted } else { Style::SingleQuoted };
        let end = self.reader.mark.at;
        let kind = TokenKind::Scalar { text: text.finish(), style };
        self.push_token(Token { kind, start: start.at, end });
        Ok(())
    }

    /// Characters up to a blank, a break or the closing quote. True after an escaped line break.
    fn quoted_word(&mut self, quote: u8, start: Mark, text: &mut Pieces<'t>) -> Result<bool, Fault> {
        while !self.reader.is_blank_break_or_end(0) {
            let at = self.reader.mark.at;
            let byte = self.reader.peek(0);
            if byte == quote {
                if quote == b'"' || self.reader.peek(1) != b'\'' {
                    return Ok(false);
                }
                self.reader.skip();
                text.range(at, self.reader.mark.at);
                self.reader.skip();
            } else if byte == b'\\' && quote == b'"' {
                if self.reader.is_break(1) {
                    self.reader.need(3)?;
                    self.reader.skip();
                    self.reader.skip_break();
                    return Ok(true);
                }
                self.escape(start, text)?;
            } else {
                self.reader.skip();
                text.range(at, self.reader.mark.at);
            }
            self.reader.need(2)?;
        }
        Ok(false)
    }

    /// One escape sequence of double quotes.
    fn escape(&mut self, start: Mark, text: &mut Pieces<'t>) -> Result<(), Fault> {
        let (plain, length) = match self.reader.peek(1) {
            b'0' => ("\0", 0),
            b'a' => ("\x07", 0),
            b'b' => ("\x08", 0),
            b't' | b'\t' => ("\t", 0),
            b'n' => ("\n", 0),
            b'v' => ("\x0B", 0),
            b'f' => ("\x0C", 0),
            b'r' => ("\r", 0),
            b'e' => ("\x1B", 0),
            b' ' => (" ", 0),
            b'"' => ("\"", 0),
            b'\'' => ("'", 0),
            b'\\' => ("\\", 0),
            b'N' => ("\u{85}", 0),
            b'_' => ("\u{A0}", 0),
            b'L' => ("\u{2028}", 0),
            b'P' => ("\u{2029}", 0),
            b'x' => ("", 2),
            b'u' => ("", 4),
            b'U' => ("", 8),
            _ => return self.fault(self.reader.mark, "found unknown escape character"),
        };
        let here = self.reader.mark;
        self.reader.skip_many(2);
        text.text(plain);
        if length == 0 {
            return Ok(());
        }
        self.reader.need(length)?;
        let mut code = 0_u32;
        for ahead in 0..length {
            let Some(digit) = char::from(self.reader.peek(ahead)).to_digit(16) else {
                return self.fault(here, "did not find expected hexadecimal number");
            };
            // Eight digits cannot leave the 32 bits.
            code = (code << 4) | digit;
        }
        let Some(c) = char::from_u32(code) else {
            return self.fault(start, "found an escape of no Unicode character");
        };
        text.text(c.encode_utf8(&mut [0; 4]));
        self.reader.skip_many(length);
        Ok(())
    }
}
