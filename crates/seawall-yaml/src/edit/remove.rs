//! Taking out an entry or element.

use super::site::Site;
use super::value::Value;
use super::{Edit, EditError};
use crate::{NodeRef, Style};

/// An entry between its neighbours.
struct Around {
    before: Option<Part>,
    part: Part,
    next: Option<Part>,
    /// How many entries there are, counted up to the one behind `next`.
    count: usize,
}

/// The bytes of one entry or element.
#[derive(Clone, Copy)]
struct Part {
    start: usize,
    end: usize,
}

impl<'a> Site<'a> {
    pub(super) fn remove(&self, child: NodeRef<'a>) -> Result<Edit, EditError> {
        let around = self.around(child)?;
        if around.count == 1 && !self.has_merges() {
            return self.replace(&Value::read(if self.node.is_mapping() { "{}" } else { "[]" })?);
        }
        let Around { before, part, next, .. } = around;
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

    /// The entry whose value (or key) is `child`, between its neighbours. Only these are looked at closely: a list
    /// may have very many elements, and an edit for each.
    fn around(&self, child: NodeRef<'a>) -> Result<Around, EditError> {
        let mut before: Option<(NodeRef<'a>, NodeRef<'a>)> = None;
        let mut found = None;
        let mut next = None;
        let mut count = 0;
        for (key, value) in self.own_entries() {
            count += 1;
            match found {
                None if key.id() == child.id() || value.id() == child.id() => found = Some((key, value)),
                None => before = Some((key, value)),
                Some(_) if next.is_none() => next = Some((key, value)),
                // Whether there is one entry or more is all that counts.
                Some(_) => break,
            }
        }
        let (key, value) = found.ok_or(EditError::Unsupported("the value is not part of this collection"))?;
        let before = before.map(|(key, value)| self.part(None, key, value)).transpose()?;
        let part = self.part(before, key, value)?;
        let next = next.map(|(key, value)| self.part(Some(part), key, value)).transpose()?;
        Ok(Around { before, part, next, count })
    }

    /// The entries that are not merged in; an element stands for its key, too.
    fn own_entries(&self) -> impl Iterator<Item = (NodeRef<'a>, NodeRef<'a>)> {
        let entries = self.node.entries().filter(|(key, _)| !key.is_copied());
        entries.chain(self.node.items().map(|item| (item, item)))
    }

    /// The bytes of an entry, or of an element with its dash.
    fn part(&self, before: Option<Part>, key: NodeRef<'a>, value: NodeRef<'a>) -> Result<Part, EditError> {
        if value.is_copied() {
            return Err(EditError::Unsupported("an entry is an alias"));
        }
        let end = value.span().end.max(key.span().end) as usize;
        let start = match (self.node.is_mapping(), self.node.style(), before) {
            (false, Style::Block, None) => self.start(),
            (false, Style::Block, Some(before)) => self.next_dash(before.end),
            _ => key.span().start as usize,
        };
        Ok(Part { start, end })
    }

    /// Whether merge keys add entries, so that the mapping is not empty without its own.
    fn has_merges(&self) -> bool {
        self.node.is_mapping() && self.node.entries().any(|(key, _)| key.is_copied())
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
