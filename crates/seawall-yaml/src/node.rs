//! The tree: one flat array of 12-byte nodes in preorder. A mapping's children alternate key, value.

mod raw;

use crate::{Place, Source};
pub(crate) use raw::{MOST_NODES, Node, Texts, text_of};
use std::sync::{Arc, OnceLock};

/// A range of bytes in the text of the document's source.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// The number of a node in its document; 0 is the root.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct NodeId(pub u32);

/// What a value is after goyaml.v2 resolution.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[repr(u8)]
pub enum Kind {
    /// `null`, `~`, or nothing at all.
    Null,
    /// `true`.
    True,
    /// `false`.
    False,
    /// An integer of 64 bits, signed or not.
    Int,
    /// A number with a fraction or exponent, or too large for an integer.
    Float,
    /// A string.
    String,
    /// A mapping.
    Mapping,
    /// A sequence.
    Sequence,
}

/// How a node is written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[repr(u8)]
pub enum Style {
    /// A plain scalar.
    Plain,
    /// `'…'`.
    SingleQuoted,
    /// `"…"`.
    DoubleQuoted,
    /// `|`.
    Literal,
    /// `>`.
    Folded,
    /// A collection by indentation.
    Block,
    /// A collection in brackets or braces.
    Flow,
}

/// Set in [`Document::parents`] for keys. Documents of 64 MiB have fewer nodes than that.
const KEY: u32 = 1 << 31;

/// One document of a stream.
#[derive(Debug)]
pub struct Document {
    pub(crate) source: Arc<Source>,
    /// Number of the document in its stream, from 1, counted as Kubernetes' reader counts non-empty documents.
    pub(crate) number: u32,
    /// The bytes of the document, separators left out.
    pub(crate) span: Span,
    pub(crate) nodes: Box<[Node]>,
    /// Text of the nodes marked `owned`; most documents have none.
    pub(crate) texts: Option<Box<Texts>>,
    /// Every comment, `#` included, in order.
    pub(crate) comments: Box<[Span]>,
    /// Keys that stand in the same mapping twice: the later ones, which win.
    pub(crate) duplicates: Box<[NodeId]>,
    /// The parent of each node, with [`KEY`] set for keys; made when first asked for, as only places and edits look
    /// upwards.
    pub(crate) parents: OnceLock<Box<[u32]>>,
}

/// Nodes up to which a parent is looked for from the top, and no list of parents is kept.
const FEW: usize = 256;

impl Document {
    /// The parent of a node, with [`KEY`] set for keys; the root is its own. `None`: there is no such node.
    fn parent(&self, id: NodeId) -> Option<u32> {
        if self.nodes.len() > FEW {
            return self.parents().get(id.0 as usize).copied();
        }
        if id.0 as usize >= self.nodes.len() {
            return None;
        }
        let (mut parent, mut at, mut is_key) = (0, 1, true);
        while at <= id.0 {
            let mapping = self.nodes.get(parent as usize)?.kind() == Kind::Mapping;
            let size = self.nodes.get(at as usize)?.size().max(1);
            if at == id.0 {
                return Some(if mapping && is_key { parent | KEY } else { parent });
            }
            if id.0 < at + size {
                (parent, at, is_key) = (at, at + 1, true);
            } else {
                (at, is_key) = (at + size, !is_key);
            }
        }
        Some(0)
    }

    /// The parents of all nodes; the root is its own.
    fn parents(&self) -> &[u32] {
        self.parents.get_or_init(|| {
            let mut parents = Vec::with_capacity(self.nodes.len());
            // Parent, one past its last node, and for mappings whether the next child is a key.
            let mut open: Vec<(u32, u32, Option<bool>)> = Vec::new();
            for (id, node) in self.nodes.iter().enumerate() {
                let id = id as u32;
                while open.last().is_some_and(|&(_, end, _)| end <= id) {
                    open.pop();
                }
                parents.push(match open.last_mut() {
                    None => 0,
                    Some((parent, _, None)) => *parent,
                    Some((parent, _, Some(next_is_key))) => {
                        *next_is_key = !*next_is_key;
                        if *next_is_key { *parent } else { *parent | KEY }
                    }
                });
                if node.size() > 1 {
                    open.push((id, id + node.size(), (node.kind() == Kind::Mapping).then_some(true)));
                }
            }
            parents.into()
        })
    }

    /// A text that is no YAML, such as a PEM certificate: one string that is all of `source`.
    pub fn of_text(source: &Arc<Source>) -> Self {
        let end = source.text().len() as u32;
        let node = Node::new(0, end, Kind::String, Style::Plain, false);
        Self {
            source: Arc::clone(source),
            number: 1,
            span: Span { start: 0, end },
            nodes: Box::new([node]),
            texts: None,
            comments: Box::default(),
            duplicates: Box::default(),
            parents: OnceLock::new(),
        }
    }

    /// The text this was read from.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Number in the stream, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Where the document's bytes stand in its source.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The document's bytes.
    pub fn text(&self) -> &str {
        self.source.text().get(self.span.start as usize..self.span.end as usize).unwrap_or("")
    }

    /// The comments, each from `#` to the end of its line.
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// Keys repeated in one mapping (the later ones, whose values win as in Kubernetes' lenient decoder), sorted.
    pub fn duplicates(&self) -> &[NodeId] {
        &self.duplicates
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node; parsed documents have at least a null.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The top node.
    pub fn root(&self) -> NodeRef<'_> {
        self.node(NodeId(0))
    }

    /// A node by number. Numbers come from this document; others give the root.
    pub fn node(&self, id: NodeId) -> NodeRef<'_> {
        let id = if (id.0 as usize) < self.nodes.len() { id } else { NodeId(0) };
        NodeRef { document: self, id }
    }

    /// Approximate memory of the tree in bytes, the source's text left out.
    pub fn memory(&self) -> usize {
        std::mem::size_of_val(&*self.nodes)
            + std::mem::size_of_val(&*self.comments)
            + self.texts.as_deref().map_or(0, Texts::memory)
    }
}

/// A node together with its document.
#[derive(Clone, Copy)]
pub struct NodeRef<'a> {
    document: &'a Document,
    id: NodeId,
}

impl std::fmt::Debug for NodeRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NodeRef({} {:?} {:?})", self.id.0, self.kind(), self.span())
    }
}

impl<'a> NodeRef<'a> {
    fn raw(self) -> &'a Node {
        &self.document.nodes[self.id.0 as usize]
    }

    /// Its number.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// Its document.
    pub fn document(self) -> &'a Document {
        self.document
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        self.raw().kind()
    }

    /// How it is written.
    pub fn style(self) -> Style {
        self.raw().style()
    }

    /// Its bytes: quotes and brackets included; a block scalar from its `|` or `>`; an empty value is an empty
    /// span after the colon or dash. Nodes that an alias repeats have the bytes of the anchored original.
    pub fn span(self) -> Span {
        let raw = self.raw();
        Span { start: raw.start, end: raw.end }
    }

    /// Line and column of its first byte.
    pub fn place(self) -> Place {
        self.document.source.place(self.raw().start)
    }

    /// The collection it stands in; `None` for the root.
    pub fn parent(self) -> Option<NodeRef<'a>> {
        let parent = self.document.parent(self.id)? & !KEY;
        (self.id.0 > 0).then(|| self.document.node(NodeId(parent)))
    }

    /// Whether it is a key of a mapping.
    pub fn is_key(self) -> bool {
        self.document.parent(self.id).is_some_and(|parent| parent & KEY != 0)
    }

    /// The key whose value it is, if it is the value of a mapping. Keys are single nodes right before their values.
    pub fn key(self) -> Option<NodeRef<'a>> {
        self.parent().filter(|parent| parent.is_mapping() && !self.is_key())?;
        Some(self.document.node(NodeId(self.id.0 - 1)))
    }

    /// Number of nodes in its subtree.
    pub fn size(self) -> u32 {
        self.raw().size()
    }

    /// Whether it is `null` or missing.
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// Whether it is a mapping.
    pub fn is_mapping(self) -> bool {
        self.kind() == Kind::Mapping
    }

    /// Whether it is a sequence.
    pub fn is_sequence(self) -> bool {
        self.kind() == Kind::Sequence
    }

    /// The text of any scalar as it decodes (for numbers and booleans: as written); `""` for collections. Keys are
    /// strings always: `1`, `on` and `0x1F` as keys have the texts `1`, `true` and `31`.
    pub fn text(self) -> &'a str {
        let document = self.document;
        text_of(document.source.text(), &document.nodes, document.texts.as_deref(), self.id)
    }

    /// Whether the text was made of bytes by `!!binary`.
    pub(crate) fn is_binary(self) -> bool {
        self.raw().owned()
            && self.document.texts.as_deref().is_some_and(|texts| {
                texts.number(self.id).is_some_and(|number| texts.binary.binary_search(&number).is_ok())
            })
    }

    /// Whether an alias or a merge key repeats this node from another place.
    pub fn is_copied(self) -> bool {
        self.raw().copied()
    }

    /// The string, if it is one.
    pub fn as_str(self) -> Option<&'a str> {
        (self.kind() == Kind::String).then(|| self.text())
    }

    /// The boolean, if it is one (`yes`, `on` … count, as in Kubernetes).
    pub fn as_bool(self) -> Option<bool> {
        match self.kind() {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        }
    }

    /// The integer, if it is one and fits.
    pub fn as_i64(self) -> Option<i64> {
        (self.kind() == Kind::Int).then(|| crate::parse::resolve::integer(self.text())).flatten()
    }

    /// The number, if it is one.
    pub fn as_f64(self) -> Option<f64> {
        match self.kind() {
            Kind::Int | Kind::Float => crate::parse::resolve::float(self.text()),
            _ => None,
        }
    }

    /// The value of `key` if this is a mapping that has it; of several equal keys the last one.
    pub fn get(self, key: &str) -> Option<NodeRef<'a>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Key and value of `key`; of several equal keys the last one.
    pub fn entry(self, key: &str) -> Option<(NodeRef<'a>, NodeRef<'a>)> {
        if !self.is_mapping() {
            return None;
        }
        // The hottest loop of the program: every question about an object comes here. Keys are single nodes.
        let document = self.document;
        let first = self.id.0 + 1;
        let end = self.id.0 + self.raw().size();
        let inside = document.nodes.get(first as usize..end as usize)?;
        let bytes = document.source.text().as_bytes();
        let mut found = None;
        let mut at = 0;
        while let Some([name, value, ..]) = inside.get(at..) {
            let is_key = if name.is_plain() {
                // Nearly every key is plain: its bytes are compared without looking for character boundaries.
                // Most keys of equal length differ at once: that is seen without a call.
                (name.end - name.start) as usize == key.len()
                    && bytes.get(name.start as usize) == key.as_bytes().first()
                    && bytes.get(name.start as usize..name.end as usize) == Some(key.as_bytes())
            } else {
                NodeRef { document, id: NodeId(first + at as u32) }.text() == key
            };
            if is_key {
                found = Some(first + at as u32);
                if document.duplicates.is_empty() {
                    break;
                }
            }
            at += 1 + value.size().max(1) as usize;
        }
        let at = found?;
        Some((NodeRef { document, id: NodeId(at) }, NodeRef { document, id: NodeId(at + 1) }))
    }

    /// Keys and values in the order written, repeated keys included.
    pub fn entries(self) -> Entries<'a> {
        Entries { children: if self.is_mapping() { self.children() } else { self.none() } }
    }

    /// Elements of a sequence.
    pub fn items(self) -> Items<'a> {
        if self.is_sequence() { self.children() } else { self.none() }
    }

    /// Number of entries or elements.
    pub fn count(self) -> usize {
        if self.is_mapping() { self.entries().count() } else { self.items().count() }
    }

    fn children(self) -> Items<'a> {
        Items { document: self.document, next: self.id.0 + 1, end: self.id.0 + self.raw().size() }
    }

    fn none(self) -> Items<'a> {
        Items { document: self.document, next: 0, end: 0 }
    }

    /// Calls `step` for every key and index on the way from this node down to `target`, outermost first.
    /// `step` gets `(Some(key), 0)` for mappings and `(None, index)` for sequences. False if `target` is not below.
    pub fn path_to(self, target: NodeId, step: &mut dyn FnMut(Option<&'a str>, usize)) -> bool {
        let mut here = self;
        while here.id != target {
            let inside = |node: NodeRef<'_>| node.id.0 <= target.0 && target.0 < node.id.0 + node.size();
            if here.is_mapping() {
                let Some((key, value)) = here.entries().find(|&(key, value)| inside(key) || inside(value))
                else {
                    return false;
                };
                step(Some(key.text()), 0);
                here = if inside(key) { key } else { value };
            } else {
                let Some((index, item)) = here.items().enumerate().find(|&(_, item)| inside(item)) else {
                    return false;
                };
                step(None, index);
                here = item;
            }
        }
        true
    }
}

/// Iterator over elements.
#[derive(Clone)]
pub struct Items<'a> {
    document: &'a Document,
    next: u32,
    end: u32,
}

impl<'a> Iterator for Items<'a> {
    type Item = NodeRef<'a>;

    fn next(&mut self) -> Option<NodeRef<'a>> {
        if self.next >= self.end {
            return None;
        }
        let node = NodeRef { document: self.document, id: NodeId(self.next) };
        self.next += node.size().max(1);
        Some(node)
    }
}

/// Iterator over keys and values.
#[derive(Clone)]
pub struct Entries<'a> {
    children: Items<'a>,
}

impl<'a> Iterator for Entries<'a> {
    type Item = (NodeRef<'a>, NodeRef<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        Some((self.children.next()?, self.children.next()?))
    }
}
