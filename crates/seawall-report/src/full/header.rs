//! The first screen: what was scanned, how bad it is, the three worst objects, and the next command.

use crate::redact::mask;
use crate::style::Paint;
use crate::view::{Ranked, View};
use crate::{escape, names};
use seawall_model::{Finding, Outcome, Safety};
use std::io::{self, Write};

/// How many objects are named.
const WORST: usize = 3;

pub(super) fn write(view: &View<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", scanned(view))?;
    if let Some(counts) = counts_line(view, paint) {
        writeln!(out, "Found {counts}.")?;
    }
    writeln!(out)?;
    let worst = view.worst(WORST);
    if !worst.is_empty() {
        let title = match worst.len() {
            1 => "The worst object".to_owned(),
            number => format!("The {} worst objects", ["", "", "two", "three"].get(number).unwrap_or(&"")),
        };
        writeln!(out, "{}", paint.bold(title))?;
        for (number, (_, ranked, variants)) in worst.into_iter().enumerate() {
            object(view, number + 1, ranked, variants, paint, out)?;
        }
        writeln!(out)?;
    }
    next(view, paint, out)
}

/// `Scanned 12 files: 40 objects, judged as Kubernetes 1.36. 3 documents were skipped.`
pub(crate) fn scanned(view: &View<'_>) -> String {
    let result = view.result;
    let copies: usize = result.copies.iter().map(|copies| copies.places.len()).sum();
    let copies = if copies == 0 {
        String::new()
    } else {
        format!(" (and {})", names::count(copies, "identical copy"))
    };
    let mut text = format!(
        "Scanned {}: {}{copies}, judged as Kubernetes {} would.",
        names::count(result.files, "file"),
        names::count(result.objects, "object"),
        result.version
    );
    if !result.skipped.is_empty() {
        text += &format!(" {} skipped.", names::count(result.skipped.len(), "document"));
    }
    if !result.errors.is_empty() {
        text += &format!(" {} in the input.", names::count(result.errors.len(), "error"));
    }
    text
}

/// `2 critical, 14 high (3 unknown, 1 suppressed)`; nothing when nothing was found.
pub(super) fn counts_line(view: &View<'_>, paint: Paint) -> Option<String> {
    let mut parts: Vec<String> = view
        .counts
        .present()
        .map(|(severity, count)| {
            paint.severity(severity, format!("{} {}", names::thousands(count), severity.as_str()))
        })
        .collect();
    if view.counts.unknown > 0 {
        parts.push(format!("{} undecided", names::thousands(view.counts.unknown)));
    }
    if parts.is_empty() { None } else { Some(parts.join(", ")) }
}

fn object(
    view: &View<'_>,
    number: usize,
    ranked: &Ranked<'_>,
    variants: usize,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let object = ranked.object;
    let place = place(view, ranked, variants);
    let name = escape::line(&names::object(object)).into_owned();
    writeln!(out, "  {number}. {}", paint.bold(name))?;
    if !place.is_empty() {
        writeln!(out, "     {}", escape::line(&place))?;
    }
    let mut shown = 0;
    for block in view.blocks_of(ranked).filter(|block| !block.unknown).take(2) {
        if let Some(finding) = view.first(block) {
            let message = mask(&finding.message);
            let word = block.severity.as_str();
            writeln!(
                out,
                "     {} {}",
                paint.severity(block.severity, format!("{word}:")),
                escape::line(&message)
            )?;
            shown += 1;
        }
    }
    let more = ranked.score.iter().sum::<usize>() - shown;
    if more > 0 { writeln!(out, "     {}", paint.dim(format!("and {more} more"))) } else { Ok(()) }
}

fn next(view: &View<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    for (number, (command, what)) in next_commands(view).into_iter().enumerate() {
        // Written as shells write comments: the line can be copied as it is.
        let label = if number == 0 { "Next:" } else { "     " };
        writeln!(
            out,
            "{}  {}  {}",
            paint.bold(label),
            paint.command(command),
            paint.dim(format!("# {what}"))
        )?;
    }
    writeln!(out)
}

/// Where an object stands: `a.yaml:1, with 2 copies and 1 variant elsewhere`.
pub(crate) fn place(view: &View<'_>, ranked: &Ranked<'_>, variants: usize) -> String {
    let mut others = Vec::new();
    if let Some(copies) = view.copies(ranked.object) {
        others.push(names::count(copies.places.len(), "copy"));
    }
    if variants > 0 {
        others.push(names::count(variants, "variant"));
    }
    let place = names::object_place(ranked.object);
    if others.is_empty() { place } else { format!("{place}, with {} elsewhere", others.join(" and ")) }
}

/// The next commands to type and what they do, the most useful first.
pub(crate) fn next_commands(view: &View<'_>) -> Vec<(String, String)> {
    let mut commands = Vec::new();
    if let Some(block) = view.blocks.iter().find(|block| !block.unknown)
        && let Some(finding) = view.first(block)
    {
        let what = format!("why the worst finding ({}) matters, and how to fix it", block.severity.as_str());
        commands.push((format!("{} explain {}", program(view), finding.rule), what));
    }
    let fixes = |safety| shown(view).filter(|finding| fixable(finding, safety)).count();
    match (fixes(Safety::Safe), fixes(Safety::Unsafe)) {
        (0, 0) => {}
        (0, risky) => {
            let what = format!("{} as a diff; they may break an application", fixes_count(view, risky, "unsafe fix"));
            commands.push((command(view, "--diff --unsafe"), what));
        }
        (safe, _) => {
            let what = format!("{} as a diff; --fix writes them", fixes_count(view, safe, "safe fix"));
            commands.push((command(view, "--diff"), what));
        }
    }
    if view.blocks.len() > super::SHORT {
        commands.push((
            command(view, "-o html=report.html"),
            "all of it as one page, to read or to send".to_owned(),
        ));
    }
    if view.options.summary && !view.blocks.is_empty() {
        commands.push((command(view, ""), "every finding with its lines".to_owned()));
    }
    commands
}

/// `12 safe fixes`, or `the safe fixes` where not all were re-checked.
fn fixes_count(view: &View<'_>, number: usize, what: &str) -> String {
    if view.result.fixes_uncounted { format!("the {what}es") } else { names::count(number, what) }
}

fn shown<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Finding> {
    view.blocks.iter().flat_map(|block| view.members(block))
}

fn fixable(finding: &Finding, safety: Safety) -> bool {
    finding.outcome == Outcome::Fail && finding.fix.as_ref().is_some_and(|fix| fix.safety == safety)
}

fn program(view: &View<'_>) -> String {
    escape::line(&view.result.invocation.program).into_owned()
}

/// Inputs longer than this are not repeated in suggested commands.
const LONGEST_INPUTS: usize = 60;

/// `seawall scan INPUT… REST`.
pub(super) fn command(view: &View<'_>, rest: &str) -> String {
    let inputs = &view.result.invocation.inputs;
    let mut command = format!("{} scan", program(view));
    let words: Vec<String> =
        inputs.iter().map(|input| escape::line(&names::shell(input)).into_owned()).collect();
    let joined = words.join(" ");
    if !joined.is_empty() {
        command.push(' ');
        command.push_str(if joined.len() > LONGEST_INPUTS { "…" } else { &joined });
    }
    if !rest.is_empty() {
        command.push(' ');
        command.push_str(rest);
    }
    command
}
