//! `json` and `jsonl`: the shapes of `seawall.dev/scan/v1`, written finding by finding.

mod build;
mod types;

pub use types::schema;

use crate::escape::{Compact, Pretty, Stream};
use crate::fingerprint::fingerprints;
use crate::view::Counts;
use crate::{Options, ScanResult};
use build::{entry, error, skipped};
use seawall_model::Finding;
use serde::Serialize;
use std::io::{self, Write};
use types::{Header, Summary};

/// Writes the whole result as one indented document.
pub(crate) fn json(result: &ScanResult, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let header = Header {
        schema: types::SCHEMA,
        complete: result.complete,
        kubernetes_version: result.version.to_string(),
        clusters: result.clusters.iter().map(build::cluster).collect(),
        summary: summary(result),
        findings: Stream::new(entries(result, options)),
        errors: result.errors.iter().map(error).collect(),
        skipped: result.skipped.iter().map(skipped).collect(),
        framework: result.framework.as_ref().map(|framework| build::framework(framework, &result.findings)),
        notes: result.version_note.iter().chain(&result.notes).map(String::as_str).collect(),
    };
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Pretty::default());
    header.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// Writes one finding a line.
pub(crate) fn jsonl(result: &ScanResult, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for entry in entries(result, options) {
        entry.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, Compact))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Entries are made, written and dropped one by one.
fn entries<'r>(result: &'r ScanResult, options: &'r Options) -> impl Iterator<Item = types::Entry<'r>> {
    let copies = build::copies_by_object(result);
    let shown = |finding: &Finding| options.severity.is_none_or(|bar| finding.severity >= bar);
    let pairs = result.findings.iter().zip(fingerprints(&result.findings));
    pairs
        .filter(move |(finding, _)| shown(finding))
        .map(move |(finding, print)| entry(finding, print, &copies))
}

fn summary(result: &ScanResult) -> Summary {
    let counts = Counts::of(&result.findings);
    let [critical, high, medium, low, info] = counts.severity;
    Summary {
        files: result.files,
        objects: result.objects,
        skipped: result.skipped.len(),
        failed: counts.failed,
        unknown: counts.unknown,
        suppressed: counts.suppressed,
        severity: types::BySeverity { critical, high, medium, low, info },
    }
}
