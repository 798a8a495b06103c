//! The top of the page: what was scanned, how bad it is, the worst objects, the next commands.

use crate::escape::{Html, HtmlMessage};
use crate::full::header;
use crate::names;
use crate::redact::mask;
use crate::view::{View, Worst};
use seawall_model::Severity;
use std::io::{self, Write};

/// One line for the window's title.
pub(super) fn verdict(view: &View<'_>) -> String {
    let counts: Vec<String> =
        view.counts.present().map(|(severity, count)| format!("{count} {}", severity.as_str())).collect();
    if counts.is_empty() { "no problem found".to_owned() } else { counts.join(", ") }
}

pub(super) fn write(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let title = match view.counts.failed {
        0 if view.result.complete => "No problem found".to_owned(),
        0 => "No problem found in what could be read".to_owned(),
        failed => names::count(failed, "finding"),
    };
    writeln!(out, "<header><p class=\"soft\">seawall</p><h1>{title}</h1>")?;
    writeln!(out, "<p>{}</p></header>", Html(&header::scanned(view)))?;
    counts(view, out)?;
    if !view.result.complete {
        writeln!(out, "<p><b>The answer is incomplete:</b> see the end of this page.</p>")?;
    }
    let worst = view.worst(3);
    if !worst.is_empty() {
        writeln!(out, "<h2>{}</h2>\n<ol class=\"worst\">", header::worst_title(worst.len()))?;
        for worst in &worst {
            object(view, worst, out)?;
        }
        writeln!(out, "</ol>")?;
    }
    next(view, out)
}

fn counts(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<ul class=\"counts\">")?;
    for (severity, count) in Severity::ALL.into_iter().zip(view.counts.severity) {
        let word = severity.as_str();
        writeln!(out, "<li class=\"{word}\"><b>{}</b>{word}</li>", names::thousands(count))?;
    }
    let others = [
        (view.counts.unknown, "undecided"),
        (view.counts.suppressed, "suppressed"),
        (view.hidden, "not shown"),
    ];
    for (count, word) in others.into_iter().filter(|(count, _)| *count > 0) {
        writeln!(out, "<li><b>{}</b>{word}</li>", names::thousands(count))?;
    }
    writeln!(out, "</ul>")
}

fn object(view: &View<'_>, worst: &Worst<'_, '_>, out: &mut dyn Write) -> io::Result<()> {
    let ranked = worst.ranked;
    let name = names::object(ranked.object);
    let place = names::object_place(ranked.object);
    let number = worst.number + 1;
    let link = if view.options.summary { String::new() } else { format!(" href=\"#object-{number}\"") };
    writeln!(out, "<li><a{link}>{}</a><br><code class=\"soft\">{}</code>", Html(&name), Html(&place))?;
    let mut shown = 0;
    for block in view.blocks_of(ranked).filter(|block| !block.unknown).take(2) {
        if let Some(finding) = view.first(block) {
            let word = block.severity.as_str();
            let message = mask(&finding.message);
            writeln!(out, "<p><span class=\"badge {word}\">{word}</span> {}</p>", HtmlMessage(&message))?;
            shown += 1;
        }
    }
    if let Some(more) = ranked.more(shown) {
        writeln!(out, "<p class=\"soft\">and {more}</p>")?;
    }
    for other in header::elsewhere(view, worst) {
        writeln!(out, "<p class=\"soft\">{}</p>", Html(&other))?;
    }
    writeln!(out, "</li>")
}

fn next(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let commands = header::next_commands(view);
    let commands: Vec<_> =
        commands.iter().filter(|(command, _)| !command.ends_with("html=report.html")).collect();
    if commands.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>What to type next</h2>\n<dl class=\"next\">")?;
    for (number, (command, what)) in commands.into_iter().enumerate() {
        let then = if number == 0 { "" } else { "then: " };
        writeln!(out, "<dt>{then}<kbd>{}</kbd></dt><dd>{}</dd>", Html(command), Html(what))?;
    }
    writeln!(out, "</dl>")
}

/// The filter, which shows itself when the script runs.
pub(super) fn filter(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    if view.blocks.is_empty() {
        return writeln!(out, "<div hidden><input id=\"search\"><span id=\"shown\"></span></div>");
    }
    writeln!(out, "<h2>Findings, worst first</h2>\n<div class=\"filter\" role=\"search\">")?;
    for severity in Severity::ALL {
        if view.blocks.iter().any(|block| !block.unknown && block.severity == severity) {
            button(severity.as_str(), out)?;
        }
    }
    if view.blocks.iter().any(|block| block.unknown) {
        button("unknown", out)?;
    }
    writeln!(
        out,
        "<input id=\"search\" type=\"search\" placeholder=\"object, file, rule, text\" aria-label=\"Filter by text\">"
    )?;
    writeln!(out, "<span id=\"shown\" class=\"soft\" aria-live=\"polite\"></span></div>")
}

fn button(word: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<button type=\"button\" aria-pressed=\"true\" data-severity=\"{word}\">{word}</button>")
}
