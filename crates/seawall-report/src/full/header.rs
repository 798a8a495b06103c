//! The first screen: what was scanned, how bad it is, the three worst objects, and the next command.

use crate::redact::mask;
use crate::style::Paint;
use crate::view::{View, Worst};
use crate::{escape, names};
use seawall_model::{Finding, Outcome, Safety};
use std::io::{self, Write};

/// How many objects are named.
const WORST: usize = 3;

pub(super) fn write(view: &View<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", scanned(view))?;
    if let Some(counts) = counts_line(view, paint) {
        writeln!(out, "Found {counts}.{}", nothing_grave(view))?;
    }
    writeln!(out)?;
    let worst = view.worst(WORST);
    if !worst.is_empty() {
        let title = worst_title(worst.len());
        writeln!(out, "{}", paint.bold(title))?;
        for (number, worst) in worst.iter().enumerate() {
            object(view, number + 1, worst, paint, out)?;
        }
        writeln!(out)?;
    }
    next(view, paint, out)
}

/// `The three worst objects`.
pub(crate) fn worst_title(number: usize) -> String {
    match number {
        1 => "The worst object".to_owned(),
        _ => format!("The {} worst objects", ["", "", "two", "three"].get(number).unwrap_or(&"")),
    }
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
    let mut sources: Vec<String> =
        result.clusters.iter().map(|cluster| format!("cluster {}", escape::line(&cluster.name))).collect();
    if result.files > 0 || sources.is_empty() {
        sources.push(names::count(result.files, "file"));
    }
    let mut text = format!(
        "Scanned {}: {}{copies}, judged as Kubernetes {} would.",
        sources.join(", "),
        names::count(result.objects, "object"),
        result.version
    );
    if !result.skipped.is_empty() {
        text +=
            &format!(" {} skipped{}.", names::count(result.skipped.len(), "document"), skipped_file(view));
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

/// The one file of skipped documents, and why; of several the end tells.
fn skipped_file(view: &View<'_>) -> String {
    let mut skipped = view.result.skipped.iter();
    let Some(first) = skipped.next() else { return String::new() };
    if skipped.all(|other| (&other.file, &other.reason) == (&first.file, &first.reason)) {
        let hint = first.hint.as_ref().map(|hint| format!("; {}", escape::line(hint)));
        format!(
            " ({}: {}{})",
            escape::line(&first.file),
            escape::line(&first.reason),
            hint.unwrap_or_default()
        )
    } else {
        " (see the end)".to_owned()
    }
}

/// A reader who looks for the worst is told that there is none.
fn nothing_grave(view: &View<'_>) -> &'static str {
    match view.counts.severity {
        [0, 0, ..] => " Nothing is critical or high.",
        [0, ..] => " Nothing is critical.",
        _ => "",
    }
}

fn object(
    view: &View<'_>,
    number: usize,
    worst: &Worst<'_, '_>,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let ranked = worst.ranked;
    let place = names::object_place(ranked.object);
    let name = escape::line(&names::object(ranked.object)).into_owned();
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
    if let Some(more) = ranked.more(shown) {
        writeln!(out, "     {}", paint.dim(format!("and {more}")))?;
    }
    for other in elsewhere(view, worst) {
        writeln!(out, "     {}", paint.dim(escape::line(&other)))?;
    }
    Ok(())
}

/// The one next command, and how much follows below.
fn next(view: &View<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let all = view.options.summary;
    commands(view, if all { usize::MAX } else { 1 }, paint, out)?;
    let options = view.options;
    if !all && !options.statistics && view.result.framework.is_none() {
        let number = view.blocks.len();
        let follow = if number > options.limit {
            format!(
                "The first {} of {} findings follow (--limit shows more)",
                options.limit,
                names::thousands(number)
            )
        } else {
            format!("All {} follow", names::count(number, "finding"))
        };
        let text = format!(
            "{follow}, worst first; what one edit mends counts once. --summary shows this screen alone."
        );
        writeln!(out, "{}", paint.dim(text))?;
    }
    writeln!(out)
}

/// The first `most` of [`next_commands`].
pub(super) fn commands(view: &View<'_>, most: usize, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    for (number, (command, what)) in next_commands(view).into_iter().take(most).enumerate() {
        // Written as shells write comments: the line can be copied as it is.
        let label = ["Next:", "then:"].get(number).unwrap_or(&"     ");
        writeln!(
            out,
            "{}  {}  {}",
            paint.bold(label),
            paint.command(command),
            paint.dim(format!("# {what}"))
        )?;
    }
    Ok(())
}

/// Where else an object stands: `the same in a.yaml:1`, `another version of it in b.yaml:3 and 2 more places`.
pub(crate) fn elsewhere(view: &View<'_>, worst: &Worst<'_, '_>) -> Vec<String> {
    let and_more = |count: usize| match count {
        0 | 1 => String::new(),
        count => format!(" and {}", names::count(count - 1, "more place")),
    };
    let mut out = Vec::new();
    if let Some(copies) = view.copies(worst.ranked.object)
        && let Some(place) = copies.places.first()
    {
        out.push(format!("the same in {}:{}{}", place.file, place.line, and_more(copies.places.len())));
    }
    if let Some(variant) = worst.variants.first() {
        let place = names::object_place(variant.object);
        out.push(format!("another version of it in {place}{}", and_more(worst.variants.len())));
    }
    out
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
            let what = format!(
                "{} as a diff; they may break an application",
                fixes_count(view, risky, "unsafe fix")
            );
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
