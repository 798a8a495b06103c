//! One finding, or several that one edit fixes: its lines, related places, facts, and the fix as a diff.

use crate::edits;
use crate::names;
use crate::patch::PatchLine;
use crate::redact::mask;
use crate::shown::Sources;
use crate::style::{Paint, style};
use crate::view::{Block, View};
use crate::{Options, escape};
use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Renderer, Snippet};
use seawall_model::{FieldRef, Finding};
use std::io::{self, Write};

/// More related places and facts of one block than this are counted.
const MOST: usize = 6;

pub(super) fn write(
    view: &View<'_>,
    block: &Block,
    sources: &mut Sources,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let members: Vec<&Finding> = view.members(block).collect();
    let Some(&first) = members.first() else { return Ok(()) };
    let word = block.severity.as_str();
    let word = if block.unknown { format!("unknown({word})") } else { word.to_owned() };
    let level = Level::ERROR.with_name(word);
    let mut group = Group::with_title(level.primary_title(text(&first.message)).id(ids(&members)));
    let mut pieces = Pieces::default();
    pieces.places(&members, sources);
    for piece in &pieces.0 {
        group = group.element(piece.element());
    }
    for (name, message) in notes(view, &members) {
        group = group.element(Level::NOTE.with_name(name).message(message));
    }
    writeln!(out, "{}", renderer(view.options, block).render(&[group]))?;
    fix(&members, sources, paint, out)?;
    writeln!(out)
}

fn renderer(options: &Options, block: &Block) -> Renderer {
    let renderer = if options.color { Renderer::styled() } else { Renderer::plain() };
    // annotate-snippets cuts source lines to the terminal; excerpts are cut already, and wide text is kept.
    let renderer = renderer.term_width(options.width.max(140));
    if options.color { renderer.error(style(block.severity)) } else { renderer }
}

fn text(untrusted: &str) -> String {
    escape::line(&mask(untrusted)).into_owned()
}

fn ids(members: &[&Finding]) -> String {
    let mut ids: Vec<&str> = Vec::new();
    for finding in members {
        if !ids.contains(&finding.rule) {
            ids.push(finding.rule);
        }
    }
    ids.join(", ")
}

/// Source with marks.
struct Piece {
    file: String,
    text: String,
    line: usize,
    marks: Vec<(std::ops::Range<usize>, bool, String)>,
}

impl Piece {
    fn element(&self) -> Element<'_> {
        let annotations = self.marks.iter().map(|(span, primary, label)| -> Annotation<'_> {
            let kind = if *primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            let annotation = kind.span(span.clone());
            if label.is_empty() { annotation } else { annotation.label(label.as_str()) }
        });
        Snippet::source(self.text.as_str())
            .path(self.file.as_str())
            .line_start(self.line)
            .annotations(annotations)
            .into()
    }
}

#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn places(&mut self, members: &[&Finding], sources: &mut Sources) {
        let mut seen: Vec<(&FieldRef, String)> = Vec::new();
        for (index, finding) in members.iter().enumerate() {
            let label = missing(&finding.at);
            let same = |other: &(&FieldRef, String)| other.0.node == finding.at.node && other.1 == label;
            if !seen.iter().any(same) && seen.len() < MOST {
                self.mark(&finding.at, index == 0, label.clone(), sources);
                seen.push((&finding.at, label));
            }
        }
        for finding in members {
            for related in finding.related().iter().take(MOST) {
                self.mark(&related.at, false, text(&related.message), sources);
            }
        }
    }

    fn mark(&mut self, at: &FieldRef, primary: bool, label: String, sources: &mut Sources) {
        let Some(file) = names::file(&at.object) else { return };
        let (excerpt, span) = sources.excerpt(at, 0);
        let file = escape::line(file).into_owned();
        let line = excerpt.line as usize;
        let piece = self
            .0
            .iter_mut()
            .find(|piece| piece.line == line && piece.file == file && piece.text == excerpt.text);
        match piece {
            Some(piece) => piece.marks.push((span, primary, label)),
            None => {
                self.0.push(Piece { file, text: excerpt.text, line, marks: vec![(span, primary, label)] })
            }
        }
    }
}

/// `securityContext.privileged is not set`, for places that do not exist.
fn missing(at: &FieldRef) -> String {
    if at.missing.is_empty() {
        return String::new();
    }
    let keys: Vec<&str> = at.missing.keys().collect();
    text(&format!("no {} here", keys.join(".")))
}

/// The lines below the source: whose it is, what else, and why.
fn notes(view: &View<'_>, members: &[&Finding]) -> Vec<(&'static str, String)> {
    let Some(first) = members.first() else { return Vec::new() };
    let object = &first.at.object;
    let mut about = names::object(object);
    if let Some(container) = &first.container {
        about += &format!(", container {container}");
    }
    if names::namespace(object) == Some(seawall_model::UNSET_NAMESPACE) {
        about += ", namespace (unset)";
    }
    if first.at.is_by_shape() {
        about += ", judged by shape: its kind is not known, and this part of it looks like a pod template";
    }
    let mut notes = vec![("object", text(&about))];
    if names::file(object).is_none() {
        notes.push(("field", text(&first.at.field())));
        if let Some(template) = names::template(object) {
            notes.push(("rendered from", text(template)));
        }
        if let Some(command) = first.at.kubectl() {
            notes.push(("show it", text(&command)));
        }
        let managers = object.managers();
        if !managers.is_empty() {
            notes.push(("managed by", text(&managers.join(", "))));
        }
    }
    for finding in members.iter().skip(1) {
        if notes.iter().filter(|(name, _)| *name == "also").count() < MOST {
            notes.push(("also", text(&finding.message)));
        }
    }
    facts(members, &mut notes);
    copies(view, first, &mut notes);
    notes
}

fn facts(members: &[&Finding], notes: &mut Vec<(&'static str, String)>) {
    let mut facts: Vec<&str> = Vec::new();
    for fact in members.iter().flat_map(|finding| finding.evidence()) {
        if !facts.contains(&fact.as_str()) && facts.len() <= MOST {
            facts.push(fact);
        }
    }
    for fact in facts.iter().take(MOST) {
        notes.push(("because", text(fact)));
    }
    if facts.len() > MOST {
        notes.push(("because", "more facts are in -o json".to_owned()));
    }
    let related: usize = members.iter().map(|finding| finding.related().len().saturating_sub(MOST)).sum();
    if related > 0 {
        notes.push(("related", format!("{} in -o json", names::count(related, "more place"))));
    }
}

fn copies(view: &View<'_>, first: &Finding, notes: &mut Vec<(&'static str, String)>) {
    if let Some(copies) = view.copies(&first.at.object) {
        let mut places: Vec<String> =
            copies.places.iter().take(3).map(|place| format!("{}:{}", place.file, place.line)).collect();
        if copies.places.len() > places.len() {
            places.push(format!("{} more", copies.places.len() - places.len()));
        }
        notes.push(("same in", text(&places.join(", "))));
    }
}

fn fix(members: &[&Finding], sources: &mut Sources, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let mut described: Vec<&str> = Vec::new();
    for fix in members.iter().filter_map(|finding| finding.fix.as_deref()) {
        if !described.contains(&&*fix.description) {
            described.push(&fix.description);
            writeln!(out, "{}: {}", paint.bold(edits::label(fix)), text(&fix.description))?;
        }
    }
    if described.is_empty() {
        return Ok(());
    }
    let fixed: Vec<&Finding> = members.iter().copied().filter(|finding| finding.fix.is_some()).collect();
    let lines = sources.patch(&fixed);
    let width = lines.iter().map(|line| line.line).max().unwrap_or(0).to_string().len();
    for line in &lines {
        writeln!(out, "{}", patch_line(line, width, paint))?;
    }
    Ok(())
}

fn patch_line(line: &PatchLine, width: usize, paint: Paint) -> String {
    let sign = if line.added { '+' } else { '-' };
    let shown = format!("{:width$} {sign} {}", line.line, line.text);
    if line.added { paint.added(shown) } else { paint.removed(shown) }
}
