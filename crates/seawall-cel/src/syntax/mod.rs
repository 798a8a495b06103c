//! The syntax tree: an arena, so that copying and dropping never recurses.

pub(crate) mod lexer;
mod literal;
pub(crate) mod macros;
mod parser;
mod rules;

use std::sync::Arc;

pub(crate) use macros::Macros;
pub(crate) use parser::parse;

/// A node of a [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(pub(crate) u32);

/// What a literal holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    String(Arc<str>),
    Bytes(Arc<[u8]>),
}

/// One entry of a map literal.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: NodeId,
    pub(crate) value: NodeId,
    pub(crate) optional: bool,
}

/// One field of an object literal.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Where its colon stands.
    pub(crate) offset: u32,
    pub(crate) name: Arc<str>,
    pub(crate) value: NodeId,
    pub(crate) optional: bool,
}

/// What all macros over lists and maps become.
#[derive(Clone, Debug)]
pub(crate) struct Comprehension {
    pub(crate) range: NodeId,
    pub(crate) variable: Arc<str>,
    pub(crate) second_variable: Option<Arc<str>>,
    pub(crate) accumulator: Arc<str>,
    pub(crate) initial: NodeId,
    pub(crate) condition: NodeId,
    pub(crate) step: NodeId,
    pub(crate) result: NodeId,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// What could not be read; the parser has reported it.
    Unspecified,
    Literal(Literal),
    Identifier(Arc<str>),
    Select {
        operand: NodeId,
        field: Arc<str>,
        test: bool,
    },
    Call {
        function: Arc<str>,
        target: Option<NodeId>,
        arguments: Vec<NodeId>,
    },
    List {
        elements: Vec<NodeId>,
        optional: Vec<bool>,
    },
    Map(Vec<Entry>),
    Struct {
        name: Arc<str>,
        fields: Vec<Field>,
    },
    Comprehension(Box<Comprehension>),
}

/// A node and where it stands, in code points.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) offset: u32,
}

/// An expression.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
}

const NOTHING: &Node = &Node { kind: Kind::Unspecified, offset: 0 };

impl Tree {
    pub(crate) fn add(&mut self, kind: Kind, offset: u32) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node { kind, offset });
        id
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id.0 as usize).unwrap_or(NOTHING)
    }

    pub(crate) fn kind(&self, id: NodeId) -> &Kind {
        &self.node(id).kind
    }

    pub(crate) fn replace(&mut self, id: NodeId, kind: Kind) {
        if let Some(node) = self.nodes.get_mut(id.0 as usize) {
            node.kind = kind;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter()
    }

    /// The parts of a node, in the order in which cel-go visits them (`common/ast/navigable.go`).
    pub(crate) fn children(&self, id: NodeId) -> Vec<NodeId> {
        match self.kind(id) {
            Kind::Unspecified | Kind::Literal(_) | Kind::Identifier(_) => Vec::new(),
            Kind::Select { operand, .. } => vec![*operand],
            Kind::Call { target, arguments, .. } => target.iter().chain(arguments).copied().collect(),
            Kind::List { elements, .. } => elements.clone(),
            Kind::Map(entries) => entries.iter().flat_map(|entry| [entry.key, entry.value]).collect(),
            Kind::Struct { fields, .. } => fields.iter().map(|field| field.value).collect(),
            Kind::Comprehension(of) => {
                vec![of.range, of.initial, of.condition, of.step, of.result]
            }
        }
    }
}
