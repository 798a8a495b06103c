//! `seawall diff OLD NEW`: which rights a change gives and takes, the dangerous first, which attack paths it opens and
//! closes, and which connections.

pub(super) mod changes;
mod connections;
mod findings;
mod markdown;
pub(super) mod text;
pub(super) mod ways;

use super::Asked;
use super::answer::{self, ProofEntry, RuleEntry};
use crate::cli::{Common, Diff, DiffFormat, WhatIf};
use crate::{Exit, output};
use anyhow::{Context, Result, bail};
use changes::{Change, Changes};
pub(super) use findings::FindingEntry;
use schemars::JsonSchema;
use serde::Serialize;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
pub(super) use ways::WayEntry;

/// `-o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DiffAnswer<'a> {
    /// `seawall.dev/diff/v1`.
    schema: &'static str,
    /// Whether something dangerous is gained.
    dangerous: bool,
    /// Whether everything could be compared; otherwise `unknown` says what could not.
    complete: bool,
    /// Whether the API server of NEW allows every request, and that of OLD does not.
    everything_allowed: bool,
    /// Rights that NEW gives and OLD does not, the dangerous first.
    gained: Vec<RightEntry<'a>>,
    /// Rights that OLD gives and NEW does not.
    lost: Vec<RightEntry<'a>>,
    /// Attack paths to cluster administrator, to nodes and to the secrets of namespaces that only one side has.
    paths: PathsEntry,
    /// Connections that are open on one side only.
    connections: &'a connections::Connections,
    /// Findings that NEW has and OLD has not, and the other way, without those about rights.
    findings: Findings<'a>,
    /// What could not be compared.
    unknown: &'a [String],
    /// What is taken for granted.
    notes: &'a [String],
}

/// Attack paths.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PathsEntry {
    /// Of NEW alone, those from outside first: each is dangerous.
    gained: Vec<ways::WayEntry>,
    /// Of OLD alone.
    lost: Vec<ways::WayEntry>,
    /// Further starts that gain a path, which are not listed for their number.
    more_gained: usize,
    /// Further starts that lose one.
    more_lost: usize,
}

/// Findings of the catalogue.
#[derive(Debug, Serialize, JsonSchema)]
struct Findings<'a> {
    /// Of NEW alone, the worst first.
    gained: &'a [findings::FindingEntry],
    /// Of OLD alone.
    lost: &'a [findings::FindingEntry],
}

/// A right that somebody gains or loses.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RightEntry<'a> {
    /// Whose.
    subject: SubjectEntry<'a>,
    #[serde(flatten)]
    rule: RuleEntry<'a>,
    /// Why it is dangerous to gain it.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    dangers: &'a [changes::Reason],
    /// One way in which it is granted: binding, then role.
    proof: Vec<ProofEntry<'a>>,
}

/// Somebody.
#[derive(Debug, Serialize, JsonSchema)]
struct SubjectEntry<'a> {
    /// `User`, `Group` or `ServiceAccount`.
    kind: &'static str,
    /// Of a service account.
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    /// Its name.
    name: &'a str,
}

/// Runs the command.
pub(crate) fn run(question: &Diff, common: &Common) -> Result<Exit> {
    let files = &question.files;
    if files.names_cluster() && question.new.is_some() {
        bail!("two things are compared: OLD with the cluster, or OLD with NEW");
    }
    let old = load(Some(&question.old), question, common)?;
    let new = load(question.new.as_deref(), question, common)?;
    let mut changes = Changes::between(&old, &new);
    let connections = connections::Connections::between(&old, &new);
    changes.doubt(&connections.doubts);
    old.say_holes();
    new.say_holes();
    let mut out = BufWriter::new(std::io::stdout().lock());
    match question.output {
        DiffFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &answer(&changes, &connections))?;
            writeln!(out)?;
        }
        DiffFormat::Text => text::write(&changes, &connections, common.quiet, &mut out)?,
        DiffFormat::Markdown => out.write_all(markdown::write(&changes, &connections).as_bytes())?,
    }
    out.flush()?;
    if question.output != DiffFormat::Text {
        changes
            .unknown
            .iter()
            .for_each(|why| output::say(format_args!("unknown: {}", seawall_report::line(why))));
    }
    Ok(match () {
        () if changes.is_dangerous() => Exit::Findings,
        () if !changes.complete => Exit::Incomplete,
        () => Exit::Clean,
    })
}

/// What stands at a path; without one the cluster.
fn load(path: Option<&Path>, question: &Diff, common: &Common) -> Result<Asked> {
    let mut files = question.files.clone();
    if path.is_some() {
        (files.cluster, files.context, files.kubeconfig) = (false, None, None);
    }
    let what_if = WhatIf { files, ..WhatIf::default() };
    let paths: Vec<PathBuf> = path.map(Path::to_owned).into_iter().collect();
    let what = path.map_or_else(|| "the cluster".into(), |path| path.to_string_lossy());
    let asked = Asked::load(&paths, &what_if, common).with_context(|| format!("failed to compare {what}"))?;
    if asked.world.cluster().is_empty()
        && let Some(hole) = asked.holes.first()
    {
        bail!("nothing could be read: {hole}");
    }
    Ok(asked)
}

fn answer<'a>(changes: &'a Changes<'_>, connections: &'a connections::Connections) -> DiffAnswer<'a> {
    DiffAnswer {
        schema: "seawall.dev/diff/v1",
        dangerous: changes.is_dangerous(),
        complete: changes.complete,
        everything_allowed: changes.all_allowed,
        gained: changes.gained.iter().map(right_entry).collect(),
        lost: changes.lost.iter().map(right_entry).collect(),
        paths: PathsEntry::of(changes),
        connections,
        findings: Findings { gained: &changes.findings.gained, lost: &changes.findings.lost },
        unknown: &changes.unknown,
        notes: &changes.notes,
    }
}

impl PathsEntry {
    pub(super) fn of(changes: &Changes<'_>) -> Self {
        Self {
            gained: changes.paths_gained.ways.iter().map(ways::Way::entry).collect(),
            lost: changes.paths_lost.ways.iter().map(ways::Way::entry).collect(),
            more_gained: changes.paths_gained.more,
            more_lost: changes.paths_lost.more,
        }
    }
}

/// A right as JSON tells it.
pub(super) fn right_entry<'a>(change: &'a Change<'_>) -> RightEntry<'a> {
    let (kind, namespace, name) = change.subject();
    let part = &change.part;
    RightEntry {
        subject: SubjectEntry { kind, namespace, name },
        rule: RuleEntry {
            namespace: change.namespace,
            verbs: &part.verbs,
            api_groups: &part.groups,
            resources: &part.resources,
            resource_names: &part.names,
            non_resource_urls: &part.urls,
        },
        dangers: &change.dangers,
        proof: answer::entries(std::slice::from_ref(&change.proof)),
    }
}
