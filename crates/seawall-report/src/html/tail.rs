//! The bottom of the page: requirements, the rules that fired, and what is missing from the answer.

use crate::escape::{Html, HtmlMessage};
use crate::framework::Verdict;
use crate::redact::mask;
use crate::view::View;
use crate::{Framework, names};
use seawall_controls::{Control, find};
use std::io::{self, Write};

/// Every requirement with its verdict.
pub(super) fn framework(view: &View<'_>, framework: &Framework, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<h2>{}</h2>\n<table><tr><th>requirement<th>result<th>what it asks</tr>",
        Html(&framework.title)
    )?;
    for requirement in &framework.requirements {
        let verdict = Verdict::of(requirement, &view.result.findings);
        let count = if verdict.findings() > 0 { format!(" ({})", verdict.findings()) } else { String::new() };
        writeln!(
            out,
            "<tr><td>{}<td>{}{count}<td>{}</tr>",
            Html(&requirement.id),
            verdict.word().replace('-', " "),
            Html(&requirement.title)
        )?;
    }
    writeln!(out, "</table>")
}

/// What each rule that fired is about.
pub(super) fn rules(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let rules = view.rules(&view.blocks);
    if rules.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>Rules</h2>")?;
    for count in rules {
        let control = find(count.rule).unwrap_or(&Control::EMPTY);
        let word = count.severity.as_str();
        writeln!(
            out,
            "<details class=\"about\" id=\"rule-{0}\"><summary><span class=\"badge {word}\">{word}</span> \
             <code>{0}</code> <span class=\"soft\">{1}</span></summary><div class=\"body\">",
            Html(count.rule),
            names::count(count.findings, "finding")
        )?;
        for (title, text) in [("", control.finds), ("Why it matters. ", control.why), ("Fix. ", control.mend)]
        {
            for (number, paragraph) in text.split("\n\n").filter(|part| !part.trim().is_empty()).enumerate() {
                let title = if number == 0 { title } else { "" };
                let paragraph = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
                writeln!(out, "<p><b>{title}</b>{}</p>", HtmlMessage(&paragraph))?;
            }
        }
        for reference in control.references.iter().filter(|reference| reference.starts_with("https://")) {
            writeln!(out, "<p><a href=\"{0}\" rel=\"noreferrer noopener\">{0}</a></p>", Html(reference))?;
        }
        writeln!(out, "</div></details>")?;
    }
    Ok(())
}

/// Errors, skipped documents and notes.
pub(super) fn write(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let result = view.result;
    if !result.errors.is_empty() {
        writeln!(out, "<h2>Could not be read</h2>\n<ul>")?;
        for error in &result.errors {
            let place =
                error.place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
            let message = mask(&error.message);
            writeln!(out, "<li><code>{}{place}</code> {}</li>", Html(&error.file), HtmlMessage(&message))?;
        }
        writeln!(out, "</ul>")?;
    }
    if !result.skipped.is_empty() {
        writeln!(
            out,
            "<h2>Skipped</h2>\n<details><summary>{}</summary><ul>",
            names::count(result.skipped.len(), "document")
        )?;
        for skipped in &result.skipped {
            let document = skipped.document.map(|number| format!(" document {number}")).unwrap_or_default();
            let hint = skipped.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
            let why = format!("{}{hint}", skipped.reason);
            writeln!(out, "<li><code>{}</code>{document}: {}</li>", Html(&skipped.file), Html(&why))?;
        }
        writeln!(out, "</ul></details>")?;
    }
    for note in result.version_note.iter().chain(&result.notes) {
        writeln!(out, "<p>Note: {}</p>", HtmlMessage(note))?;
    }
    writeln!(
        out,
        "<footer><p>Made by seawall {}. This page is complete in itself and loads nothing. Secret values are masked as \
         {}.</p></footer>",
        env!("CARGO_PKG_VERSION"),
        crate::redact::MASK
    )
}
