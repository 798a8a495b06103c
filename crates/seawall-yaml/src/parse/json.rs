//! One JSON value, as Go's `encoding/json` reads it: what kubectl does with text that starts with `{`.

use super::DEPTH;
use super::complete::Fault;
use super::key;
use super::tape::Tape;
use crate::{Kind, Span, Style};

/// Why there is no value.
pub(super) enum Failure {
    Syntax(Fault),
    /// The text is JSON, but holds a number that Go cannot represent; the value ends at the byte given.
    Number(Fault, usize),
}

/// An open object or array.
struct Open {
    node: usize,
    object: bool,
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    tape: Tape,
    open: Vec<Open>,
    number: Option<Fault>,
}

/// The first byte at or after `at` that is no JSON blank.
pub(super) fn skip_blanks(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count()
}

/// The value at `at`, where it starts and where it ends.
pub(super) fn value(text: &str, at: usize) -> Result<(Tape, usize, usize), Failure> {
    let start = skip_blanks(text, at);
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: start,
        tape: Tape::default(),
        open: Vec::new(),
        number: None,
    };
    reader.run().map_err(Failure::Syntax)?;
    match reader.number {
        Some(fault) => Err(Failure::Number(fault, reader.at)),
        None => Ok((reader.tape, start, reader.at)),
    }
}

impl Reader<'_> {
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn fault<T>(&self, message: &'static str) -> Result<T, Fault> {
        Err(Fault { at: self.at, message })
    }

    fn blanks(&mut self) {
        self.at = skip_blanks(self.text, self.at);
    }

    fn span(&self, start: usize) -> Span {
        Span { start: start as u32, end: self.at as u32 }
    }

    fn run(&mut self) -> Result<(), Fault> {
        loop {
            self.blanks();
            let opened = self.value()?;
            // After a value: go on in the innermost collection that still expects one.
            let mut first = opened;
            loop {
                let Some(&Open { node, object }) = self.open.last() else { return Ok(()) };
                self.blanks();
                let closing = if object { b'}' } else { b']' };
                if self.peek() == closing {
                    self.at += 1;
                    self.close(node, object);
                    first = false;
                    continue;
                }
                if !first {
                    if self.peek() != b',' {
                        return self.fault("expected a comma or closing bracket in JSON");
                    }
                    self.at += 1;
                    self.blanks();
                }
                if object {
                    self.key()?;
                }
                break;
            }
        }
    }

    fn close(&mut self, node: usize, object: bool) {
        self.open.pop();
        let end = self.at as u32;
        if let Some(node) = self.tape.nodes.get_mut(node) {
            node.end = end;
        }
        self.tape.close(node);
        if object {
            key::find_duplicates(&mut self.tape, node, self.text);
        }
    }

    fn key(&mut self) -> Result<(), Fault> {
        if self.peek() != b'"' {
            return self.fault("expected a key in quotes in JSON");
        }
        self.string()?;
        self.blanks();
        if self.peek() != b':' {
            return self.fault("expected a colon after a key in JSON");
        }
        self.at += 1;
        self.blanks();
        Ok(())
    }

    /// A scalar, or the beginning of a collection (true).
    fn value(&mut self) -> Result<bool, Fault> {
        let start = self.at;
        let word = match self.peek() {
            b'{' | b'[' => {
                let object = self.peek() == b'{';
                self.at += 1;
                let kind = if object { Kind::Mapping } else { Kind::Sequence };
                let node = self.tape.push(self.span(start), kind, Style::Flow, false);
                self.open.push(Open { node, object });
                if self.open.len() > DEPTH {
                    return self.fault("exceeded the maximum depth of 10000");
                }
                return Ok(true);
            }
            b'"' => {
                self.string()?;
                return Ok(false);
            }
            b'-' | b'0'..=b'9' => {
                self.number()?;
                return Ok(false);
            }
            b't' => ("true", Kind::True),
            b'f' => ("false", Kind::False),
            b'n' => ("null", Kind::Null),
            _ => return self.fault("expected a value in JSON"),
        };
        if !self.text.get(start..).is_some_and(|rest| rest.starts_with(word.0)) {
            return self.fault("expected a value in JSON");
        }
        self.at += word.0.len();
        self.tape.push(self.span(start), word.1, Style::Plain, false);
        Ok(false)
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        if self.at == start { self.fault("expected a digit in JSON") } else { Ok(()) }
    }

    fn number(&mut self) -> Result<(), Fault> {
        let start = self.at;
        let mut kind = Kind::Int;
        if self.peek() == b'-' {
            self.at += 1;
        }
        if self.peek() == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == b'.' {
            kind = Kind::Float;
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            kind = Kind::Float;
            self.at += 1;
            if matches!(self.peek(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or("");
        if kind == Kind::Int && text.parse::<u64>().is_err() && text.parse::<i64>().is_err() {
            kind = Kind::Float;
        }
        if kind == Kind::Float && !text.parse::<f64>().is_ok_and(f64::is_finite) {
            self.number.get_or_insert(Fault { at: start, message: "number out of range" });
        }
        self.tape.push(self.span(start), kind, Style::Plain, false);
        Ok(())
    }

    fn string(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        let mut owned: Option<String> = None;
        let mut from = self.at;
        loop {
            match self.bytes.get(self.at) {
                None | Some(0..=0x1F) => return self.fault("expected the end of a string in JSON"),
                Some(b'"') => break,
                Some(b'\\') => {
                    let text = owned.get_or_insert_with(String::new);
                    text.push_str(self.text.get(from..self.at).unwrap_or(""));
                    let c = self.escape()?;
                    owned.get_or_insert_with(String::new).push(c);
                    from = self.at;
                }
                Some(_) => self.at += 1,
            }
        }
        let tail = self.text.get(from..self.at).unwrap_or("");
        self.at += 1;
        self.tape.push(self.span(start), Kind::String, Style::DoubleQuoted, false);
        if let Some(mut text) = owned {
            text.push_str(tail);
            let number = self.tape.texts.keep(&text);
            self.tape.own(number);
        }
        Ok(())
    }

    /// One escape; halves of surrogate pairs that stand alone become U+FFFD, as in Go.
    fn escape(&mut self) -> Result<char, Fault> {
        self.at += 1;
        let c = match self.peek() {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{C}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let Some(first) = self.hex(self.at + 1) else {
                    return self.fault("expected four hexadecimal digits");
                };
                self.at += 5;
                if !(0xD800..0xDC00).contains(&first) {
                    return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                let low = (self.peek() == b'\\' && self.bytes.get(self.at + 1) == Some(&b'u'))
                    .then(|| self.hex(self.at + 2))
                    .flatten()
                    .filter(|low| (0xDC00..0xE000).contains(low));
                let Some(low) = low else { return Ok(char::REPLACEMENT_CHARACTER) };
                self.at += 6;
                let code = 0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            _ => return self.fault("unknown escape in JSON"),
        };
        self.at += 1;
        Ok(c)
    }

    fn hex(&self, at: usize) -> Option<u32> {
        let digits = self.bytes.get(at..at + 4)?;
        digits.iter().try_fold(0, |code, &byte| Some(code << 4 | char::from(byte).to_digit(16)?))
    }
}
