//! Scalars in quotes.

use super::{Fast, Scanned};
use crate::Style;

impl Fast<'_> {
    /// A scalar in quotes, and whether a colon makes it a key.
    pub(super) fn quoted(&mut self, flow: bool) -> Option<Scanned> {
        let quote = self.here();
        let style = if quote == b'"' { Style::DoubleQuoted } else { Style::SingleQuoted };
        let start = self.at;
        self.at += 1;
        let second = if quote == b'"' { b'\\' } else { quote };
        let rest = self.bytes.get(self.at..)?;
        let found = memchr::memchr3(quote, second, b'\n', rest)?;
        let end = self.at + found;
        let simple = self.byte(end) == quote && (quote == b'"' || self.byte(end + 1) != quote);
        let mut owned = None;
        let mut one_line = true;
        if simple {
            self.at = end + 1;
        } else {
            let mut text = std::mem::take(&mut self.tape.texts.buffer);
            self.unquote(quote, &mut text)?;
            self.tape.texts.buffer = text;
            one_line = !self.slice(start, self.at).contains('\n');
            owned = Some(self.tape.texts.finish());
        }
        let end = self.at;
        self.skip_spaces();
        let key = self.here() == b':' && (flow || self.ends_at(self.at + 1));
        if key && !one_line {
            return None;
        }
        if !key {
            self.at = end;
        }
        Some(Scanned { start, end, style, owned, key })
    }

    /// The text up to the closing quote, escapes and line breaks resolved.
    #[cold]
    fn unquote(&mut self, quote: u8, text: &mut String) -> Option<()> {
        let second = if quote == b'"' { b'\\' } else { quote };
        loop {
            let rest = self.bytes.get(self.at..)?;
            let found = self.at + memchr::memchr3(quote, second, b'\n', rest)?;
            let piece = self.slice(self.at, found);
            let byte = self.byte(found);
            if byte == b'\n' {
                // Blanks around line breaks do not count; escaped blanks have been written already.
                text.push_str(piece.strip_suffix('\r').unwrap_or(piece).trim_end_matches([' ', '\t']));
                self.at = found;
                self.fold_breaks(text)?;
                continue;
            }
            text.push_str(piece);
            self.at = found + 1;
            if byte == b'\\' {
                self.escape(text)?;
            } else if quote == b'\'' && self.here() == quote {
                text.push('\'');
                self.at += 1;
            } else {
                return Some(());
            }
        }
    }

    /// Line breaks within quotes, with the blanks behind them.
    fn fold_breaks(&mut self, text: &mut String) -> Option<()> {
        let mut breaks = 0;
        loop {
            match self.bytes.get(self.at)? {
                b'\n' => {
                    breaks += 1;
                    self.at += 1;
                    // `---` and `...` end documents.
                    if matches!(self.bytes.get(self.at..self.at + 3), Some(b"---" | b"...")) {
                        return None;
                    }
                }
                b' ' | b'\t' | b'\r' => self.at += 1,
                _ => break,
            }
        }
        if breaks == 1 {
            text.push(' ');
        }
        text.extend(std::iter::repeat_n('\n', breaks - 1));
        Some(())
    }

    /// The escapes of one character; an escaped line break is left to the complete parser.
    fn escape(&mut self, text: &mut String) -> Option<()> {
        let (c, digits) = match self.bytes.get(self.at)? {
            b'"' => ('"', 0),
            b'\\' => ('\\', 0),
            b'\'' => ('\'', 0),
            b'n' => ('\n', 0),
            b't' => ('\t', 0),
            b'r' => ('\r', 0),
            b'0' => ('\0', 0),
            b'a' => ('\x07', 0),
            b'b' => ('\x08', 0),
            b'v' => ('\x0B', 0),
            b'f' => ('\x0C', 0),
            b'e' => ('\x1B', 0),
            b'x' => ('\0', 2),
            b'u' => ('\0', 4),
            _ => return None,
        };
        self.at += 1;
        if digits == 0 {
            text.push(c);
            return Some(());
        }
        let code = self.bytes.get(self.at..self.at + digits)?;
        let code = code.iter().try_fold(0, |code, byte| Some(code << 4 | char::from(*byte).to_digit(16)?))?;
        text.push(char::from_u32(code)?);
        self.at += digits;
        Some(())
    }
}
