//! Where a value stands: its parent, its line and the style around it.

use super::value::{Shape, Value};
use super::{Edit, EditError};
use crate::{Kind, NodeRef, Style};

/// How far the first line end is looked for, which says how the text ends its lines.
const FIRST_LINE: usize = 1 << 16;

/// What a node is to its parent.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role<'a> {
    Root,
    Key,
    /// The value of this key.
    Value(NodeRef<'a>),
    /// An element.
    Item,
}

/// A node with what an edit has to know about its surroundings. Offsets are of the source.
pub(super) struct Site<'a> {
    pub(super) node: NodeRef<'a>,
    pub(super) parent: Option<NodeRef<'a>>,
    pub(super) role: Role<'a>,
    /// Whether a collection around it is written in brackets.
    pub(super) in_flow: bool,
    pub(super) text: &'a str,
    pub(super) newline: &'static str,
}

impl<'a> Site<'a> {
    pub(super) fn of(node: NodeRef<'a>) -> Result<Self, EditError> {
        if node.is_copied() {
            return Err(EditError::Unsupported("the value comes from an alias or merge key"));
        }
        let document = node.document();
        let text = document.source().text();
        // A text that is one long line is not searched again for every edit.
        let head = text.as_bytes().get(..FIRST_LINE).unwrap_or(text.as_bytes());
        let end = memchr::memchr(b'\n', head).unwrap_or(0);
        let newline = if end > 0 && head.get(end - 1) == Some(&b'\r') { "\r\n" } else { "\n" };
        let role = match (node.parent(), node.key()) {
            (None, _) => Role::Root,
            (Some(_), Some(key)) => Role::Value(key),
            (Some(_), None) if node.is_key() => Role::Key,
            (Some(_), None) => Role::Item,
        };
        let in_flow = std::iter::successors(node.parent(), |parent| parent.parent())
            .any(|parent| parent.style() == Style::Flow);
        Ok(Site { node, parent: node.parent(), role, in_flow, text, newline })
    }

    pub(super) fn edit(&self, start: usize, end: usize, text: impl Into<String>) -> Edit {
        let base = self.node.document().source().base_byte();
        Edit { start: base + start as u64, end: base + end as u64, text: text.into() }
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or("")
    }

    /// The end of the line that `at` is on, its break left out.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let rest = self.slice(at, self.text.len());
        let line = rest.split('\n').next().unwrap_or("");
        at + line.strip_suffix('\r').unwrap_or(line).len()
    }

    pub(super) fn line_start(&self, at: usize) -> usize {
        self.slice(0, at).rfind('\n').map_or(0, |found| found + 1)
    }

    /// Characters before `at` on its line.
    pub(super) fn column(&self, at: usize) -> usize {
        self.slice(self.line_start(at), at).trim_start_matches('\u{FEFF}').chars().count()
    }

    pub(super) fn start(&self) -> usize {
        self.node.span().start as usize
    }

    pub(super) fn end(&self) -> usize {
        self.node.span().end as usize
    }

    /// Whether values must be JSON here.
    fn is_json(&self) -> bool {
        self.node.document().root().style() == Style::Flow
    }

    /// Blanks per level, as the document has them, and blanks before the dashes below a key.
    fn indentation(&self) -> (usize, usize) {
        let (mut step, mut dash) = (None, None);
        let document = self.node.document();
        // The nearest examples to the top decide; a document of other style further down is not searched for ever.
        for id in 0..document.len().min(2000) {
            let node = document.node(crate::NodeId(id as u32));
            if !node.is_mapping() || node.style() != Style::Block || node.is_copied() {
                continue;
            }
            let column = self.column(node.span().start as usize);
            for (_, value) in
                node.entries().filter(|(_, value)| value.style() == Style::Block && !value.is_copied())
            {
                let deeper = self.column(value.span().start as usize).saturating_sub(column);
                let slot = if value.is_mapping() { &mut step } else { &mut dash };
                slot.get_or_insert(deeper);
            }
            if step.is_some() && dash.is_some() {
                break;
            }
        }
        (step.filter(|&step| step > 0).unwrap_or(2), dash.unwrap_or(0))
    }

    pub(super) fn replace(&self, value: &Value) -> Result<Edit, EditError> {
        if self.in_flow {
            let text = value.flow(self.is_json());
            // `[a,]` and `{a: }`: an empty place needs a blank before its value.
            let space = if self.node.span().start == self.node.span().end { " " } else { "" };
            return Ok(self.edit(self.start(), self.end(), format!("{space}{text}")));
        }
        match self.role {
            Role::Root if self.is_json() && self.node.style() == Style::Flow => {
                Ok(self.edit(self.start(), self.end(), value.flow(true)))
            }
            Role::Root => {
                let column = self.column(self.start());
                if column > 0 && value.shape != Shape::Inline {
                    return Err(EditError::Unsupported("the document does not begin on a line of its own"));
                }
                self.in_place(value, 0, 0)
            }
            Role::Key => {
                if value.shape != Shape::Inline || value.text.contains('\n') {
                    return Err(EditError::Unsupported("a key must be a scalar on one line"));
                }
                Ok(self.edit(self.start(), self.end(), value.text.as_str()))
            }
            Role::Item => {
                let column = self.parent.map_or(0, |parent| self.column(parent.span().start as usize));
                if self.start() == self.end() {
                    let text =
                        Value::lines(&value.text, self.item_indent(value, column, column + 2), self.newline);
                    return Ok(self.with_comment(self.start(), format!(" {text}"), value));
                }
                let inner = self.column(self.start());
                self.in_place(value, column, inner)
            }
            Role::Value(key) => self.replace_value(key, value),
        }
    }

    fn item_indent(&self, value: &Value, outer: usize, inner: usize) -> usize {
        if value.shape == Shape::BlockScalar { outer } else { inner }
    }

    /// Writes over the node's bytes.
    fn in_place(&self, value: &Value, outer: usize, inner: usize) -> Result<Edit, EditError> {
        let text = Value::lines(&value.text, self.item_indent(value, outer, inner), self.newline);
        Ok(self.with_comment(self.start(), text, value))
    }

    /// Writes `text` from `start` to the node's end. A comment behind the node follows the first line of the text where
    /// it would become part of the value at the end, or belonged to a scalar that is now a collection.
    fn with_comment(&self, start: usize, text: String, value: &Value) -> Edit {
        let line_end = self.line_end(self.end());
        let comment = self.slice(self.end(), line_end).trim_end();
        let is_block = matches!(value.shape, Shape::BlockMapping | Shape::BlockSequence);
        let moves = value.ends_in_block_scalar() || (is_block && self.node.style() != Style::Block);
        match text.find('\n') {
            Some(at) if moves && !comment.is_empty() => {
                let at = if text.get(..at).is_some_and(|line| line.ends_with('\r')) { at - 1 } else { at };
                let (first, rest) = text.split_at_checked(at).unwrap_or((&text, ""));
                self.edit(start, line_end, format!("{first}{comment}{rest}"))
            }
            _ => self.edit(start, self.end(), text),
        }
    }

    /// Just behind the colon of a key.
    fn behind_colon(&self, key: NodeRef<'_>) -> Result<usize, EditError> {
        let end = key.span().end as usize;
        let rest = self.slice(end, self.text.len());
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if rest.as_bytes().get(blanks) == Some(&b':') {
            return Ok(end + blanks + 1);
        }
        Err(EditError::Unsupported("the key has no colon on its line"))
    }

    fn replace_value(&self, key: NodeRef<'a>, value: &Value) -> Result<Edit, EditError> {
        if key.is_copied() {
            return Err(EditError::Unsupported("the key comes from an alias"));
        }
        let colon = self.behind_colon(key)?;
        let column = self.column(key.span().start as usize);
        let gap = self.slice(colon, self.start());
        let is_block = matches!(value.shape, Shape::BlockMapping | Shape::BlockSequence);
        let same_kind = self.node.style() == Style::Block
            && self.node.is_mapping() == (value.shape == Shape::BlockMapping)
            && is_block;
        if same_kind {
            let text = Value::lines(&value.text, self.column(self.start()), self.newline);
            return Ok(self.with_comment(self.start(), text, value));
        }
        if gap.contains('\n') && gap.lines().any(|line| line.trim_start().starts_with(['&', '!'])) {
            return Err(EditError::Unsupported("the value has an anchor or tag"));
        }
        if is_block {
            let (step, dash) = self.indentation();
            let indent = column + if value.shape == Shape::BlockMapping { step } else { dash };
            let text = Value::lines(&value.text, indent, self.newline);
            let blanks = " ".repeat(indent);
            if let Some(last) = gap.rfind('\n') {
                let kept = gap.get(..=last).unwrap_or("");
                return Ok(self.with_comment(colon, format!("{kept}{blanks}{text}"), value));
            }
            if !gap.trim().is_empty() {
                return Err(EditError::Unsupported("the value has an anchor or tag"));
            }
            let line_end = self.line_end(self.end());
            let comment = self.slice(self.end(), line_end).trim_end();
            return Ok(self.edit(colon, line_end, format!("{comment}{}{blanks}{text}", self.newline)));
        }
        let indent = if value.shape == Shape::BlockScalar { column } else { column + 2 };
        let text = Value::lines(&value.text, indent, self.newline);
        let Some(first) = gap.find('\n') else {
            let space = if gap.is_empty() { " " } else { "" };
            return Ok(self.with_comment(self.start(), format!("{space}{text}"), value));
        };
        // The old value began on a later line: its comments stay, behind and below the new one.
        let (behind, below) = gap.split_at_checked(first).unwrap_or((gap, ""));
        let (behind, below) = (behind.trim_end(), below.trim_end());
        let (line, rest) = match text.split_once(self.newline) {
            Some((line, rest)) => (line, format!("{}{rest}", self.newline)),
            None => (text.as_str(), String::new()),
        };
        let below = if value.shape == Shape::BlockScalar { "" } else { below };
        Ok(self.with_comment(colon, format!(" {line}{behind}{rest}{below}"), value))
    }

    /// Adds `keys` around `value` to this mapping, or makes it a mapping if it is null.
    pub(super) fn insert(&self, keys: &[&str], value: &Value) -> Result<Edit, EditError> {
        let empty = self.node.is_null() || self.node.count() == 0;
        if self.in_flow || (self.is_json() && self.node.style() == Style::Flow) {
            let text = value.flow_below(keys, self.is_json());
            if self.node.is_null() {
                return Ok(self.edit(self.start(), self.end(), format!(" {{{text}}}")));
            }
            return self.insert_flow(&text);
        }
        let (step, dash) = self.indentation();
        if empty
            && (self.node.style() == Style::Flow || self.node.is_null())
            && self.node.style() != Style::Block
        {
            return self.replace(&Value::read(&value.below(keys, step, dash))?);
        }
        if self.node.style() == Style::Flow {
            return self.insert_flow(&value.flow_below(keys, false));
        }
        let column = self.column(self.start());
        let text = Value::lines(&value.below(keys, step, dash), column, self.newline);
        let at = self.line_end(self.end());
        Ok(self.edit(at, at, format!("{}{}{text}", self.newline, " ".repeat(column))))
    }

    /// Adds a last entry to a collection in brackets.
    fn insert_flow(&self, text: &str) -> Result<Edit, EditError> {
        let inner_end = self.end().saturating_sub(1);
        if !matches!(self.slice(inner_end, self.end()), "}" | "]") {
            return Err(EditError::Unsupported("the collection has no closing bracket"));
        }
        let children: Vec<NodeRef<'_>> = if self.node.is_mapping() {
            self.node.entries().flat_map(|(key, value)| [key, value]).collect()
        } else {
            self.node.items().collect()
        };
        if children.iter().any(|child| child.is_copied()) {
            return Err(EditError::Unsupported("the collection holds an alias"));
        }
        let Some(last) = children.last() else {
            return Ok(self.edit(self.start() + 1, inner_end, text));
        };
        let end = last.span().end as usize;
        let first_of_last = if self.node.is_mapping() { children.iter().rev().nth(1) } else { Some(last) };
        let at = first_of_last.map_or(end, |node| node.span().start as usize);
        // Only the blanks are walked back, not the line: it may be the whole file.
        let before = self.slice(0, at);
        let blanks = self.slice(before.trim_end_matches([' ', '\t']).len(), at);
        let line = at - blanks.len();
        let own_line = line > self.start() && before.as_bytes().get(line - 1) == Some(&b'\n');
        let space = if own_line { format!("{}{blanks}", self.newline) } else { " ".into() };
        // A comma that ends the list already is passed over.
        let tail = self.slice(end, inner_end);
        let comma = tail.trim_start().starts_with(',');
        let at = if comma { end + tail.find(',').map_or(0, |found| found + 1) } else { end };
        Ok(self.edit(at, at, if comma { format!("{space}{text}") } else { format!(",{space}{text}") }))
    }

    pub(super) fn append(&self, value: &Value) -> Result<Edit, EditError> {
        let is_flow = self.in_flow || (self.is_json() && self.node.style() == Style::Flow);
        match self.node.kind() {
            Kind::Null => {
                let text = if is_flow {
                    return Ok(self.edit(
                        self.start(),
                        self.end(),
                        format!(" [{}]", value.flow(self.is_json())),
                    ));
                } else {
                    format!("- {}", Self::item(value, 0, "\n"))
                };
                self.replace(&Value::read(&text)?)
            }
            Kind::Sequence if self.node.style() == Style::Flow => {
                let block =
                    matches!(value.shape, Shape::BlockMapping | Shape::BlockSequence | Shape::BlockScalar);
                if !is_flow && self.node.count() == 0 && block {
                    return self.replace(&Value::read(&format!("- {}", Self::item(value, 0, "\n")))?);
                }
                self.insert_flow(&value.flow(self.is_json()))
            }
            Kind::Sequence => {
                let column = self.column(self.start());
                let at = self.line_end(self.end());
                let text = Self::item(value, column, self.newline);
                Ok(self.edit(at, at, format!("{}{}- {text}", self.newline, " ".repeat(column))))
            }
            _ => Err(EditError::Unsupported("not a sequence")),
        }
    }

    /// The text behind a dash at `column`.
    fn item(value: &Value, column: usize, newline: &str) -> String {
        let indent = if value.shape == Shape::BlockScalar { column } else { column + 2 };
        Value::lines(&value.text, indent, newline)
    }
}
