//! For people: a line an object, then each refusal with the plugin, the API server's own text, the lines, the sums.

use super::answer::walk;
use super::one::Judged;
use crate::output;
use anyhow::Result;
use seawall_admission::{Denial, Outcome};
use seawall_model::At;
use seawall_report::line;
use std::io::Write;

/// Fields of one refusal that are pointed at.
const FIELDS: usize = 6;

pub(super) fn write(results: &[Judged], notes: &[String], quiet: bool, out: &mut dyn Write) -> Result<()> {
    let rows: Vec<Vec<String>> = results.iter().map(row).collect();
    super::super::table(&rows, 0, out)?;
    for judged in results {
        detail(judged, out)?;
    }
    if !quiet {
        notes.iter().try_for_each(|note| writeln!(out, "note: {}", line(note)))?;
    }
    Ok(())
}

/// `Deployment shop/web`.
pub(super) fn named(judged: &Judged) -> String {
    let object = &judged.object;
    let scoped = object.well_known().cluster_scoped() == Some(true);
    let place = if scoped { String::new() } else { format!("{}/", judged.namespace) };
    line(&format!("{} {place}{}", object.kind(), object.name())).into_owned()
}

fn row(judged: &Judged) -> Vec<String> {
    let word = match judged.allowed() {
        Some(true) => "allowed",
        Some(false) => "DENIED",
        None => "unknown",
    };
    let mut more = match judged.outcome.denial() {
        Some(denial) => format!("by {} ({})", denial.by, denial.code),
        None => String::new(),
    };
    if let Some(pods) = &judged.pods {
        let what = match (pods.allowed, pods.refused_at) {
            (Some(false), Some(at)) if pods.replicas > 1 => {
                format!("its pods are rejected at replica {at} of {}", pods.replicas)
            }
            (Some(false), _) => "its pods are rejected".to_owned(),
            (None, _) => "whether its pods get in is unknown".to_owned(),
            _ => String::new(),
        };
        if !what.is_empty() {
            more = if more.is_empty() { what } else { format!("{more}; {what}") };
        }
    }
    if !judged.outcome.warnings.is_empty() {
        let count = judged.outcome.warnings.len();
        let words = format!("{count} warning{}", if count == 1 { "" } else { "s" });
        more = if more.is_empty() { words } else { format!("{more}; {words}") };
    }
    vec![word.to_owned(), judged.operation.as_str().to_ascii_lowercase(), named(judged), more]
}

fn detail(judged: &Judged, out: &mut dyn Write) -> Result<()> {
    let pods = judged.pods.as_ref().filter(|pods| pods.allowed != Some(true));
    let quiet = judged.allowed() == Some(true) && judged.outcome.warnings.is_empty() && pods.is_none();
    if quiet {
        return Ok(());
    }
    writeln!(out, "\n{}", output::strong(&named(judged)))?;
    outcome(&judged.outcome, judged, "", out)?;
    if let Some(fix) = super::answer::fix(judged).filter(|_| judged.allowed() == Some(false)) {
        fixed(&fix, out)?;
    }
    if let Some(pods) = pods {
        match pods.refused_at {
            Some(at) if pods.replicas > 1 => {
                writeln!(out, "  pods: rejected at replica {at} of {}, because", pods.replicas)?;
            }
            _ => writeln!(out, "  pods:")?,
        }
        outcome(&pods.outcome, judged, "  ", out)?;
        if let Some(fix) = super::answer::fix(judged) {
            fixed(&fix, out)?;
        }
    }
    Ok(())
}

fn fixed(fix: &super::answer::FixEntry, out: &mut dyn Write) -> Result<()> {
    let word = if fix.passes { "passes with (tried)" } else { "is nearer, and does not pass, with" };
    writeln!(out, "    {word}")?;
    fix.changes.iter().try_for_each(|change| writeln!(out, "      {}", line(change)))?;
    Ok(())
}

fn outcome(outcome: &Outcome, judged: &Judged, indent: &str, out: &mut dyn Write) -> Result<()> {
    if let Some(denial) = outcome.denial() {
        writeln!(out, "{indent}  {}: {}", denial.by, line(&denial.message))?;
        places(denial, judged, indent, out)?;
    }
    for sum in &outcome.arithmetic {
        writeln!(out, "{indent}    {}", line(sum))?;
    }
    for warning in &outcome.warnings {
        writeln!(out, "{indent}  warning: {}", line(warning))?;
    }
    for doubt in outcome.doubts.iter().filter(|doubt| doubt.decides) {
        writeln!(out, "{indent}  unknown: {}: {}", doubt.by, line(&doubt.reason))?;
    }
    Ok(())
}

/// Where the fields stand that a refusal is about. Fields of a workload's pod stand in its template.
fn places(denial: &Denial, judged: &Judged, indent: &str, out: &mut dyn Write) -> Result<()> {
    let object = &judged.object;
    let path = object.well_known().template_path().unwrap_or("");
    let start: At<'_> = if path.is_empty() { object.at() } else { object.at().get(path) };
    for field in denial.fields.iter().take(FIELDS) {
        let at = walk(start, field);
        let reference = at.field_ref();
        let place = match object.live() {
            Some(_) => reference.field(),
            None => format!("{}:{}: {}", object.file(), reference.location().start.line, reference.field()),
        };
        writeln!(out, "{indent}    {}", line(&place))?;
    }
    Ok(())
}
