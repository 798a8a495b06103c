//! Is this text JSON, as Go's `encoding/json` checks it before decoding?

/// Go's limit (`encoding/json` scanner, `maxNestingDepth`).
const MAX_DEPTH: usize = 10_000;

/// Whether the whole text is one JSON value. Linear, no recursion.
pub(super) fn is_json(text: &str) -> bool {
    Scanner { bytes: text.as_bytes(), at: 0 }.value_and_end().is_some()
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
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
                _ => self.number()?,
            }
            if closed {
                continue;
            }
            loop {
                self.space();
                let Some(&end) = open.last() else {
                    return (self.at == self.bytes.len()).then_some(());
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

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.bytes.get(self.at..)?.starts_with(word).then(|| self.at += word.len())
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
                        b'u' => {
                            let hex = self.bytes.get(self.at..self.at + 4)?;
                            hex.iter().all(u8::is_ascii_hexdigit).then(|| self.at += 4)?;
                        }
                        _ => return None,
                    }
                }
                0..0x20 => return None,
                _ => {}
            }
        }
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn number(&mut self) -> Option<()> {
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
        Some(())
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
