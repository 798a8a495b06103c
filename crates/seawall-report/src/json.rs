//! `json` and `jsonl`: the shapes of `seawall.dev/scan/v1`, written finding by finding.

mod build;
mod types;

pub use types::schema;

use crate::escape::{Compact, Pretty};
use crate::fingerprint::{Fingerprint, fingerprints};
use crate::view::Counts;
use crate::{Options, ScanResult};
use build::{entry, error, skipped};
use serde::ser::{SerializeSeq, Serializer};
use serde::Serialize;
use std::io::{self, Write};
use types::{Header, Summary};

/// Writes the whole result as one indented document.
pub(crate) fn json(result: &ScanResult, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let header = Header {
        schema: types::SCHEMA,
        complete: result.complete,
        kubernetes_version: result.version.to_string(),
        summary: summary(result),
        findings: Stream { result, options },
        errors: result.errors.iter().map(error).collect(),
        skipped: result.skipped.iter().map(skipped).collect(),
        notes: result.version_note.iter().chain(&result.notes).map(String::as_str).collect(),
    };
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Pretty::default());
    header.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// Writes one finding a line.
pub(crate) fn jsonl(result: &ScanResult, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    each(result, options, &mut |entry| {
        entry.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, Compact))?;
        out.write_all(b"\n")
    })
}

/// Findings are made, written and dropped one by one.
struct Stream<'r> {
    result: &'r ScanResult,
    options: &'r Options,
}

impl Serialize for Stream<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        each(self.result, self.options, &mut |entry| list.serialize_element(&entry))?;
        list.end()
    }
}

fn each<'r, E>(
    result: &'r ScanResult,
    options: &'r Options,
    write: &mut dyn FnMut(types::Entry<'r>) -> Result<(), E>,
) -> Result<(), E> {
    let prints: Vec<Fingerprint> = fingerprints(&result.findings);
    let copies = build::copies_by_object(result);
    for (finding, print) in result.findings.iter().zip(prints) {
        if options.severity.is_none_or(|bar| finding.severity >= bar) {
            write(entry(finding, print, &copies))?;
        }
    }
    Ok(())
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
