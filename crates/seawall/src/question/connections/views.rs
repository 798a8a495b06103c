//! `--to`, `--namespaces` and `--ports` for people.

use super::ConnectionsAnswer;
use super::namespaces::NamespacePair;
use super::ports::PortRow;
use super::targets::Target;
use crate::cli::Common;
use crate::output;
use seawall_report::line;
use std::io::{Result, Write};

/// Names of one row at most.
const NAMES: usize = 3;

pub(super) fn table(answer: &ConnectionsAnswer, common: &Common, out: &mut dyn Write) -> Result<()> {
    if let Some(targets) = &answer.targets {
        section("Who reaches what", targets.iter().flat_map(target).collect(), out)?;
    }
    if let Some(namespaces) = &answer.namespaces {
        section("Namespaces that reach each other", namespaces.iter().map(pair).collect(), out)?;
    }
    if let Some(ports) = &answer.ports {
        section("Ports", ports.iter().map(port).collect(), out)?;
    }
    if !common.quiet {
        for note in &answer.notes {
            writeln!(out, "note: {}", line(note))?;
        }
    }
    Ok(())
}

fn section(title: &str, rows: Vec<Vec<String>>, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "{}", output::strong(&format!("{title} ({})", rows.len())))?;
    if rows.is_empty() {
        writeln!(out, "  none")?;
    }
    crate::question::table(&rows, 2, out)?;
    writeln!(out)
}

fn says(allowed: Option<bool>) -> &'static str {
    match allowed {
        Some(true) => "yes",
        Some(false) => "no",
        None => "cannot be known",
    }
}

fn target(target: &Target) -> Vec<Vec<String>> {
    let mut places: Vec<&str> = target.places.iter().take(NAMES).map(String::as_str).collect();
    let more = format!("and {} more", target.places.len().saturating_sub(NAMES));
    if target.places.len() > NAMES {
        places.push(&more);
    }
    let first = vec![
        says(target.allowed).to_owned(),
        line(&target.workload).into_owned(),
        line(&places.join(", ")).into_owned(),
        line(&target.because.join("; ")).into_owned(),
    ];
    let open = target.conditions.iter().filter(|one| target.allowed != Some(false) && one.holds.is_none());
    let rest = open.map(|one| {
        let text = format!("unless closed by the {}: {}", one.closes, one.because);
        vec![String::new(), String::new(), String::new(), line(&text).into_owned()]
    });
    std::iter::once(first).chain(rest).collect()
}

fn pair(pair: &NamespacePair) -> Vec<String> {
    let unknown = match pair.unknown {
        0 => String::new(),
        unknown => format!(", {unknown} cannot be known"),
    };
    vec![
        line(&pair.from).into_owned(),
        "→".to_owned(),
        line(&pair.to).into_owned(),
        pair.ports.clone(),
        format!("{} of {} pairs of workloads{unknown}", pair.open, pair.pairs),
    ]
}

fn port(row: &PortRow) -> Vec<String> {
    let needed = match (row.declared, row.needed_by.is_empty()) {
        (false, _) => "not declared".to_owned(),
        (true, true) => "nothing in the input needs it".to_owned(),
        (true, false) => format!("needed by {}", row.needed_by.join(", ")),
    };
    let open = match row.open {
        Some(true) => format!("open, {} workloads reach it", row.reached_by),
        Some(false) => "closed to everybody".to_owned(),
        None => "open to pods that may come".to_owned(),
    };
    vec![line(&row.workload).into_owned(), row.ports.clone(), open, line(&needed).into_owned()]
}
