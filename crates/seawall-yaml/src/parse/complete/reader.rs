//! Characters of one document, with the position upstream's scanner would be at.
//!
//! Upstream reads its input through a window that it refills 512 bytes at a time. Two of its habits show in results:
//! a forbidden character is only noticed when the window reaches it, and a byte order mark counts when it stands at
//! the beginning of the *window*. Both are followed here, because refusals must be equal.

use super::Fault;

/// Bytes that upstream reads in one go (`input_raw_buffer_size`).
const STEP: usize = 512;

/// A point in the text. Columns and indexes count characters.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mark {
    pub(super) at: usize,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) index: usize,
}

pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) mark: Mark,
    bytes: &'t [u8],
    /// The window: where it begins and where it ends.
    window: usize,
    loaded: usize,
    /// End marks that upstream has put behind the text.
    ends: usize,
    /// The first character that upstream refuses anywhere.
    forbidden: Option<usize>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mark = Mark { at: if text.starts_with('\u{FEFF}') { 3 } else { 0 }, ..Mark::default() };
        let forbidden = text.char_indices().find(|&(_, c)| is_forbidden(c)).map(|(at, _)| at);
        Self { text, mark, bytes: text.as_bytes(), window: mark.at, loaded: 0, ends: 0, forbidden }
    }

    /// The byte `ahead` of the position; 0 past the end.
    pub(super) fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.mark.at + ahead).copied().unwrap_or(0)
    }

    /// Makes sure that the window holds `count` characters from here on.
    pub(super) fn need(&mut self, count: usize) -> Result<(), Fault> {
        if self.loaded >= self.mark.at + 4 * count { Ok(()) } else { self.refill(count) }
    }

    fn refill(&mut self, count: usize) -> Result<(), Fault> {
        let ahead = self.text.get(self.mark.at..self.loaded.max(self.mark.at)).unwrap_or("");
        let mut unread = ahead.chars().take(count).count() + self.ends;
        if unread >= count {
            return Ok(());
        }
        self.window = self.mark.at;
        while unread < count {
            if self.loaded >= self.bytes.len() {
                self.ends += 1;
                break;
            }
            let mut end = (self.loaded + STEP).min(self.bytes.len());
            while !self.text.is_char_boundary(end) {
                end -= 1;
            }
            if let Some(at) = self.forbidden.filter(|&at| at < end) {
                return Err(Fault { at, message: "control characters are not allowed" });
            }
            let from = self.loaded.max(self.mark.at);
            unread += self.text.get(from..end).unwrap_or("").chars().count();
            self.loaded = end;
        }
        Ok(())
    }

    /// Whether upstream sees a byte order mark here.
    pub(super) fn at_byte_order_mark(&self) -> bool {
        self.mark.column == 0
            && self.bytes.get(self.window..).is_some_and(|rest| rest.starts_with(b"\xEF\xBB\xBF"))
    }

    /// Steps over one character.
    pub(super) fn skip(&mut self) {
        self.mark.index += 1;
        self.mark.column += 1;
        match self.peek(0) {
            0 => self.ends = self.ends.saturating_sub(1),
            byte => self.mark.at += width(byte),
        }
    }

    pub(super) fn skip_many(&mut self, count: usize) {
        for _ in 0..count {
            self.skip();
        }
    }

    /// Steps over one line break, if there is one, and says how it reads: `\n`, or itself for U+2028 and U+2029.
    pub(super) fn skip_break(&mut self) -> &'static str {
        let (bytes, chars, read) = match (self.peek(0), self.peek(1), self.peek(2)) {
            (b'\r', b'\n', _) => (2, 2, "\n"),
            (b'\r' | b'\n', ..) => (1, 1, "\n"),
            (0xC2, 0x85, _) => (2, 1, "\n"),
            (0xE2, 0x80, 0xA8) => (3, 1, "\u{2028}"),
            (0xE2, 0x80, 0xA9) => (3, 1, "\u{2029}"),
            _ => return "",
        };
        self.mark.at += bytes;
        self.mark.index += chars;
        self.mark.column = 0;
        self.mark.line += 1;
        read
    }

    pub(super) fn is_end(&self) -> bool {
        self.peek(0) == 0
    }

    pub(super) fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.peek(ahead), b' ' | b'\t')
    }

    pub(super) fn is_break(&self, ahead: usize) -> bool {
        match self.peek(ahead) {
            b'\r' | b'\n' => true,
            0xC2 => self.peek(ahead + 1) == 0x85,
            0xE2 => self.peek(ahead + 1) == 0x80 && matches!(self.peek(ahead + 2), 0xA8 | 0xA9),
            _ => false,
        }
    }

    pub(super) fn is_break_or_end(&self, ahead: usize) -> bool {
        self.peek(ahead) == 0 || self.is_break(ahead)
    }

    pub(super) fn is_blank_break_or_end(&self, ahead: usize) -> bool {
        self.is_blank(ahead) || self.is_break_or_end(ahead)
    }

    /// Letters, digits, `_` and `-`.
    pub(super) fn is_word(&self) -> bool {
        let byte = self.peek(0);
        byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
    }

    /// `---` or `...` at the beginning of a line, followed by nothing else.
    pub(super) fn at_document_indicator(&self) -> bool {
        self.mark.column == 0
            && matches!((self.peek(0), self.peek(1), self.peek(2)), (b'-', b'-', b'-') | (b'.', b'.', b'.'))
            && self.is_blank_break_or_end(3)
    }
}

fn width(byte: u8) -> usize {
    match byte {
        0..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

/// What `readerc.go` refuses as a control character.
fn is_forbidden(c: char) -> bool {
    !matches!(c,
        '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{A0}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}'
        | '\u{10000}'..='\u{10FFFF}')
}
