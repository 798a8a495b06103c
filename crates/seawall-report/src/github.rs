//! `github`: workflow commands of GitHub Actions, which show findings at the changed lines.

use crate::escape::line;
use crate::redact::mask;
use crate::view::View;
use crate::{Options, ScanResult, names};
use seawall_model::{Finding, Outcome, Severity};
use std::io::{self, Write};

/// Worst first, because GitHub shows only the first ten of each level.
pub(crate) fn write(result: &ScanResult, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let view = View::new(result, options);
    for error in &result.errors {
        let place =
            error.place.map(|place| format!(",line={},col={}", place.line, place.column)).unwrap_or_default();
        let message = mask(&error.message);
        writeln!(out, "::error file={}{place},title=seawall::{}", property(&error.file), data(&message))?;
    }
    for finding in view.blocks.iter().flat_map(|block| view.members(block)) {
        one(finding, out)?;
    }
    Ok(())
}

fn one(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let command = match (finding.outcome, finding.severity) {
        (Outcome::Unknown, _) => "warning",
        (_, Severity::Critical | Severity::High) => "error",
        (_, Severity::Medium) => "warning",
        (_, Severity::Low | Severity::Info) => "notice",
    };
    write!(out, "::{command} ")?;
    if let Some(file) = names::file(&finding.at.object) {
        let location = finding.at.location();
        let (start, end) = (location.start, location.end);
        write!(out, "file={},line={},endLine={},", property(file), start.line, end.line)?;
        if start.line == end.line {
            // Columns across lines are refused by GitHub.
            write!(out, "col={},endColumn={},", start.column, end.column)?;
        }
    } else if let Some(template) = names::template(&finding.at.object) {
        write!(out, "file={},", property(template))?;
    }
    let severity = finding.severity.as_str();
    let message = mask(&finding.message);
    let object = names::object(&finding.at.object);
    writeln!(out, "title={severity} {}::{} [{}]", finding.rule, data(&message), data(&object))
}

/// The text of a command: one line.
fn data(text: &str) -> String {
    line(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text.strip_prefix("./").unwrap_or(text)).replace(':', "%3A").replace(',', "%2C")
}
