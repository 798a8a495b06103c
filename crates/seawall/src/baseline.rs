//! Findings that are known already: a file of fingerprints, so that only new ones count.

use anyhow::{Context, Result, bail};
use seawall_model::{Finding, Suppression};
use seawall_report::{Fingerprint, ScanResult, fingerprints};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;

const SCHEMA: &str = "seawall.dev/baseline/v1";

/// A baseline file.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Baseline {
    schema: String,
    findings: Vec<Known>,
}

/// A known finding; rule and file are for people who read the file.
#[derive(Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    fingerprint: String,
    rule: String,
    file: String,
}

pub(crate) fn read(path: &Path) -> Result<Baseline> {
    let name = path.display();
    let text =
        std::fs::read_to_string(path).with_context(|| format!("failed to read the baseline {name}"))?;
    let baseline: Baseline = serde_json::from_str(&text).with_context(|| format!("{name} is no baseline"))?;
    if baseline.schema != SCHEMA {
        bail!("{name}: expected schema {SCHEMA}, found {}", baseline.schema);
    }
    Ok(baseline)
}

/// Marks the findings that the baseline knows. `findings` are in the order of the report, as when it was written:
/// findings that differ in nothing else are told apart by it.
pub(crate) fn apply(baseline: &Baseline, findings: &mut [Finding]) {
    let known: BTreeSet<&str> = baseline.findings.iter().map(|known| known.fingerprint.as_str()).collect();
    let prints = fingerprints(findings);
    for (finding, print) in findings.iter_mut().zip(prints) {
        if finding.suppressed.is_none() && known.contains(print.to_string().as_str()) {
            finding.suppressed = Some(Box::new(Suppression::Baseline));
        }
    }
}

/// Writes the findings of this run that the input itself does not allow.
pub(crate) fn write(path: &Path, result: &ScanResult) -> Result<()> {
    let prints = fingerprints(&result.findings);
    let counts = |(finding, _): &(&Finding, Fingerprint)| {
        !matches!(finding.suppressed.as_deref(), Some(Suppression::InSource(_)))
    };
    let known = |(finding, print): (&Finding, Fingerprint)| Known {
        fingerprint: print.to_string(),
        rule: finding.rule.to_owned(),
        file: finding.at.object.file().to_owned(),
    };
    let mut findings: Vec<Known> = result.findings.iter().zip(prints).filter(counts).map(known).collect();
    findings.sort();
    findings.dedup();
    let baseline = Baseline { schema: SCHEMA.into(), findings };
    let mut text = serde_json::to_string_pretty(&baseline)?;
    text.push('\n');
    seawall_collect::replace_file(path, |out| out.write_all(text.as_bytes()))?;
    Ok(())
}
