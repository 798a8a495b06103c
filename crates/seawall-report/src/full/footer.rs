//! The end: what could not be read, what was left out, what to do first, and the counts.

use super::header;
use crate::redact::mask;
use crate::style::Paint;
use crate::view::View;
use crate::{InputError, Skipped, escape, names};
use seawall_controls::find;
use seawall_model::{Outcome, Severity};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::sync::Arc;

/// More errors than this are counted.
const ERRORS: usize = 20;

/// Files of skipped documents that are named for each reason.
const SKIPPED: usize = 3;

/// Errors, skipped documents and notes.
pub(super) fn details(view: &View<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let result = view.result;
    let shown = if view.options.verbose { result.errors.len() } else { ERRORS };
    for error in result.errors.iter().take(shown) {
        writeln!(out, "{}", error_line(error, paint))?;
    }
    if result.errors.len() > shown {
        let more = names::count(result.errors.len() - shown, "more error");
        writeln!(out, "and {more}: -v shows them all")?;
    }
    skipped(view, paint, out)?;
    for note in result.version_note.iter().chain(&result.notes) {
        writeln!(out, "{} {}", paint.bold("note:"), escape::line(note))?;
    }
    let any = !result.errors.is_empty() || !result.skipped.is_empty() || !result.notes.is_empty();
    if any || result.version_note.is_some() { writeln!(out) } else { Ok(()) }
}

/// `deploy/broken.yaml:7:3: error: message`.
pub(super) fn error_line(error: &InputError, paint: Paint) -> String {
    let place = error.place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
    let message = mask(&error.message);
    format!(
        "{}{place}: {} {}",
        escape::line(&error.file),
        paint.severity(Severity::Critical, "error:"),
        escape::line(&message)
    )
}

fn skipped(view: &View<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let skipped = &view.result.skipped;
    if skipped.is_empty() {
        return Ok(());
    }
    if view.options.verbose {
        for one in skipped {
            writeln!(out, "{}", skipped_line(one))?;
        }
        return Ok(());
    }
    /// How many documents, in which files.
    type Count<'s> = (usize, BTreeSet<&'s str>);
    let mut reasons: BTreeMap<(&str, Option<&str>), Count<'_>> = BTreeMap::new();
    for one in skipped {
        let (count, files) = reasons.entry((&one.reason, one.hint.as_deref())).or_default();
        *count += 1;
        files.insert(&one.file);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    for ((reason, hint), (count, files)) in reasons {
        let hint = hint.map(|hint| format!("; {hint}")).unwrap_or_default();
        let documents = names::count(count, "document");
        writeln!(
            out,
            "{} {documents}: {}{}",
            paint.bold("skipped"),
            escape::line(reason),
            escape::line(&hint)
        )?;
        let named: Vec<_> = files.iter().take(SKIPPED).map(|file| escape::line(file)).collect();
        let more = if files.len() > SKIPPED {
            format!(" and {}; -v names all", names::count(files.len() - SKIPPED, "more file"))
        } else {
            String::new()
        };
        writeln!(out, "        {}{more}", named.join(", "))?;
    }
    Ok(())
}

fn skipped_line(one: &Skipped) -> String {
    let document = one.document.map(|number| format!(" (document {number})")).unwrap_or_default();
    let hint = one.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
    format!(
        "skipped {}{document}: {}{}",
        escape::line(&one.file),
        escape::line(&one.reason),
        escape::line(&hint)
    )
}

/// The three rules whose mending helps most.
pub(super) fn first_things(view: &View<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    // One edit mends a group: only its worst rule is named.
    let mut rules: Vec<(&'static str, Severity, usize, Arc<str>)> = Vec::new();
    for block in view.blocks.iter().filter(|block| !block.unknown) {
        let Some(finding) = view.first(block) else { continue };
        match rules.iter_mut().find(|(rule, ..)| *rule == finding.rule) {
            Some((_, severity, count, _)) => {
                *severity = (*severity).max(block.severity);
                *count += 1;
            }
            None => rules.push((finding.rule, block.severity, 1, finding.message.clone())),
        }
    }
    rules.retain(|&(_, severity, ..)| severity >= Severity::Medium);
    rules.sort_by_key(|&(_, severity, count, _)| std::cmp::Reverse((severity, count)));
    if rules.is_empty() {
        return Ok(());
    }
    let title = if rules.len() >= 3 { "Three things to do first" } else { "To do first" };
    writeln!(out, "{}", paint.bold(title))?;
    for (number, (rule, severity, count, message)) in rules.into_iter().take(3).enumerate() {
        let advice = find(rule).map(|control| first_sentence(control.mend)).filter(|text| !text.is_empty());
        let masked = mask(&message);
        let text = advice.map_or_else(|| escape::line(&masked).into_owned(), str::to_owned);
        writeln!(out, "  {}. {}", number + 1, text.replace('\n', " "))?;
        writeln!(
            out,
            "     {} {rule}, {} {}",
            paint.severity(severity, severity.as_str()),
            names::count(count, "place"),
            paint.dim(format!("(--select {rule} shows them)"))
        )?;
    }
    writeln!(out)?;
    // The header has scrolled away: its commands again, and the way back to it.
    header::commands(view, usize::MAX, paint, out)?;
    let command = paint.command(header::command(view, "--summary"));
    writeln!(out, "       {command}  {}\n", paint.dim("# the three worst objects alone"))
}

/// The text up to the first full stop that ends a sentence.
fn first_sentence(text: &str) -> &str {
    let end = [". ", ".\n"].iter().filter_map(|stop| text.find(stop)).min().map_or(text.len(), |at| at + 1);
    text.get(..end).unwrap_or(text).trim()
}

/// The last lines: how many findings, what is not shown, and whether the answer has holes.
pub(crate) fn counts(view: &View<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    match header::counts_line(view, paint) {
        Some(counts) => {
            writeln!(out, "{} {counts} in {}.", paint.bold("Found"), names::count(objects(view), "object"))?
        }
        None if view.result.complete => {
            writeln!(out, "{} {}", paint.bold("No problem found."), header::scanned(view))?
        }
        None => writeln!(out, "No problem found in what could be read. {}", header::scanned(view))?,
    }
    if view.hidden > 0 {
        let bar = view.options.severity.map_or("", Severity::as_str);
        writeln!(out, "{} below {bar} not shown.", names::count(view.hidden, "finding"))?;
    }
    if view.counts.suppressed > 0 {
        writeln!(out, "{} suppressed.", names::count(view.counts.suppressed, "finding"))?;
    }
    if !view.result.complete {
        let mut why = Vec::new();
        if !view.result.errors.is_empty() {
            why.push(format!("{} in the input", names::count(view.result.errors.len(), "error")));
        }
        if view.counts.unknown > 0 {
            why.push(format!("{} could not be decided", names::count(view.counts.unknown, "finding")));
        }
        let why = if why.is_empty() { "see above".to_owned() } else { why.join(", ") };
        writeln!(out, "{} {why}.", paint.bold("The answer is incomplete:"))?;
    }
    Ok(())
}

/// Objects with findings that count.
fn objects(view: &View<'_>) -> usize {
    let counted = view.result.findings.iter().filter(|finding| finding.suppressed.is_none());
    let mut objects: Vec<_> = counted
        .filter(|finding| matches!(finding.outcome, Outcome::Fail | Outcome::Unknown))
        .map(|finding| std::sync::Arc::as_ptr(&finding.at.object))
        .collect();
    objects.sort_unstable();
    objects.dedup();
    objects.len()
}
