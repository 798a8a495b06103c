//! For people: what became dangerous, then what else was gained, then what was lost.

use super::super::answer;
use super::super::paths::write_path;
use super::changes::{Change, Changes};
use super::connections::Connections;
use super::findings::FindingEntry;
use super::ways::Ways;
use crate::output;
use anyhow::Result;
use std::io::Write;

/// Rows of each part, at most.
const ROWS: usize = 100;
/// Words of a list, at most.
const WORDS: usize = 6;

pub(super) fn write(
    changes: &Changes<'_>,
    connections: &Connections,
    quiet: bool,
    out: &mut dyn Write,
) -> Result<()> {
    writeln!(out, "{}", output::strong(&format!("{}{}", summary(changes), connections.summary())))?;
    write_gained(changes, out)?;
    write_rights("Lost", &changes.lost, out)?;
    write_ways("Attack paths lost", &changes.paths_lost, out)?;
    connections.text(out)?;
    write_findings("Findings gained", &changes.findings.gained, out)?;
    write_findings("Findings lost", &changes.findings.lost, out)?;
    write_unknown(changes, quiet, out)
}

/// What somebody may do now and could not before, the dangerous first.
pub(in super::super) fn write_gained(changes: &Changes<'_>, out: &mut dyn Write) -> Result<()> {
    let (dangerous, others) = changes.apart();
    if changes.all_allowed {
        writeln!(
            out,
            "\n  the API server's authorizers include AlwaysAllow now: everybody may do everything"
        )?;
    }
    if !dangerous.is_empty() {
        writeln!(out, "\n{}", output::strong("Dangerous"))?;
        for change in dangerous.iter().take(ROWS) {
            write_dangerous(change, out)?;
        }
        more(dangerous.len(), out)?;
    }
    write_ways("Attack paths gained", &changes.paths_gained, out)?;
    write_rights("Gained", others, out)
}

fn write_rights(title: &str, list: &[Change<'_>], out: &mut dyn Write) -> Result<()> {
    if list.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", output::strong(title))?;
    let rows: Vec<Vec<String>> = list.iter().take(ROWS).map(row).collect();
    answer::table(&rows, 2, out)?;
    more(list.len(), out)
}

/// A table of findings.
pub(in super::super) fn write_findings(
    title: &str,
    list: &[FindingEntry],
    out: &mut dyn Write,
) -> Result<()> {
    if list.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", output::strong(title))?;
    let rows: Vec<Vec<String>> = list.iter().take(ROWS).map(finding_row).collect();
    answer::table(&rows, 2, out)?;
    more(list.len(), out)
}

/// What is not known, and what is taken for granted.
pub(in super::super) fn write_unknown(changes: &Changes<'_>, quiet: bool, out: &mut dyn Write) -> Result<()> {
    if !changes.unknown.is_empty() {
        writeln!(out, "\n{}", output::strong("Not known"))?;
        changes.unknown.iter().try_for_each(|why| writeln!(out, "  {}", seawall_report::line(why)))?;
    }
    if !quiet {
        changes.notes.iter().try_for_each(|note| writeln!(out, "note: {}", seawall_report::line(note)))?;
    }
    Ok(())
}

fn write_ways(title: &str, ways: &Ways, out: &mut dyn Write) -> Result<()> {
    if ways.ways.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", output::strong(title))?;
    for way in &ways.ways {
        write_path(&way.path, out)?;
        if let Some(also) = way.also() {
            writeln!(out, "     also from {}", seawall_report::line(&also))?;
        }
    }
    if ways.more > 0 {
        writeln!(out, "  and from {} more places", ways.more)?;
    }
    Ok(())
}

fn finding_row(finding: &FindingEntry) -> Vec<String> {
    let safe = |text: &str| seawall_report::line(text).into_owned();
    let place = safe(&finding.place());
    vec![
        finding.severity.into(),
        safe(&finding.object),
        format!("{} ({})", safe(&finding.message), finding.rule),
        place,
    ]
}

/// `2 rights gained, 1 of them dangerous; 3 lost`.
pub(super) fn summary(changes: &Changes<'_>) -> String {
    let (dangerous, others) = changes.apart();
    let all = dangerous.len() + others.len();
    let findings = &changes.findings;
    let found = match (findings.gained.len(), findings.lost.len()) {
        (0, 0) => String::new(),
        (gained, lost) => {
            let dangerous = findings.gained.iter().filter(|finding| finding.dangerous).count();
            let risky = if dangerous == 0 { String::new() } else { format!(", {dangerous} dangerous") };
            format!("; {gained} finding{} gained{risky}, {lost} lost", if gained == 1 { "" } else { "s" })
        }
    };
    let ways = |ways: &Ways| ways.ways.len() + ways.more;
    let found = match (ways(&changes.paths_gained), ways(&changes.paths_lost)) {
        (0, 0) => found,
        (gained, lost) => {
            let s = if gained == 1 { "" } else { "s" };
            format!("; {gained} attack path{s} gained, {lost} lost{found}")
        }
    };
    if all == 0 && changes.lost.is_empty() && !changes.all_allowed {
        let where_known = if changes.complete { "" } else { ", as far as it is known" };
        return format!("no right is gained or lost{where_known}{found}");
    }
    let s = if all == 1 { "" } else { "s" };
    let risky = if dangerous.is_empty() { String::new() } else { format!(", {} dangerous", dangerous.len()) };
    format!("{all} right{s} gained{risky}; {} lost{found}", changes.lost.len())
}

fn more(all: usize, out: &mut dyn Write) -> Result<()> {
    if all > ROWS {
        writeln!(out, "  and {} more: -o json lists them", all - ROWS)?;
    }
    Ok(())
}

fn write_dangerous(change: &Change<'_>, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "  {} {}: {}", who(change), place(change), right(change))?;
    let mut rows: Vec<Vec<String>> = change
        .dangers
        .iter()
        .map(|danger| vec!["danger".into(), format!("{} ({})", danger.reason, danger.rule)])
        .collect();
    rows.extend(answer::lines(&change.proof));
    answer::table(&rows, 5, out)?;
    Ok(())
}

fn row(change: &Change<'_>) -> Vec<String> {
    let proof = &change.proof;
    vec![
        format!("{} {}", who(change), place(change)),
        right(change),
        format!("{}, {}", answer::named(proof.binding), answer::named(proof.role.object)),
        answer::place(proof.subject_at(), proof.binding_built_in),
    ]
}

/// `service account shop/web`, safe on a terminal.
pub(super) fn who(change: &Change<'_>) -> String {
    let name = match change.subject() {
        ("ServiceAccount", Some(namespace), name) => format!("service account {namespace}/{name}"),
        ("Group", _, name) => format!("group {name}"),
        (_, _, name) => format!("user {name}"),
    };
    seawall_report::line(&name).into_owned()
}

pub(super) fn place(change: &Change<'_>) -> String {
    match change.namespace {
        Some(namespace) => seawall_report::line(&format!("in namespace {namespace}")).into_owned(),
        None => "in the whole cluster".to_owned(),
    }
}

/// `get, list on secrets, deployments.apps named db`, safe on a terminal.
pub(super) fn right(change: &Change<'_>) -> String {
    let part = &change.part;
    let verbs = words(&part.verbs);
    if !part.urls.is_empty() {
        return seawall_report::line(&format!("{verbs} on {}", words(&part.urls))).into_owned();
    }
    let what = match part.groups.as_slice() {
        [""] => words(&part.resources),
        ["*"] if part.resources == ["*"] => "everything".to_owned(),
        groups => {
            let core = |group: &&str| if group.is_empty() { "core" } else { *group }.to_owned();
            let groups: Vec<String> = groups.iter().map(core).collect();
            let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
            let s = if groups.len() == 1 { "" } else { "s" };
            match groups.as_slice() {
                ["*"] => format!("{} of every API group", words(&part.resources)),
                groups => format!("{} of API group{s} {}", words(&part.resources), words(groups)),
            }
        }
    };
    let names = if part.names.is_empty() { String::new() } else { format!(" named {}", words(&part.names)) };
    seawall_report::line(&format!("{verbs} on {what}{names}")).into_owned()
}

fn words(list: &[&str]) -> String {
    let shown = list.iter().take(WORDS).copied().collect::<Vec<_>>().join(", ");
    if list.len() > WORDS { format!("{shown} and {} more", list.len() - WORDS) } else { shown }
}
