//! The text of a new value, in the form its place needs.

use super::EditError;
use crate::parse::resolve::{self, Scalar};
use crate::{Document, Kind, NodeId, NodeRef, Source, Style, json};

/// How a value is laid out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shape {
    /// A scalar or brackets.
    Inline,
    /// `|` or `>`.
    BlockScalar,
    BlockMapping,
    BlockSequence,
}

/// A value that a caller gave as YAML.
pub(super) struct Value {
    /// Without blank lines around it, lines end in `\n`.
    pub(super) text: String,
    pub(super) shape: Shape,
    document: Document,
}

impl Value {
    pub(super) fn read(yaml: &str) -> Result<Self, EditError> {
        let text = yaml.trim_start_matches(['\n', '\r']).trim_end().replace("\r\n", "\n");
        // Ended by a line break, as the value will be where it is written.
        let document = crate::parse_one(&Source::new("value", format!("{text}\n")))
            .map_err(|_| EditError::Unsupported("the new value is no YAML"))?;
        let root = document.root();
        let shape = match (root.style(), root.kind()) {
            (Style::Block, Kind::Mapping) => Shape::BlockMapping,
            (Style::Block, _) => Shape::BlockSequence,
            (Style::Literal | Style::Folded, _) => Shape::BlockScalar,
            _ => Shape::Inline,
        };
        if !document.comments().is_empty() && shape == Shape::Inline {
            return Err(EditError::Unsupported("the new value has a comment"));
        }
        Ok(Self { text, shape, document })
    }

    /// Whether a comment behind the value would become part of it.
    pub(super) fn ends_in_block_scalar(&self) -> bool {
        let last = self.document.node(NodeId((self.document.len() as u32).saturating_sub(1)));
        matches!(last.style(), Style::Literal | Style::Folded)
    }

    /// Lines below a first line of any column: all but the first get `indent` blanks.
    pub(super) fn lines(text: &str, indent: usize, newline: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                out.push_str(newline);
                if !line.is_empty() {
                    out.extend(std::iter::repeat_n(' ', indent));
                }
            }
            out.push_str(line);
        }
        out
    }

    /// The value within brackets, on one line. `json`: nothing but JSON.
    pub(super) fn flow(&self, json: bool) -> String {
        let mut out = String::new();
        write_flow(self.document.root(), json, &mut out);
        out
    }

    /// `keys` around the value as an unindented block mapping. Sequences are indented by `dash` below their key.
    pub(super) fn below(&self, keys: &[&str], step: usize, dash: usize) -> String {
        let mut text = String::new();
        let mut shape = self.shape;
        for (number, key) in keys.iter().rev().enumerate() {
            let key = scalar(key);
            let inner = if number == 0 { &self.text } else { &text };
            text = match shape {
                Shape::Inline => format!("{key}: {}", Self::lines(inner, step, "\n")),
                Shape::BlockScalar => format!("{key}: {inner}"),
                Shape::BlockMapping => {
                    format!("{key}:\n{}{}", " ".repeat(step), Self::lines(inner, step, "\n"))
                }
                Shape::BlockSequence => {
                    format!("{key}:\n{}{}", " ".repeat(dash), Self::lines(inner, dash, "\n"))
                }
            };
            shape = Shape::BlockMapping;
        }
        text
    }

    /// `keys` around the value, within brackets.
    pub(super) fn flow_below(&self, keys: &[&str], json: bool) -> String {
        let mut text = self.flow(json);
        for (number, key) in keys.iter().rev().enumerate() {
            if number > 0 {
                text = format!("{{{text}}}");
            }
            text = format!("{}: {text}", if json { quoted(key) } else { scalar(key) });
        }
        text
    }
}

/// A string in quotes.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    json::write_string(text, &mut out);
    out
}

/// A string without quotes where that is safe anywhere.
pub(super) fn scalar(text: &str) -> String {
    let safe = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '/')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'-'))
        && resolve::plain(text) == Scalar::String;
    if safe { text.to_owned() } else { quoted(text) }
}

/// A part of the value that is still to be written.
enum Part<'a> {
    Node(NodeRef<'a>),
    Key(&'a str),
    Text(&'static str),
}

fn write_flow(root: NodeRef<'_>, json: bool, out: &mut String) {
    let mut parts = vec![Part::Node(root)];
    while let Some(part) = parts.pop() {
        let node = match part {
            Part::Text(text) => {
                out.push_str(text);
                continue;
            }
            Part::Key(key) => {
                out.push_str(&if json { quoted(key) } else { scalar(key) });
                out.push_str(": ");
                continue;
            }
            Part::Node(node) => node,
        };
        let first = parts.len() + 1;
        match node.kind() {
            Kind::Mapping => {
                parts.push(Part::Text("}"));
                for (key, value) in node.entries().collect::<Vec<_>>().into_iter().rev() {
                    parts.extend([Part::Node(value), Part::Key(key.text()), Part::Text(", ")]);
                }
                out.push('{');
            }
            Kind::Sequence => {
                parts.push(Part::Text("]"));
                for item in node.items().collect::<Vec<_>>().into_iter().rev() {
                    parts.extend([Part::Node(item), Part::Text(", ")]);
                }
                out.push('[');
            }
            Kind::String if !json => out.push_str(&scalar(node.text())),
            _ => node.write_json(out),
        }
        if parts.len() > first {
            // The separator before the first child.
            parts.pop();
        }
    }
}
