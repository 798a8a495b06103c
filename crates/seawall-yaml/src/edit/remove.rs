//! Taking out an entry or element.

use super::site::Site;
use super::value::Value;
use super::{Edit, EditError};
use crate::{NodeRef, Style};

/// The bytes of one entry or element.
#[derive(Clone, Copy)]
struct Part {
    start: usize,
    end: usize,
}

impl<'a> Site<'a> {
    pub(super) fn remove(&self, child: NodeRef<'a>) -> Result<Edit, EditError> {
        let (index, count) = self.position(child)?;
        if count == 1 && !self.has_merges() {
            return self.replace(&Value::read(if self.node.is_mapping() { "{}" } else { "[]" })?);
        }
        let parts = self.parts()?;
        let part =
            parts.get(index).ok_or(EditError::Unsupported("the value is not part of this collection"))?;
        let next = parts.get(index + 1);
        let before = index.checked_sub(1).and_then(|index| parts.get(index));
        if self.node.style() == Style::Flow {
            return Ok(match (next, before) {
                (Some(next), _) => self.edit(part.start, next.start, ""),
                (None, Some(before)) => self.edit(before.end, part.end, ""),
                (None, None) => self.edit(part.start, part.end, ""),
            });
        }
        let line = self.line_start(part.start);
        let end = self.line_end(part.end);
        if !self.slice(line, part.start).trim_matches(' ').is_empty() {
            // The first of `- a: 1`: the next one moves up to the dash.
            return match next {
                Some(next) => Ok(self.edit(part.start, next.start, "")),
                None => Err(EditError::Unsupported("the entry shares its line")),
            };
        }
        let rest = self.slice(end, self.text.len());
        let line_break = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
        if line_break > 0 {
            return Ok(self.edit(line, end + line_break, ""));
        }
        // The last line of the file has no end: the one before loses its own.
        let head = self.slice(0, line);
        let kept = head.strip_suffix("\r\n").or_else(|| head.strip_suffix('\n')).unwrap_or(head).len();
        Ok(self.edit(kept, end, ""))
    }

    /// The index of the entry whose value (or key) is `child`, and the number of entries.
    fn position(&self, child: NodeRef<'a>) -> Result<(usize, usize), EditError> {
        let missing = EditError::Unsupported("the value is not part of this collection");
        let found = if self.node.is_mapping() {
            let own: Vec<_> = self.node.entries().filter(|(key, _)| !key.is_copied()).collect();
            let index =
                own.iter().position(|(key, value)| key.id() == child.id() || value.id() == child.id());
            index.map(|index| (index, own.len()))
        } else {
            let index = self.node.items().position(|item| item.id() == child.id());
            index.map(|index| (index, self.node.count()))
        };
        found.ok_or(missing)
    }

    /// Whether merge keys add entries, so that the mapping is not empty without its own.
    fn has_merges(&self) -> bool {
        self.node.is_mapping() && self.node.entries().any(|(key, _)| key.is_copied())
    }

    /// The own entries or elements in order.
    fn parts(&self) -> Result<Vec<Part>, EditError> {
        if self.node.is_mapping() {
            let own = self.node.entries().filter(|(key, _)| !key.is_copied());
            return own
                .map(|(key, value)| {
                    if value.is_copied() {
                        return Err(EditError::Unsupported("an entry holds an alias"));
                    }
                    let end = value.span().end.max(key.span().end) as usize;
                    Ok(Part { start: key.span().start as usize, end })
                })
                .collect();
        }
        let mut parts: Vec<Part> = Vec::new();
        for item in self.node.items() {
            if item.is_copied() {
                return Err(EditError::Unsupported("an element is an alias"));
            }
            let span = item.span();
            let start = match (self.node.style(), parts.last()) {
                (Style::Flow, _) => span.start as usize,
                (_, None) => self.start(),
                (_, Some(before)) => self.next_dash(before.end),
            };
            parts.push(Part { start, end: span.end as usize });
        }
        Ok(parts)
    }

    /// The dash behind an element that ends at `end`: the first line that holds more than a comment.
    fn next_dash(&self, end: usize) -> usize {
        let mut at = self.line_end(end);
        for line in self.slice(at, self.text.len()).split_inclusive('\n') {
            let content = line.trim_start();
            if !content.is_empty() && !content.starts_with('#') {
                return at + (line.len() - content.len());
            }
            at += line.len();
        }
        end
    }
}
