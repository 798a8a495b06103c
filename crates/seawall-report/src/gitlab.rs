//! `gitlab`: GitLab's Code Quality report.

use crate::escape::{Pretty, Stream, line};
use crate::fingerprint::fingerprints;
use crate::redact::mask;
use crate::{InputError, Options, ScanResult, names};
use seawall_model::{Finding, Outcome, Severity};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// Suppressed findings are left out: the report has no word for them.
pub(crate) fn write(result: &ScanResult, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let shown = |finding: &Finding| {
        finding.suppressed.is_none() && options.severity.is_none_or(|bar| finding.severity >= bar)
    };
    let prints = fingerprints(&result.findings);
    let findings = result
        .findings
        .iter()
        .zip(prints)
        .filter(|(finding, _)| shown(finding))
        .map(|(finding, print)| one(finding, &print.to_string()));
    let all = result.errors.iter().map(error).chain(findings);
    Stream::new(all).serialize(&mut serde_json::Serializer::with_formatter(&mut *out, Pretty::default()))?;
    out.write_all(b"\n")
}

fn one(finding: &Finding, print: &str) -> Value {
    let object = names::object(&finding.at.object);
    let message = mask(&finding.message);
    let undecided = if finding.outcome == Outcome::Unknown { "undecided: " } else { "" };
    json!({
        "description": format!("{undecided}{} [{}]", line(&message), line(&object)),
        "check_name": finding.rule,
        "fingerprint": print,
        "severity": severity(finding.severity),
        "location": {
            "path": path(names::path(&finding.at.object).unwrap_or("cluster")),
            "lines": { "begin": finding.at.location().start.line },
        },
    })
}

fn error(error: &InputError) -> Value {
    let digest = Sha256::digest(format!("{}\0{}", error.file, error.message));
    let print: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    json!({
        "description": line(&mask(&error.message)),
        "check_name": "input-error",
        "fingerprint": print,
        "severity": "major",
        "location": {
            "path": path(&error.file),
            "lines": { "begin": error.place.map_or(1, |place| place.line) },
        },
    })
}

/// GitLab finds files only without `./`.
fn path(file: &str) -> &str {
    file.trim_start_matches("./")
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
        Severity::Info => "info",
    }
}
