//! The pieces between scanner and parser.

use crate::Style;
use std::borrow::Cow;

/// One token and the bytes it stands on.
#[derive(Clone, Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: TokenKind<'t>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The token alphabet of libyaml.
#[derive(Clone, Debug)]
pub(super) enum TokenKind<'t> {
    StreamEnd,
    Version { major: u8, minor: u8 },
    TagDirective { handle: &'t str, prefix: Vec<u8> },
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'t str),
    Anchor(&'t str),
    Tag { handle: &'t str, suffix: Vec<u8> },
    Scalar { text: Cow<'t, str>, style: Style },
}

/// Builds the text of a scalar; as long as its pieces are neighbours in the source nothing is copied.
pub(super) struct Pieces<'t> {
    source: &'t str,
    start: usize,
    end: usize,
    owned: Option<String>,
}

impl<'t> Pieces<'t> {
    pub(super) fn new(source: &'t str) -> Self {
        Self { source, start: 0, end: 0, owned: None }
    }

    /// Adds `start..end` of the source.
    pub(super) fn range(&mut self, start: usize, end: usize) {
        if start == end {
            return;
        }
        if self.owned.is_none() {
            if self.start == self.end {
                (self.start, self.end) = (start, end);
                return;
            }
            if self.end == start {
                self.end = end;
                return;
            }
        }
        let source = self.source;
        self.owned().push_str(source.get(start..end).unwrap_or(""));
    }

    /// Adds text that does not stand in the source.
    pub(super) fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.owned().push_str(text);
        }
    }

    fn owned(&mut self) -> &mut String {
        let (source, start, end) = (self.source, self.start, self.end);
        self.owned.get_or_insert_with(|| source.get(start..end).unwrap_or("").to_owned())
    }

    pub(super) fn finish(self) -> Cow<'t, str> {
        match self.owned {
            Some(text) => Cow::Owned(text),
            None => Cow::Borrowed(self.source.get(self.start..self.end).unwrap_or("")),
        }
    }
}
