//! `--upgrade VERSION`: what answers otherwise in another version.

use super::answer::{ObjectEntry, object_entry};
use super::one::{Judge, Judged};
use super::text::named;
use crate::cli::{Common, SimulateFormat};
use crate::{Exit, output};
use anyhow::{Context, Result};
use schemars::JsonSchema;
use seawall_admission::{Outcome, Settings};
use seawall_model::{Object, Version};
use serde::Serialize;
use std::io::{BufWriter, Write};
use std::sync::Arc;

/// `--upgrade -o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpgradeAnswer {
    /// `seawall.dev/simulate-upgrade/v1`.
    schema: &'static str,
    /// The version before.
    from: String,
    /// The version after.
    to: String,
    /// The objects that are answered otherwise.
    changes: Vec<ChangeEntry>,
}

/// An object that is answered otherwise.
#[derive(Debug, Serialize, JsonSchema)]
struct ChangeEntry {
    /// The object.
    object: ObjectEntry,
    /// Verdict and warnings before, those of its pods after `pods: `.
    before: Vec<String>,
    /// The same after.
    after: Vec<String>,
}

/// Runs the question.
pub(super) fn run(judge: &Judge<'_>, objects: &[Arc<Object>], to: &str, common: &Common) -> Result<Exit> {
    let to = Version::read(to).with_context(|| format!("--upgrade {to}"))?.version;
    let from = judge.asked.world.version();
    let before = judge.settings();
    let after = match judge.asked.api_server() {
        Some(server) => Settings::of(server, to),
        None => Settings::defaults(to),
    };
    let mut changes = Vec::new();
    let mut worse = false;
    let mut open = false;
    for object in objects {
        let (old, new) = (judge.judge_with(object, &before), judge.judge_with(object, &after));
        open |= new.allowed().is_none();
        let (one, other) = (words(&old), words(&new));
        if one != other {
            let pods = |judged: &Judged| judged.pods.as_ref().and_then(|pods| pods.allowed);
            worse |= new.allowed() == Some(false) && old.allowed() != Some(false);
            worse |= pods(&new) == Some(false) && pods(&old) != Some(false);
            changes.push((new, one, other));
        }
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    match judge.question.output {
        SimulateFormat::Json => {
            let rows = changes.iter().map(|(judged, before, after)| ChangeEntry {
                object: object_entry(&judged.object, &judged.namespace),
                before: before.clone(),
                after: after.clone(),
            });
            let answer = UpgradeAnswer {
                schema: "seawall.dev/simulate-upgrade/v1",
                from: from.to_string(),
                to: to.to_string(),
                changes: rows.collect(),
            };
            serde_json::to_writer_pretty(&mut out, &answer)?;
            writeln!(out)?;
        }
        SimulateFormat::Text => {
            let count = changes.len();
            let words = format!(
                "{count} of {} objects are answered otherwise by Kubernetes {to} than by {from}",
                objects.len()
            );
            writeln!(out, "{}", output::strong(&words))?;
            for (judged, one, other) in &changes {
                writeln!(out, "\n{}", output::strong(&named(judged)))?;
                one.iter()
                    .filter(|line| !other.contains(line))
                    .try_for_each(|line| writeln!(out, "  - {}", seawall_report::line(line)))?;
                other
                    .iter()
                    .filter(|line| !one.contains(line))
                    .try_for_each(|line| writeln!(out, "  + {}", seawall_report::line(line)))?;
            }
            if !common.quiet {
                judge
                    .notes()
                    .iter()
                    .try_for_each(|note| writeln!(out, "note: {}", seawall_report::line(note)))?;
            }
        }
    }
    out.flush()?;
    Ok(match () {
        () if worse => Exit::Findings,
        () if open => Exit::Incomplete,
        () => Exit::Clean,
    })
}

/// What is compared: the verdict, its text, the warnings, and the same of the pods.
fn words(judged: &Judged) -> Vec<String> {
    let mut words = of(&judged.outcome);
    if let Some(pods) = &judged.pods {
        words.extend(of(&pods.outcome).into_iter().map(|word| format!("pods: {word}")));
    }
    words
}

fn of(outcome: &Outcome) -> Vec<String> {
    let mut words = vec![match outcome.denial() {
        Some(denial) => format!("denied by {}: {}", denial.by, denial.message),
        None => {
            if outcome.allowed() == Some(true) {
                "allowed".to_owned()
            } else {
                "unknown".to_owned()
            }
        }
    }];
    words.extend(outcome.warnings.iter().map(|warning| format!("warning: {warning}")));
    words
}
