//! Excerpts and patches of findings, for the formats that show source.

use crate::excerpt::Excerpt;
use crate::patch::{self, PatchLine};
use crate::redact::Redaction;
use foldhash::HashMap;
use seawall_model::{FieldRef, Finding};
use seawall_yaml::{Document, Span};
use std::ops::Range;
use std::rc::Rc;

/// Knows the secrets of the documents shown so far.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    redactions: HashMap<*const Document, Rc<Redaction>>,
}

impl Sources {
    /// The secrets of a document, found once.
    pub(crate) fn redaction(&mut self, document: &Document) -> Rc<Redaction> {
        let entry = self.redactions.entry(std::ptr::from_ref(document));
        entry.or_insert_with(|| Rc::new(Redaction::of(document))).clone()
    }

    /// The lines around a place, and the part of them that the place is.
    pub(crate) fn excerpt(&mut self, at: &FieldRef, around: u32) -> (Excerpt, Range<usize>) {
        let document = at.object.document();
        let redaction = self.redaction(document);
        let span = first_line(document, at.span());
        let excerpt = Excerpt::new(document, &redaction, span, around);
        let shown = excerpt.shown(span);
        (excerpt, shown)
    }

    /// The lines that the fixes of `findings` change together.
    pub(crate) fn patch(&mut self, findings: &[&Finding]) -> Vec<PatchLine> {
        let Some(first) = findings.first() else { return Vec::new() };
        let redaction = self.redaction(first.at.object.document());
        patch::lines(findings.iter().copied(), &redaction)
    }
}

/// A place that is a whole document is shown by its first line.
fn first_line(document: &Document, span: Span) -> Span {
    let text = document.source().text();
    let bytes = text.as_bytes().get(span.start as usize..span.end as usize).unwrap_or(b"");
    let end = memchr::memchr2(b'\n', b'\r', bytes).map_or(span.end, |at| span.start + at as u32);
    Span { start: span.start, end }
}
