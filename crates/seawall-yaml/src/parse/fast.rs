//! The fast parser: the YAML that people write, in one pass from bytes to the tape.
//!
//! Block and flow collections, scalars of every style, comments, `\r\n`. It gives up (`None`) on all that needs more
//! or that upstream might refuse: anchors, aliases, tags, merge keys, directives, complex keys, tabs between tokens,
//! errors of every kind. The complete parser reads those documents, so that nothing is decided here but what is plain.

mod block;
mod block_scalar;
mod bytes;
mod flow;
mod lines;
mod quoted;

use super::resolve::{self, Scalar};
use super::tape::Tape;
use crate::{Kind, Span, Style};

/// Collections that may be open at once; deeper ones are rare and left to the complete parser.
const DEPTH: usize = 1000;
/// Bytes of a key at most: upstream wants its colon within 1024 characters.
const KEY: usize = 1000;

/// A block collection that is open.
#[derive(Clone, Copy, Debug)]
struct Level {
    column: usize,
    node: usize,
    mapping: bool,
    /// A sequence at the column of the mapping around it.
    indentless: bool,
    /// Where the hashes of its keys begin.
    hashes: usize,
}

/// A scalar as it was scanned.
#[derive(Clone, Copy, Debug)]
struct Scanned {
    start: usize,
    end: usize,
    style: Style,
    /// The number of its text, if that is not what stands in the source.
    owned: Option<usize>,
    /// Whether a colon ends it. The position is at the colon then, else behind the scalar.
    key: bool,
}

struct Fast<'s> {
    source: &'s str,
    bytes: &'s [u8],
    at: usize,
    tape: Tape,
    levels: Vec<Level>,
    hashes: Vec<u32>,
    /// A key or dash whose value has not been seen, by the byte behind it.
    pending: Option<usize>,
    /// Where the latest node ends.
    ended: usize,
}

/// Reads `start..end` of the source, or gives up. `lines`: the text is as the line reader ends it, so that a missing
/// last line break counts as present.
pub(super) fn parse(source: &str, start: usize, end: usize, lines: bool) -> Option<Tape> {
    let bytes = source.as_bytes().get(..end)?;
    let chunk = bytes.get(start..)?;
    if !bytes::is_plain(chunk) || (!lines && chunk.last() != Some(&b'\n')) {
        return None;
    }
    let at = if chunk.starts_with(b"\xEF\xBB\xBF") { start + 3 } else { start };
    let mut tape = Tape::default();
    tape.nodes.reserve(chunk.len() / 16 + 4);
    let (levels, hashes) = (Vec::with_capacity(32), Vec::with_capacity(64));
    let mut fast = Fast { source, bytes, at, tape, levels, hashes, pending: None, ended: start };
    fast.document()?;
    Some(fast.tape)
}

impl Fast<'_> {
    /// The byte at the position; a line break at the end.
    #[inline]
    fn here(&self) -> u8 {
        self.byte(self.at)
    }

    #[inline]
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    fn slice(&self, start: usize, end: usize) -> &str {
        self.source.get(start..end).unwrap_or("")
    }

    /// Whether a token ends before `at`.
    #[inline]
    fn ends_at(&self, at: usize) -> bool {
        matches!(self.byte(at), b' ' | b'\n' | b'\r')
    }

    /// Writes a scalar as a value.
    fn value(&mut self, scanned: Scanned) -> Option<()> {
        let kind = if scanned.style == Style::Plain {
            match scanned.owned.and_then(|number| self.tape.texts.get(number)) {
                Some(text) => plain_kind(text)?,
                None => plain_kind(self.source.get(scanned.start..scanned.end)?)?,
            }
        } else {
            Kind::String
        };
        self.push(scanned, kind);
        Some(())
    }

    fn push(&mut self, scanned: Scanned, kind: Kind) {
        let span = Span { start: scanned.start as u32, end: scanned.end as u32 };
        self.tape.push(span, kind, scanned.style, false);
        if let Some(number) = scanned.owned {
            self.tape.own(number);
        }
        self.ended = scanned.end;
    }

    /// Writes a scalar as a key of the innermost mapping.
    fn key(&mut self, mut scanned: Scanned) -> Option<()> {
        if self.at - scanned.start > KEY {
            return None;
        }
        if scanned.owned.is_none() {
            let inner = usize::from(scanned.style != Style::Plain);
            let text = self.bytes.get(scanned.start + inner..scanned.end - inner)?;
            if scanned.style == Style::Plain {
                match text.first().map_or(b'~', |first| *first) {
                    b'<' if text == b"<<" => return None,
                    first if resolve::may_resolve(first) => {
                        let text = self.source.get(scanned.start..scanned.end)?;
                        match resolve::plain(text) {
                            Scalar::String => {}
                            scalar => match super::key::text(scalar, text) {
                                super::key::KeyText::AsWritten => {}
                                super::key::KeyText::Made(made) => {
                                    scanned.owned = Some(self.tape.texts.keep(&made))
                                }
                                super::key::KeyText::Refused(_) => return None,
                            },
                        }
                    }
                    _ => {}
                }
            }
            if scanned.owned.is_none() {
                self.hashes.push(bytes::hash(text));
            }
        }
        if let Some(number) = scanned.owned {
            let hash = bytes::hash(self.tape.texts.get(number)?.as_bytes());
            self.hashes.push(hash);
        }
        self.push(scanned, Kind::String);
        Some(())
    }

    /// Notes the keys that a closed mapping holds twice; `hashes` are where its own begin.
    fn close_keys(&mut self, node: usize, hashes: usize) {
        if self.hashes.get(hashes..).is_some_and(bytes::has_repeats) {
            super::key::find_duplicates(&mut self.tape, node, self.source);
        }
        self.hashes.truncate(hashes);
    }
}

/// What a plain scalar is; infinities are left to the complete parser.
#[inline]
fn plain_kind(text: &str) -> Option<Kind> {
    match text.as_bytes().first() {
        Some(&first) if !resolve::may_resolve(first) => return Some(Kind::String),
        _ => {}
    }
    Some(match resolve::plain(text) {
        Scalar::Null => Kind::Null,
        Scalar::Bool(true) => Kind::True,
        Scalar::Bool(false) => Kind::False,
        Scalar::Int(_) | Scalar::Uint(_) => Kind::Int,
        Scalar::Float(value) if !value.is_finite() => return None,
        Scalar::Float(_) => Kind::Float,
        Scalar::String => Kind::String,
    })
}
