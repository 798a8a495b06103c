//! A document under construction.

use crate::node::{MOST_NODES, Node, Texts};
use crate::{Kind, NodeId, Span, Style};

/// The nodes of one document and what belongs to them.
#[derive(Debug, Default)]
pub(super) struct Tape {
    pub(super) nodes: Vec<Node>,
    pub(super) texts: Texts,
    pub(super) comments: Vec<Span>,
    pub(super) duplicates: Vec<NodeId>,
    /// There were more than [`MOST_NODES`]: what is here is not the document.
    pub(super) full: bool,
}

impl Tape {
    pub(super) fn push(&mut self, span: Span, kind: Kind, style: Style, copied: bool) -> usize {
        let Span { start, end } = span;
        if self.nodes.len() >= MOST_NODES {
            self.full = true;
            return MOST_NODES - 1;
        }
        self.nodes.push(Node::new(start, end, kind, style, copied));
        self.nodes.len() - 1
    }

    /// Sets the size of a collection whose last descendant has been pushed.
    pub(super) fn close(&mut self, node: usize) {
        let size = (self.nodes.len() - node) as u32;
        if let Some(node) = self.nodes.get_mut(node) {
            node.set_size(size);
        }
    }

    /// Gives the node pushed last a text that differs from its bytes.
    pub(super) fn own(&mut self, text: usize) {
        let id = self.nodes.len().saturating_sub(1);
        if let Some(node) = self.nodes.last_mut() {
            node.set_owned();
        }
        self.texts.nodes.push((NodeId(id as u32), text as u32));
    }
}
