//! Directives, anchors, aliases and tags.

use super::Fault;
use super::reader::Mark;
use super::scanner::Scanner;
use super::token::{Token, TokenKind};

impl<'t> Scanner<'t> {
    fn skip_blanks(&mut self) -> Result<(), Fault> {
        self.reader.need(1)?;
        while self.reader.is_blank(0) {
            self.reader.skip();
            self.reader.need(1)?;
        }
        Ok(())
    }

    fn word(&mut self) -> Result<&'t str, Fault> {
        let start = self.reader.mark.at;
        self.reader.need(1)?;
        while self.reader.is_word() {
            self.reader.skip();
            self.reader.need(1)?;
        }
        Ok(self.reader.text.get(start..self.reader.mark.at).unwrap_or(""))
    }

    fn finish(&mut self, kind: TokenKind<'t>, start: Mark) {
        let end = self.reader.mark.at;
        self.push_token(Token { kind, start: start.at, end });
    }

    /// `%YAML` or `%TAG`, to the end of the line.
    pub(super) fn directive(&mut self) -> Result<(), Fault> {
        let start = self.reader.mark;
        self.reader.skip();
        let name = self.word()?;
        if name.is_empty() || !self.reader.is_blank_break_or_end(0) {
            return self.fault(start, "could not find expected directive name");
        }
        let kind = match name {
            "YAML" => {
                self.skip_blanks()?;
                let major = self.version_number(start)?;
                if self.reader.peek(0) != b'.' {
                    return self.fault(start, "did not find expected version number");
                }
                self.reader.skip();
                TokenKind::Version { major, minor: self.version_number(start)? }
            }
            "TAG" => {
                self.skip_blanks()?;
                let handle = self.tag_handle(start)?;
                if handle != "!" && !(handle.len() > 1 && handle.ends_with('!')) {
                    return self.fault(start, "did not find expected '!' of a tag directive");
                }
                self.reader.need(1)?;
                if !self.reader.is_blank(0) {
                    return self.fault(start, "did not find expected blank of a tag directive");
                }
                self.skip_blanks()?;
                let prefix = self.tag_uri("", start)?;
                self.reader.need(1)?;
                if !self.reader.is_blank_break_or_end(0) {
                    return self.fault(start, "did not find expected end of a tag directive");
                }
                TokenKind::TagDirective { handle, prefix }
            }
            _ => return self.fault(start, "found unknown directive name"),
        };
        self.finish(kind, start);
        self.end_of_line(start, "did not find expected end of a directive")
    }

    /// Blanks, a comment, and the line break.
    pub(super) fn end_of_line(&mut self, start: Mark, message: &'static str) -> Result<(), Fault> {
        self.skip_blanks()?;
        self.comment()?;
        if !self.reader.is_break_or_end(0) {
            return self.fault(start, message);
        }
        if self.reader.is_break(0) {
            self.reader.need(2)?;
            self.reader.skip_break();
        }
        Ok(())
    }

    fn version_number(&mut self, start: Mark) -> Result<u8, Fault> {
        self.reader.need(1)?;
        let (mut number, mut length) = (0_u8, 0);
        while self.reader.peek(0).is_ascii_digit() {
            length += 1;
            if length > 2 {
                return self.fault(start, "found too long a version number");
            }
            number = number * 10 + (self.reader.peek(0) - b'0');
            self.reader.skip();
            self.reader.need(1)?;
        }
        if length == 0 {
            return self.fault(start, "did not find expected version number");
        }
        Ok(number)
    }

    /// `&name` or `*name`.
    pub(super) fn anchor(&mut self) -> Result<(), Fault> {
        self.save_candidate()?;
        self.key_allowed = false;
        let start = self.reader.mark;
        let is_alias = self.reader.peek(0) == b'*';
        self.reader.skip();
        let name = self.word()?;
        let ends = self.reader.is_blank_break_or_end(0)
            || matches!(self.reader.peek(0), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if name.is_empty() || !ends {
            return self.fault(start, "did not find expected name of letters and digits");
        }
        self.finish(if is_alias { TokenKind::Alias(name) } else { TokenKind::Anchor(name) }, start);
        Ok(())
    }

    /// `!<uri>`, `!suffix`, `!!suffix` or `!handle!suffix`.
    pub(super) fn tag(&mut self) -> Result<(), Fault> {
        self.save_candidate()?;
        self.key_allowed = false;
        let start = self.reader.mark;
        self.reader.need(2)?;
        let (handle, suffix) = if self.reader.peek(1) == b'<' {
            self.reader.skip_many(2);
            let suffix = self.tag_uri("", start)?;
            if self.reader.peek(0) != b'>' {
                return self.fault(start, "did not find the expected '>' of a tag");
            }
            self.reader.skip();
            ("", suffix)
        } else {
            let handle = self.tag_handle(start)?;
            if handle.len() > 1 && handle.ends_with('!') {
                (handle, self.tag_uri("", start)?)
            } else {
                let suffix = self.tag_uri(handle, start)?;
                if suffix.is_empty() { ("", b"!".to_vec()) } else { ("!", suffix) }
            }
        };
        self.reader.need(1)?;
        if !self.reader.is_blank_break_or_end(0) {
            return self.fault(start, "did not find expected blank or line break after a tag");
        }
        self.finish(TokenKind::Tag { handle, suffix }, start);
        Ok(())
    }

    /// `!`, `!word` or `!word!`.
    fn tag_handle(&mut self, start: Mark) -> Result<&'t str, Fault> {
        self.reader.need(1)?;
        if self.reader.peek(0) != b'!' {
            return self.fault(start, "did not find expected '!'");
        }
        let from = self.reader.mark.at;
        self.reader.skip();
        self.word()?;
        if self.reader.peek(0) == b'!' {
            self.reader.skip();
        }
        Ok(self.reader.text.get(from..self.reader.mark.at).unwrap_or("!"))
    }

    /// The rest of a tag. `head` is what a handle turned out to be; its `!` is left out.
    fn tag_uri(&mut self, head: &str, start: Mark) -> Result<Vec<u8>, Fault> {
        let mut uri = head.as_bytes().get(1..).unwrap_or_default().to_vec();
        let mut found = !head.is_empty();
        self.reader.need(1)?;
        loop {
            match self.reader.peek(0) {
                b'%' => self.uri_escape(start, &mut uri)?,
                byte @ (b';' | b'/' | b'?' | b':' | b'@' | b'&' | b'=' | b'+' | b'$' | b',' | b'.' | b'!'
                | b'~' | b'*' | b'\'' | b'(' | b')' | b'[' | b']') => {
                    uri.push(byte);
                    self.reader.skip();
                }
                byte if self.reader.is_word() => {
                    uri.push(byte);
                    self.reader.skip();
                }
                _ => break,
            }
            self.reader.need(1)?;
            found = true;
        }
        if found { Ok(uri) } else { self.fault(start, "did not find expected tag") }
    }

    /// `%C3%A9`: the octets of one character.
    fn uri_escape(&mut self, start: Mark, uri: &mut Vec<u8>) -> Result<(), Fault> {
        let mut left = None;
        while left != Some(0) {
            self.reader.need(3)?;
            let digit = |ahead| char::from(self.reader.peek(ahead)).to_digit(16);
            let (b'%', Some(high), Some(low)) = (self.reader.peek(0), digit(1), digit(2)) else {
                return self.fault(start, "did not find expected escaped octet of a tag");
            };
            let octet = (high * 16 + low) as u8;
            left = Some(match left {
                Some(left) if octet & 0xC0 == 0x80 => left - 1,
                Some(_) => return self.fault(start, "found a wrong octet in a tag"),
                None => match octet {
                    0..0x80 => 0,
                    0xC0..0xE0 => 1,
                    0xE0..0xF0 => 2,
                    0xF0..0xF8 => 3,
                    _ => return self.fault(start, "found a wrong octet in a tag"),
                },
            });
            uri.push(octet);
            self.reader.skip_many(3);
        }
        Ok(())
    }
}
