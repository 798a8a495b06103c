//! A fix as the lines that it removes and adds, secrets masked.

use crate::edits;
use crate::escape::{is_hidden, push_hidden};
use crate::excerpt::{Excerpt, LONGEST_SPAN};
use crate::redact::Redaction;
use seawall_model::{Change, Finding};
use seawall_yaml::{Document, Edit, Span};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// One line of a diff.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct PatchLine {
    /// Whether the line is added; else it is removed.
    pub(crate) added: bool,
    /// Its number in the text before or after.
    pub(crate) line: u32,
    /// The text without line end.
    pub(crate) text: String,
}

/// Edits further apart than this many bytes are drawn apart.
const APART: u64 = 600;

/// The lines that the fixes of `findings`, which belong to one document, change together. Empty when there is
/// nothing to change mechanically, or too much to be drawn.
pub(crate) fn lines<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
    redaction: &Redaction,
) -> Vec<PatchLine> {
    let mut changes: Vec<&Change> = Vec::new();
    let mut document = None;
    for finding in findings {
        document.get_or_insert(finding.at.object.document());
        changes.extend(finding.fix.iter().flat_map(|fix| &fix.changes));
    }
    let Some(document) = document else { return Vec::new() };
    // The changes of a fix belong to the finding's document; others have no place in this text.
    changes.retain(|change| std::ptr::eq(&**change.at().object.document(), &**document));
    let mut edits = edits::plan(changes);
    edits.sort();
    edits.dedup();
    let mut out = Vec::new();
    let mut shift = 0;
    for part in edits.chunk_by(|one, next| next.start.saturating_sub(one.end) < APART) {
        part_lines(document, redaction, part, &mut shift, &mut out);
    }
    out
}

fn part_lines(
    document: &Document,
    redaction: &Redaction,
    edits: &[Edit],
    shift: &mut i64,
    out: &mut Vec<PatchLine>,
) {
    let base = document.source().base_byte();
    let local = |byte: u64| u32::try_from(byte.saturating_sub(base)).unwrap_or(u32::MAX);
    let (Some(first), Some(last)) = (edits.first(), edits.last()) else { return };
    let span = Span { start: local(first.start), end: local(last.end).max(local(first.start)) };
    if span.end - span.start > LONGEST_SPAN {
        return;
    }
    let excerpt = Excerpt::new(document, redaction, span, 1);
    let mut after = String::new();
    let mut at = 0;
    for edit in edits {
        let shown = excerpt.shown(Span { start: local(edit.start), end: local(edit.end) });
        after.push_str(excerpt.text.get(at..shown.start.max(at)).unwrap_or(""));
        push_visible(&mut after, &edit.text);
        at = shown.end.max(at);
    }
    after.push_str(excerpt.text.get(at..).unwrap_or(""));
    let old: Vec<&str> = excerpt.text.lines().collect();
    let new: Vec<&str> = after.lines().collect();
    let first = i64::from(excerpt.line);
    let number = |index: usize, shift: i64| u32::try_from(first + index as i64 + shift).unwrap_or(1);
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        for index in op.old_range() {
            out.extend(old.get(index).map(|text| line(false, number(index, 0), text)));
        }
        for index in op.new_range() {
            out.extend(new.get(index).map(|text| line(true, number(index, *shift), text)));
        }
    }
    *shift += new.len() as i64 - old.len() as i64;
}

fn line(added: bool, line: u32, text: &str) -> PatchLine {
    PatchLine { added, line, text: text.to_owned() }
}

fn push_visible(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\n' => out.push('\n'),
            '\r' => {}
            '\t' => out.push_str("    "),
            c if is_hidden(c) => push_hidden(out, c),
            c => out.push(c),
        }
    }
}
