//! The tree as written: aliases, tags and merge keys not yet resolved.

use crate::Style;
use crate::parse::resolve::Tag;
use std::borrow::Cow;

/// What a raw node is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum RawKind {
    Scalar,
    Mapping,
    Sequence,
    Alias,
}

/// One raw node, in preorder.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw {
    pub(super) kind: RawKind,
    pub(super) style: Style,
    pub(super) tag: Tag,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Nodes of the subtree, itself included.
    pub(super) size: usize,
    /// Scalars: number of the text. Aliases: the node meant.
    pub(super) reference: usize,
}

/// Raw nodes of one document, each with its text some 64 bytes; more are refused.
pub(crate) const MOST_RAW: usize = if cfg!(test) { 400_000 } else { 4_000_000 };

/// A document as written.
#[derive(Debug, Default)]
pub(super) struct RawTree<'t> {
    pub(super) nodes: Vec<Raw>,
    pub(super) texts: Vec<Cow<'t, str>>,
    pub(super) comments: Vec<(usize, usize)>,
    /// There were more than [`MOST_RAW`] nodes: what is here is not the document.
    pub(super) full: bool,
}
