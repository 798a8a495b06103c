//! `markdown`: a comment for a pull request, as GitHub and GitLab read it.

use crate::escape::{code_fence, line, markdown};
use crate::redact::mask;
use crate::shown::Sources;
use crate::view::{Block, View};
use crate::{Options, ScanResult, edits, names};
use seawall_model::Finding;
use std::fmt::Write as _;
use std::io::{self, Write};

/// GitHub refuses comments of 65,536 characters; some room is left for what comes after the table.
const LONGEST: usize = 50_000;

/// Fixes shown as diffs.
const FIXES: usize = 10;

pub(crate) fn write(result: &ScanResult, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let view = View::new(result, options);
    let mut text = String::new();
    head(&view, &mut text);
    let drawn = if options.summary { 0 } else { table(&view, &mut text) };
    if drawn > 0 {
        fixes(&view, drawn, &mut text);
    }
    if !options.summary {
        rest(&view, drawn, &mut text);
    }
    tail(&view, &mut text);
    out.write_all(text.as_bytes())
}

fn head(view: &View<'_>, text: &mut String) {
    let result = view.result;
    let counts: Vec<String> = view
        .counts
        .present()
        .map(|(severity, count)| format!("**{} {}**", names::thousands(count), severity.as_str()))
        .collect();
    let found = if !counts.is_empty() {
        counts.join(", ")
    } else if result.complete {
        "no problem found".to_owned()
    } else {
        "no problem found in what could be read".to_owned()
    };
    let _ = writeln!(text, "### seawall: {}\n", found.replace("**", ""));
    let _ = writeln!(
        text,
        "{} in {}, judged as Kubernetes {} would.\n",
        names::count(result.objects, "object"),
        names::count(result.files, "file"),
        result.version
    );
    let worst = view.worst(3);
    if view.blocks.len() > 3 && !worst.is_empty() {
        text.push_str("Worst first:\n\n");
        for worst in worst {
            let ranked = worst.ranked;
            let Some(block) = view.blocks_of(ranked).next() else { continue };
            let Some(finding) = view.first(block) else { continue };
            let _ = writeln!(
                text,
                "1. {} in {}: {} ({})",
                code(&names::object(ranked.object)),
                code(&names::object_place(ranked.object)),
                markdown(&mask(&finding.message)),
                block.severity.as_str()
            );
        }
        text.push('\n');
    }
}

/// The table of findings; returns how many blocks it holds.
fn table(view: &View<'_>, text: &mut String) -> usize {
    if view.blocks.is_empty() {
        return 0;
    }
    text.push_str("| severity | where | what | rule |\n|---|---|---|---|\n");
    let mut drawn = 0;
    for block in view.blocks.iter().take(view.options.limit) {
        let row = row(view, block);
        if text.len() + row.len() > LONGEST {
            break;
        }
        text.push_str(&row);
        drawn += 1;
    }
    text.push('\n');
    drawn
}

fn row(view: &View<'_>, block: &Block) -> String {
    let members: Vec<&Finding> = view.members(block).collect();
    let Some(first) = members.first() else { return String::new() };
    let mut rules: Vec<&str> = members.iter().map(|finding| finding.rule).collect();
    rules.dedup();
    let also = match members.len() {
        1 => String::new(),
        number => format!(" (and {} more that the same edit fixes)", number - 1),
    };
    let undecided = if block.unknown { "undecided, " } else { "" };
    let rules: Vec<String> = rules.iter().map(|rule| code(rule)).collect();
    format!(
        "| {undecided}{} | {}<br>{} | {}{also} | {} |\n",
        block.severity.as_str(),
        code(&names::place(first)),
        code(&names::object(&first.at.object)),
        markdown(&mask(&first.message)),
        rules.join(" ")
    )
}

/// A code span that is safe in tables, whatever it holds.
fn code(text: &str) -> String {
    let text = line(text).replace('`', "'").replace('|', "\\|");
    if text.trim().is_empty() { String::new() } else { format!("`{text}`") }
}

fn fixes(view: &View<'_>, drawn: usize, text: &mut String) {
    let mut sources = Sources::default();
    let mut shown = 0;
    for block in view.blocks.iter().take(drawn) {
        let fixed: Vec<&Finding> = view.members(block).filter(|finding| finding.fix.is_some()).collect();
        let Some(fix) = fixed.first().and_then(|finding| finding.fix.as_deref()) else { continue };
        let lines = sources.patch(&fixed);
        if lines.is_empty() || shown == FIXES || text.len() > LONGEST {
            continue;
        }
        shown += 1;
        let mut diff = String::new();
        for line in &lines {
            let _ = writeln!(diff, "{}{}", if line.added { '+' } else { '-' }, line.text);
        }
        let fence = code_fence(&diff);
        let place = fixed.first().map(|finding| names::place(finding)).unwrap_or_default();
        let _ = writeln!(
            text,
            "<details><summary>{}: {}</summary>\n\n{}\n\n{fence}diff\n{diff}{fence}\n\n</details>\n",
            edits::label(fix),
            crate::escape::Html(&fix.description),
            code(&place),
        );
    }
}

/// What the table does not hold, per rule.
fn rest(view: &View<'_>, drawn: usize, text: &mut String) {
    let Some(rest) = view.blocks.get(drawn..).filter(|rest| !rest.is_empty()) else { return };
    let rules = view.rules(rest);
    let total: usize = rules.iter().map(|count| count.findings).sum();
    let _ = writeln!(text, "<details><summary>{} more</summary>\n", names::count(total, "finding"));
    text.push_str("| findings | severity | rule |\n|---:|---|---|\n");
    for count in rules {
        let _ = writeln!(text, "| {} | {} | {} |", count.findings, count.severity.as_str(), code(count.rule));
    }
    text.push_str("\n</details>\n\n");
}

fn tail(view: &View<'_>, text: &mut String) {
    let result = view.result;
    for error in result.errors.iter().take(20) {
        let place = error.place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
        let _ = writeln!(
            text,
            "- error in {}: {}",
            code(&format!("{}{place}", error.file)),
            markdown(&mask(&error.message))
        );
    }
    if result.errors.len() > 20 {
        let _ = writeln!(text, "- and {}", names::count(result.errors.len() - 20, "more error"));
    }
    for note in result.version_note.iter().chain(&result.notes) {
        let _ = writeln!(text, "- {}", markdown(note));
    }
    let counts = [
        (view.hidden, "finding", "below the bar not shown"),
        (view.counts.suppressed, "finding", "suppressed"),
        (view.counts.unknown, "finding", "undecided"),
        (result.skipped.len(), "document", "skipped"),
    ];
    for (number, what, why) in counts.into_iter().filter(|(number, ..)| *number > 0) {
        let _ = writeln!(text, "- {} {why}", names::count(number, what));
    }
}
