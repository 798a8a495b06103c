//! `seawall who-can`: every subject that may do it, with the chain that gives it.

use super::Asked;
use super::answer::{self, ProofEntry};
use super::can_i::{RequestEntry, Words};
use crate::cli::{AnswerFormat, Common, WhoCan};
use crate::{Exit, output};
use anyhow::Result;
use schemars::JsonSchema;
use seawall_auth::authorizer::{Chain, Engine};
use seawall_auth::rbac::authorizer::Granted;
use seawall_auth::user::{SYSTEM_MASTERS, split_service_account};
use serde::Serialize;
use std::io::{BufWriter, Write};

/// Ways that JSON lists for each subject, at most.
const WAYS: usize = 20;

/// `-o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WhoCanAnswer<'a> {
    /// `seawall.dev/who-can/v1`.
    schema: &'static str,
    /// What is asked.
    request: RequestEntry<'a>,
    /// Everybody whom a binding names and who may do it. `system:masters` may always.
    subjects: Vec<SubjectEntry<'a>>,
    /// What is taken for granted, and who else might.
    notes: &'a [String],
}

/// A subject.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SubjectEntry<'a> {
    /// `User`, `Group` or `ServiceAccount`.
    kind: &'static str,
    /// Of a service account.
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    /// Its name.
    name: &'a str,
    /// How many bindings give it.
    bindings: usize,
    /// Binding, then role, for each way; at most twenty ways.
    proof: Vec<ProofEntry<'a>>,
}

/// Runs the command.
pub(crate) fn run(question: &WhoCan, common: &Common) -> Result<Exit> {
    let asked = Asked::load(&question.paths, &question.what_if, common)?;
    let words = Words::of(&question.verb, &question.resource, &question.place, &asked);
    let chain = asked.chain();
    let mut notes: Vec<String> = asked.notes.iter().chain(&words.resource.note).cloned().collect();
    notes.extend(others(&chain));
    let mut subjects = asked.rbac().who_can(&words.attributes(), WAYS);
    // What the input itself gives comes first.
    subjects.sort_by_key(is_built_in);
    asked.say_holes();
    let mut out = BufWriter::new(std::io::stdout().lock());
    match question.output {
        AnswerFormat::Json => {
            let entry = WhoCanAnswer {
                schema: "seawall.dev/who-can/v1",
                request: words.entry(),
                subjects: subjects.iter().map(entry).collect(),
                notes: &notes,
            };
            serde_json::to_writer_pretty(&mut out, &entry)?;
            writeln!(out)?;
        }
        AnswerFormat::Table => {
            let title = format!("Who can {}", words.say());
            writeln!(out, "{}", output::strong(&title))?;
            write_table(&subjects, common.verbose, &mut out)?;
            if !common.quiet {
                notes.iter().try_for_each(|note| writeln!(out, "note: {}", seawall_report::line(note)))?;
            }
        }
    }
    out.flush()?;
    let open = !asked.holes.is_empty() || !asked.rbac().is_clear();
    Ok(if open { Exit::Incomplete } else { Exit::Clean })
}

/// Whether only bindings that every API server makes give it.
fn is_built_in(granted: &Granted<'_>) -> bool {
    granted.proofs.iter().all(|proof| proof.binding_built_in)
}

fn write_table(subjects: &[Granted<'_>], all: bool, out: &mut dyn Write) -> std::io::Result<()> {
    let shown = |one: &&Granted<'_>| all || !is_built_in(one);
    let rows: Vec<Vec<String>> = subjects.iter().filter(shown).map(row).collect();
    answer::table(&rows, 2, out)?;
    let hidden = subjects.len() - rows.len();
    match (rows.len(), hidden) {
        (0, 0) => writeln!(out, "  nobody whom a binding names")?,
        (_, 0) => {}
        (0, _) => {
            writeln!(out, "  nobody but {hidden} whom every API server's own bindings name (-v lists them)")?
        }
        _ => writeln!(out, "  and {hidden} whom every API server's own bindings name (-v lists them)")?,
    }
    if !all || !subjects.iter().any(|one| one.group && one.name == SYSTEM_MASTERS) {
        writeln!(out, "  group {SYSTEM_MASTERS}: always, without a binding")?;
    }
    Ok(())
}

/// Authorizers beside RBAC that may allow it to others.
fn others(chain: &Chain<'_>) -> Option<String> {
    let all = chain.links.iter().any(|link| matches!(link.engine, Engine::AlwaysAllow));
    if all {
        return Some("the API server's authorizers include AlwaysAllow: everybody can".into());
    }
    let names: Vec<&str> = chain
        .links
        .iter()
        .filter(|link| !matches!(link.engine, Engine::Rbac(_) | Engine::AlwaysDeny | Engine::Node(_)))
        .map(|link| link.name.as_str())
        .collect();
    (!names.is_empty())
        .then(|| format!("what these authorizers allow or deny is not known: {}", names.join(", ")))
}

fn kind_of<'a>(granted: &Granted<'a>) -> (&'static str, Option<&'a str>, &'a str) {
    match (granted.group, split_service_account(granted.name)) {
        (true, _) => ("Group", None, granted.name),
        (false, Some((namespace, name))) => ("ServiceAccount", Some(namespace), name),
        (false, None) => ("User", None, granted.name),
    }
}

fn entry<'a>(granted: &Granted<'a>) -> SubjectEntry<'a> {
    let (kind, namespace, name) = kind_of(granted);
    let proof = answer::entries(&granted.proofs);
    SubjectEntry { kind, namespace, name, bindings: granted.bindings, proof }
}

fn row(granted: &Granted<'_>) -> Vec<String> {
    let (kind, namespace, name) = kind_of(granted);
    let subject = match namespace {
        Some(namespace) => format!("service account {namespace}/{name}"),
        None => format!("{} {name}", kind.to_ascii_lowercase()),
    };
    let mut row = vec![seawall_report::line(&subject).into_owned()];
    if let Some(proof) = granted.proofs.first() {
        let more = match granted.bindings {
            0 | 1 => String::new(),
            number => format!(" (and {} more)", number - 1),
        };
        row.push(format!("{}{more}", answer::named(proof.binding)));
        row.push(answer::named(proof.role.object));
        row.push(answer::place(proof.subject_at(), proof.binding_built_in));
    }
    row
}
