//! `seawall access`: everything that one subject may do.

mod credential;
mod credentials;
mod danger;
mod finds;
mod mounted;
mod node;
mod pod;
mod rights;
mod tell;
mod who;

use super::answer::{self, ProofEntry, RuleEntry};
use super::asked::is_standard_input;
use super::trust::{self, Trust};
use super::{Asked, can_i};
use crate::cli::{Access, AnswerFormat, Common};
use crate::{Exit, output};
use anyhow::{Context, Result, bail};
use credential::{CredentialEntry, Judged};
pub(crate) use credentials::CredentialsAnswer;
use danger::Danger;
use pod::PodEntry;
use rights::{Right, Rights};
use schemars::JsonSchema;
use seawall_auth::user::{User, split_service_account};
use seawall_model::WellKnown;
use serde::Serialize;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use who::Word;

/// `-o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessAnswer<'a> {
    /// `seawall.dev/access/v1`.
    schema: &'static str,
    /// Whether nothing is missing: all was read, and everything that decides is known.
    complete: bool,
    /// The subject: `sa:shop/web`, `user:jane`, `group:devs`, `node:n1`.
    subject: &'a str,
    /// The user name; empty for a group.
    user: &'a str,
    /// The groups, implied ones included.
    groups: &'a [String],
    /// Of a pod: what it runs as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pod: Option<&'a PodEntry<'a>>,
    /// Of a certificate or token: who takes it, and until when. It itself is never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<&'a CredentialEntry>,
    /// Whether it may do everything in the whole cluster.
    cluster_administrator: bool,
    /// Why every request is allowed whatever the bindings say.
    #[serde(skip_serializing_if = "Option::is_none")]
    everything: Option<&'a str>,
    /// The rights: whole cluster first, then by namespace; the dangerous first.
    rights: Vec<RightEntry<'a>>,
    /// Roles that bindings of the subject name and that are not there.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    missing: &'a [String],
    /// What may give more or take away, and is not known.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    unknown: &'a [String],
    /// What is taken for granted.
    notes: &'a [String],
}

/// A right.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RightEntry<'a> {
    #[serde(flatten)]
    rule: RuleEntry<'a>,
    /// Why it is dangerous, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    danger: Option<Danger>,
    /// Whether every user has it by the API server's own bindings.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    everybody: bool,
    /// `rbac` or `node`.
    authorizer: &'static str,
    /// Of the authorizer `node`: which objects alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<&'static str>,
    /// Of these, the ones in the input.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    objects: &'a [String],
    /// Binding, then role, for each way; at most twenty ways.
    proof: Vec<ProofEntry<'a>>,
}

/// What was found out.
pub(super) struct Found<'a> {
    word: String,
    user: User,
    pod: Option<PodEntry<'a>>,
    credential: Option<CredentialEntry>,
    rights: Rights<'a>,
}

/// Runs the command.
pub(crate) fn run(question: &Access, common: &Common) -> Result<Exit> {
    if question.credentials {
        return credentials::run(question, common);
    }
    let (subject, paths) =
        question.words.split_first().context("whose access? name a subject, such as sa:NAMESPACE/NAME")?;
    let word = who::read(subject)?;
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    let asked = Asked::load(&paths, &question.what_if, common)?;
    let mut notes = asked.notes.clone();
    let found = find(subject, &word, &paths, question, &asked, &mut notes)?;
    notes.extend(unknown_account(&found, &asked));
    let missing = |role: &String| format!("a binding names a role that is not there: {role}");
    notes.extend(found.rights.missing.iter().map(missing));
    asked.say_holes();
    let undecided = found.credential.as_ref().is_some_and(|one| one.accepted.is_none());
    let complete = asked.holes.is_empty() && found.rights.unknown.is_empty() && !undecided;
    let mut out = BufWriter::new(std::io::stdout().lock());
    match question.output {
        AnswerFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &found.entry(complete, &notes))?;
            writeln!(out)?;
        }
        AnswerFormat::Table => {
            tell::write(&found, common.verbose, &mut out)?;
            for unknown in &found.rights.unknown {
                writeln!(out, "{}: {}", output::strong("unknown"), seawall_report::line(unknown))?;
            }
            if !common.quiet {
                notes.iter().try_for_each(|note| writeln!(out, "note: {}", seawall_report::line(note)))?;
            }
        }
    }
    out.flush()?;
    Ok(if complete { Exit::Clean } else { Exit::Incomplete })
}

/// Who it is, and what they may do.
fn find<'a>(
    subject: &str,
    word: &Word,
    paths: &[PathBuf],
    question: &Access,
    asked: &'a Asked,
    notes: &mut Vec<String>,
) -> Result<Found<'a>> {
    let (mut pod, mut credential) = (None, None);
    let user = match word {
        Word::Pod(namespace, name) => {
            let (entry, user) = pod::find(namespace, name, asked)?;
            pod = Some(entry);
            Some(user)
        }
        Word::Certificate(file) | Word::Token(file) => {
            if is_standard_input(file) && paths.iter().any(|path| is_standard_input(path)) {
                bail!("standard input can be the credential or the input, not both");
            }
            let now = trust::time(question.at.as_deref())?;
            let trust = Trust::of(asked, paths);
            notes.extend(trust.note.clone());
            let judge = match word {
                Word::Certificate(_) => credential::certificate_file,
                _ => credential::token_file,
            };
            let Judged { entry, user } = judge(file, &trust, now)?;
            credential = Some(entry);
            user
        }
        word => who::user(word),
    };
    // A credential that is refused gives nothing.
    let refused = credential.as_ref().is_some_and(|one| one.accepted == Some(false));
    let rights = user.as_ref().filter(|_| !refused).map(|user| rights::of(user, asked)).unwrap_or_default();
    let word = match (word, &user) {
        (Word::Group(_), _) | (_, None) => subject.to_owned(),
        (_, Some(user)) => who::word_of(user),
    };
    Ok(Found { word, user: user.unwrap_or_default(), pod, credential, rights })
}

/// A hint where a service account is not in the input and no binding names it: probably a typing mistake.
fn unknown_account(found: &Found<'_>, asked: &Asked) -> Option<String> {
    let (namespace, name) = split_service_account(&found.user.name)?;
    let cluster = asked.world.cluster();
    let accounts = || {
        let unset =
            if namespace == "default" { cluster.in_namespace(WellKnown::ServiceAccount, None) } else { &[] };
        cluster.in_namespace(WellKnown::ServiceAccount, Some(namespace)).iter().chain(unset)
    };
    let own = |right: &Right<'_>| {
        right.proofs.iter().any(|proof| proof.subject_at().key("kind").str() != Some("Group"))
    };
    if name == "default" || accounts().any(|one| one.name() == name) || found.rights.list.iter().any(own) {
        return None;
    }
    let near = crate::select::nearest(name, accounts().map(|one| one.name()));
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Some(format!("{} is not in the input, and no binding names it{hint}", can_i::who(&found.user)))
}

impl Found<'_> {
    fn entry<'e>(&'e self, complete: bool, notes: &'e [String]) -> AccessAnswer<'e> {
        AccessAnswer {
            schema: "seawall.dev/access/v1",
            complete,
            subject: &self.word,
            user: &self.user.name,
            groups: &self.user.groups,
            pod: self.pod.as_ref(),
            credential: self.credential.as_ref(),
            cluster_administrator: self.rights.is_administrator(),
            everything: self.rights.everything,
            rights: self.rights.list.iter().map(right_entry).collect(),
            missing: &self.rights.missing,
            unknown: &self.rights.unknown,
            notes,
        }
    }
}

fn right_entry<'e>(right: &'e Right<'_>) -> RightEntry<'e> {
    RightEntry {
        rule: RuleEntry {
            namespace: right.namespace,
            verbs: &right.verbs,
            api_groups: &right.on.groups,
            resources: &right.on.resources,
            resource_names: &right.on.names,
            non_resource_urls: &right.on.urls,
        },
        danger: right.danger,
        everybody: right.everybody,
        authorizer: if right.proofs.is_empty() { "node" } else { "rbac" },
        limit: right.limit,
        objects: &right.objects,
        proof: answer::entries(&right.proofs),
    }
}
