//! One text to documents: `YAMLReader` and `YAMLOrJSONDecoder` of `k8s.io/apimachinery/pkg/util/yaml`.

use super::json;
use super::tape::Tape;

/// Bytes that kubectl looks at to guess whether a stream is JSON.
const GUESS: usize = 4096;

/// One document, still unread if it is YAML.
pub(super) enum Piece {
    Yaml { start: usize, end: usize },
    Json { start: usize, end: usize, tape: Tape },
    Broken { at: usize, message: &'static str },
}

/// How the rest of the text is read.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Mode {
    Json {
        values: usize,
    },
    Yaml,
    /// An error in the next YAML document is reported where JSON failed.
    Done,
}

/// Iterator over the documents of a text.
pub(super) struct Stream<'a> {
    text: &'a str,
    at: usize,
    mode: Mode,
}

/// Whether the text begins with `{` after blanks, in the part that kubectl looks at.
pub(super) fn starts_as_json(text: &str) -> bool {
    let mut end = text.len().min(GUESS);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("").trim_start_matches(is_go_space).starts_with('{')
}

/// Go's `unicode.IsSpace`, which is Unicode's White_Space.
fn is_go_space(c: char) -> bool {
    c.is_whitespace()
}

impl<'a> Stream<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mode = if starts_as_json(text) { Mode::Json { values: 0 } } else { Mode::Yaml };
        Self { text, at: 0, mode }
    }

    fn next_json(&mut self, values: usize) -> Option<Piece> {
        let begin = json::skip_blanks(self.text, self.at);
        if begin == self.text.len() {
            self.mode = Mode::Done;
            return None;
        }
        match json::value(self.text, begin) {
            Ok((tape, start, end)) => {
                self.at = end;
                self.mode = Mode::Json { values: values + 1 };
                Some(Piece::Json { start, end, tape })
            }
            Err(json::Failure::Number(fault, end)) => {
                // The stream goes on; only the object cannot be decoded.
                self.at = end;
                self.mode = Mode::Json { values: values + 1 };
                Some(Piece::Broken { at: fault.at, message: fault.message })
            }
            Err(json::Failure::Syntax(fault)) => {
                let broken = Piece::Broken { at: fault.at, message: fault.message };
                // After two values there is no way back to YAML.
                match self.after_blanks().filter(|_| values <= 1) {
                    Some(at) => {
                        self.at = at;
                        self.mode = Mode::Yaml;
                        self.next_yaml()
                    }
                    None => {
                        self.mode = Mode::Done;
                        Some(broken)
                    }
                }
            }
        }
    }

    /// Where YAML goes on after JSON: behind blanks, up to and including the first line end. Upstream gives up where
    /// fewer than four bytes are left.
    fn after_blanks(&self) -> Option<usize> {
        let mut at = self.at;
        loop {
            if self.text.len() < at + 4 {
                return None;
            }
            let c = self.text.get(at..)?.chars().next()?;
            if c == char::REPLACEMENT_CHARACTER {
                return None;
            }
            if !is_go_space(c) {
                return Some(at);
            }
            at += c.len_utf8();
            if c == '\n' {
                return Some(at);
            }
        }
    }

    fn next_yaml(&mut self) -> Option<Piece> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut line = start;
        loop {
            let rest = bytes.get(line..).unwrap_or_default();
            if rest.starts_with(b"---") {
                let next = memchr::memchr(b'\n', rest).map_or(bytes.len(), |at| line + at + 1);
                let tail = self.text.get(line + 3..next).unwrap_or("").trim_matches(is_go_space);
                if !tail.is_empty() && !tail.starts_with('#') {
                    // Upstream loses the lines before, too.
                    self.at = next;
                    return Some(Piece::Broken { at: line, message: "invalid YAML document separator" });
                }
                if line > start {
                    self.at = next;
                    return Some(Piece::Yaml { start, end: line });
                }
            }
            match memchr::memmem::find(rest, b"\n---") {
                Some(found) => line += found + 1,
                None => break,
            }
        }
        self.at = bytes.len();
        self.mode = Mode::Done;
        (start < bytes.len()).then_some(Piece::Yaml { start, end: bytes.len() })
    }
}

impl Iterator for Stream<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        match self.mode {
            Mode::Json { values } => self.next_json(values),
            Mode::Yaml => self.next_yaml(),
            Mode::Done => None,
        }
    }
}
