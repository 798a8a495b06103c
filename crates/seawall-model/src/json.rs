//! JSON text as Go's `encoding/json` scans it: is this JSON, and where does a number, a word, a space end?

/// Go's limit (`encoding/json` scanner, `maxNestingDepth`).
const MAX_DEPTH: usize = 10_000;

/// Whether the whole text is one JSON value. Linear, no recursion.
pub(crate) fn is_json(text: &str) -> bool {
    JsonCursor::new(text.as_bytes()).value_and_end().is_some()
}

/// A place in a JSON text. What moves it gives `None` where the text is no JSON; the place is then undefined.
#[derive(Clone, Debug)]
pub struct JsonCursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> JsonCursor<'a> {
    /// At the start of `bytes`, which need not be UTF-8.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes lie behind.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Goes back to a place where it was.
    pub fn rewind(&mut self, position: usize) {
        self.at = position.min(self.at);
    }

    /// Whether nothing is left.
    pub fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The next byte; `None` at the end.
    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Takes the next byte.
    pub fn next_byte(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Goes over white space.
    pub fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Goes over these bytes: `true`, `null`, the start of an escape.
    pub fn word(&mut self, word: &[u8]) -> Option<()> {
        self.bytes.get(self.at..)?.starts_with(word).then(|| self.at += word.len())
    }

    /// Goes over a number, which is given as written.
    pub fn number(&mut self) -> Option<&'a str> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        std::str::from_utf8(self.bytes.get(start..self.at)?).ok()
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    /// Goes over the four hexadecimal digits of an escape: their value.
    pub fn hex4(&mut self) -> Option<u32> {
        let mut value = 0;
        for _ in 0..4 {
            value = value << 4 | char::from(self.next_byte()?).to_digit(16)?;
        }
        Some(value)
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        self.space();
        (self.peek() == Some(wanted)).then(|| self.at += 1)
    }

    fn value_and_end(&mut self) -> Option<()> {
        let mut open: Vec<u8> = Vec::new();
        loop {
            self.space();
            let mut closed = false;
            match self.peek()? {
                start @ (b'{' | b'[') => {
                    self.at += 1;
                    if open.len() >= MAX_DEPTH {
                        return None;
                    }
                    let end = if start == b'{' { b'}' } else { b']' };
                    self.space();
                    if self.peek() == Some(end) {
                        self.at += 1;
                    } else {
                        open.push(end);
                        if end == b'}' {
                            self.key()?;
                        }
                        closed = true;
                    }
                }
                b'"' => self.string()?,
                b't' => self.word(b"true")?,
                b'f' => self.word(b"false")?,
                b'n' => self.word(b"null")?,
                _ => drop(self.number()?),
            }
            if closed {
                continue;
            }
            loop {
                self.space();
                let Some(&end) = open.last() else {
                    return self.is_at_end().then_some(());
                };
                match self.peek()? {
                    b',' => {
                        self.at += 1;
                        if end == b'}' {
                            self.key()?;
                        }
                        break;
                    }
                    byte if byte == end => {
                        self.at += 1;
                        open.pop();
                    }
                    _ => return None,
                }
            }
        }
    }

    fn key(&mut self) -> Option<()> {
        self.space();
        self.string()?;
        self.take(b':')
    }

    fn string(&mut self) -> Option<()> {
        (self.peek()? == b'"').then(|| self.at += 1)?;
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => return Some(()),
                b'\\' => {
                    let escape = self.peek()?;
                    self.at += 1;
                    match escape {
                        b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"' => {}
                        b'u' => drop(self.hex4()?),
                        _ => return None,
                    }
                }
                0..0x20 => return None,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_json;

    #[test]
    fn decides_as_go_does() {
        for text in ["{}", " {\"a\": [1, -0.5e+3, true, null, \"\\u00e9\\n\"]}\n", "[[],{}]", "0", "\"\""] {
            assert!(is_json(text), "{text}");
        }
        for text in [
            "",
            "{a: 1}",
            "{\"a\": 1,}",
            "[1 2]",
            "01",
            "{\"a\"}",
            "\"\t\"",
            "{} {}",
            "[",
            "tru",
            "-",
            "1.",
            "'a'",
        ] {
            assert!(!is_json(text), "{text}");
        }
        assert!(!is_json(&"[".repeat(20_000)));
        assert!(is_json(&format!("{}{}", "[".repeat(10_000), "]".repeat(10_000))));
        assert!(!is_json(&format!("{}{}", "[".repeat(10_001), "]".repeat(10_001))));
    }
}
