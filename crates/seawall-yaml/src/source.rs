//! The text a document was read from, and where a byte of it stands.

use std::sync::{Arc, OnceLock};

/// A position for people: line and column count from 1, columns in Unicode code points.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in code points, from 1.
    pub column: u32,
}

/// A piece of text with its name. Large files are read as several sources that share one name, each with the
/// byte and the line at which it starts in the whole file.
#[derive(Debug)]
pub struct Source {
    name: Arc<str>,
    text: Box<str>,
    base_byte: u64,
    base_line: u32,
    /// Made when the first place is asked for.
    lines: OnceLock<Box<Lines>>,
}

#[derive(Debug)]
struct Lines {
    /// Where each line starts.
    starts: Box<[u32]>,
    /// Code points before each block of [`BLOCK`] bytes; made when a line is longer than that.
    blocks: OnceLock<Box<[u32]>>,
}

/// In lines longer than this columns are not counted from the start of the line: a file of one line may hold any
/// number of places.
const BLOCK: usize = 4096;

impl Source {
    /// A whole text. `name` is what people see: the path as given, `-`, or `archive.tar/member.yaml`.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Box<str>>) -> Arc<Self> {
        Self::segment(name, text, 0, 0)
    }

    /// A part of a larger text that starts at byte `base_byte`, after `base_line` line ends.
    pub fn segment(
        name: impl Into<Arc<str>>,
        text: impl Into<Box<str>>,
        base_byte: u64,
        base_line: u32,
    ) -> Arc<Self> {
        Arc::new(Self { name: name.into(), text: text.into(), base_byte, base_line, lines: OnceLock::new() })
    }

    /// The name people see.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The shared form of [`Source::name`].
    pub fn shared_name(&self) -> &Arc<str> {
        &self.name
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The byte of the whole file at which this text starts.
    pub fn base_byte(&self) -> u64 {
        self.base_byte
    }

    /// The number of line ends of the whole file before this text.
    pub fn base_line(&self) -> u32 {
        self.base_line
    }

    /// Where byte `offset` of this text stands in the whole file. Offsets past the end give the end.
    pub fn place(&self, offset: u32) -> Place {
        let offset = (offset as usize).min(self.text.len());
        let lines = self.lines.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', self.text.as_bytes());
            let starts = std::iter::once(0).chain(ends.map(|at| at as u32 + 1)).collect();
            Box::new(Lines { starts, blocks: OnceLock::new() })
        });
        let line = lines.starts.partition_point(|&start| start as usize <= offset) - 1;
        let start = lines.starts[line] as usize;
        let column = if offset - start <= BLOCK {
            code_points(&self.text.as_bytes()[start..offset])
        } else {
            self.code_points_before(offset, lines) - self.code_points_before(start, lines)
        };
        Place { line: self.base_line + line as u32 + 1, column: column + 1 }
    }

    /// Code points that begin before byte `offset`.
    fn code_points_before(&self, offset: usize, lines: &Lines) -> u32 {
        let bytes = self.text.as_bytes();
        let blocks = lines.blocks.get_or_init(|| {
            let mut before = 0;
            bytes
                .chunks(BLOCK)
                .map(|block| {
                    let here = before;
                    before += code_points(block);
                    here
                })
                .chain(std::iter::once(0))
                .collect()
        });
        let full = offset / BLOCK;
        let Some(rest) = bytes.get(full * BLOCK..offset) else { return 0 };
        if rest.is_empty() && offset == bytes.len() && full > 0 {
            // The end of a text of whole blocks has no block of its own.
            return blocks[full - 1] + code_points(&bytes[(full - 1) * BLOCK..offset]);
        }
        blocks[full] + code_points(rest)
    }
}

fn code_points(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|&&b| b & 0xC0 != 0x80).count() as u32
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Source};

    #[test]
    fn columns_of_long_lines_are_those_of_counting() {
        let long = "aé漢👍".repeat(2 * BLOCK);
        let text = format!("é\n{long}\n{}", "x".repeat(BLOCK));
        let source = Source::new("x", text.clone());
        for (offset, _) in text.char_indices().step_by(97).chain([(text.len(), ' '), (4 * BLOCK, ' ')]) {
            let before = &text[..text.floor_char_boundary(offset)];
            let line = before.matches('\n').count() as u32 + 1;
            let column = before.rsplit('\n').next().unwrap().chars().count() as u32 + 1;
            let place = source.place(before.len() as u32);
            assert_eq!((place.line, place.column), (line, column), "{offset}");
        }
        let whole = Source::new("x", "x".repeat(2 * BLOCK));
        assert_eq!(whole.place(2 * BLOCK as u32).column, 2 * BLOCK as u32 + 1);
    }
}
