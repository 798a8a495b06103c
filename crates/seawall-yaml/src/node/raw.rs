//! What the tree keeps of each node, and the texts that are not the bytes of the source.

use super::{Kind, NodeId, Style};

/// One node in 12 bytes: there are a dozen for every line. `text` of scalars is the source's bytes unless it is
/// `owned`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Kind, style, `owned` and `copied` in the low eight bits, the size above them.
    word: u32,
}

/// Nodes of one document; more are refused. As many as a size can count, but in tests.
pub(crate) const MOST_NODES: usize = if cfg!(test) { 1 << 20 } else { (1 << (32 - SIZE)) - 1 };

const KINDS: [Kind; 8] = [
    Kind::Null,
    Kind::True,
    Kind::False,
    Kind::Int,
    Kind::Float,
    Kind::String,
    Kind::Mapping,
    Kind::Sequence,
];
const STYLES: [Style; 8] = [
    Style::Plain,
    Style::SingleQuoted,
    Style::DoubleQuoted,
    Style::Literal,
    Style::Folded,
    Style::Block,
    Style::Flow,
    Style::Flow,
];
const STYLE: u32 = 3;
const OWNED: u32 = 1 << 6;
const COPIED: u32 = 1 << 7;
const SIZE: u32 = 8;

impl Node {
    /// A node of its own.
    pub(crate) fn new(start: u32, end: u32, kind: Kind, style: Style, copied: bool) -> Self {
        let copied = if copied { COPIED } else { 0 };
        Self { start, end, word: 1 << SIZE | copied | (style as u32) << STYLE | kind as u32 }
    }

    pub(crate) fn kind(&self) -> Kind {
        KINDS[(self.word & 7) as usize]
    }

    pub(crate) fn style(&self) -> Style {
        STYLES[(self.word >> STYLE & 7) as usize]
    }

    /// Number of nodes of this subtree, this one included: the next sibling is `id + size`.
    pub(crate) fn size(&self) -> u32 {
        self.word >> SIZE
    }

    /// The text differs from the bytes (escapes, folding, aliases of another place): look in `Document::texts`.
    pub(crate) fn owned(&self) -> bool {
        self.word & OWNED != 0
    }

    /// Repeated here by an alias or merge key: the bytes are those of the original.
    pub(crate) fn copied(&self) -> bool {
        self.word & COPIED != 0
    }

    /// Whether the bytes are the text, without quotes.
    pub(crate) fn is_plain(&self) -> bool {
        self.word & (7 << STYLE | OWNED) == 0
    }

    pub(crate) fn set_size(&mut self, size: u32) {
        self.word = self.word & ((1 << SIZE) - 1) | size << SIZE;
    }

    pub(crate) fn set_owned(&mut self) {
        self.word |= OWNED;
    }

    pub(crate) fn set_copied(&mut self) {
        self.word |= COPIED;
    }
}

/// Texts that differ from the source's bytes.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    /// Which node has which text, sorted by node.
    pub(crate) nodes: Vec<(NodeId, u32)>,
    /// All texts, one behind the other, and where each ends.
    pub(crate) buffer: String,
    ends: Vec<u32>,
    /// Those that came from `!!binary`, where U+FFFD stands for bytes that are no text.
    pub(crate) binary: Vec<u32>,
}

impl Texts {
    /// Ends the text that has been written to the buffer; gives its number.
    pub(crate) fn finish(&mut self) -> usize {
        self.ends.push(self.buffer.len() as u32);
        self.ends.len() - 1
    }

    /// Keeps a text; gives its number.
    pub(crate) fn keep(&mut self, text: &str) -> usize {
        self.buffer.push_str(text);
        self.finish()
    }

    /// A text by number.
    pub(crate) fn get(&self, number: usize) -> Option<&str> {
        let start =
            number.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        self.buffer.get(start..*self.ends.get(number)? as usize)
    }

    /// As the document keeps them.
    pub(crate) fn boxed(self) -> Option<Box<Self>> {
        (!self.nodes.is_empty()).then(|| Box::new(self))
    }

    /// Approximate memory in bytes.
    pub(super) fn memory(&self) -> usize {
        self.nodes.len() * 8 + self.buffer.len() + self.ends.len() * 4
    }

    /// The number of a node's text.
    pub(super) fn number(&self, id: NodeId) -> Option<u32> {
        let at = self.nodes.binary_search_by_key(&id, |(node, _)| *node).ok()?;
        self.nodes.get(at).map(|(_, number)| *number)
    }
}

/// The text of a node, `""` for collections.
pub(crate) fn text_of<'a>(source: &'a str, nodes: &[Node], texts: Option<&'a Texts>, id: NodeId) -> &'a str {
    let Some(raw) = nodes.get(id.0 as usize) else { return "" };
    if raw.owned() {
        return texts.and_then(|texts| texts.get(texts.number(id)? as usize)).unwrap_or("");
    }
    let (start, end) = (raw.start as usize, raw.end as usize);
    match (raw.style(), raw.kind()) {
        (_, Kind::Mapping | Kind::Sequence) => "",
        (Style::Plain, _) => source.get(start..end).unwrap_or(""),
        (Style::SingleQuoted | Style::DoubleQuoted, _) => {
            source.get(start + 1..end.saturating_sub(1)).unwrap_or("")
        }
        _ => "",
    }
}
