//! `seawall access --credentials`: every credential in the input, whose it is, until when.

use super::danger::Level;
use super::finds::{Find, Search, kubeconfig_files};
use super::{rights, who};
use crate::cli::{Access, AnswerFormat, Common};
use crate::question::answer::{self, Place};
use crate::question::trust::{self, Trust};
use crate::question::{Asked, can_i};
use crate::{Exit, output};
use anyhow::Result;
use schemars::JsonSchema;
use seawall_auth::user::User;
use serde::Serialize;
use std::collections::HashMap;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

/// `-o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CredentialsAnswer<'a> {
    /// `seawall.dev/credentials/v1`.
    schema: &'static str,
    /// Whether nothing is missing: all was read, and everything that decides is known.
    complete: bool,
    /// The credentials, those of cluster administrators first.
    credentials: &'a [Entry],
    /// What is taken for granted.
    notes: &'a [String],
}

/// A credential; nothing secret.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Entry {
    /// `kubeconfigCertificate`, `kubeconfigToken`, `serviceAccountToken`, `bootstrapToken`, `certificateFile`,
    /// `secretCertificate`, `certificateSigningRequest` or `mountedToken`.
    kind: &'static str,
    /// What holds it.
    holder: String,
    /// Whose it is: `user:jane`, `sa:shop/web`; absent where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// The groups that come with it.
    groups: Vec<String>,
    /// Whether the API server takes it at that time; null where that cannot be known.
    accepted: Option<bool>,
    /// Until when; absent: without end, or not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    /// How many seconds it is good from its issue, where its end is not known: the API server makes tokens of 3607
    /// seconds, which pods get, good for a year.
    #[serde(skip_serializing_if = "Option::is_none")]
    lifetime_seconds: Option<i64>,
    /// Whether its holder may do everything in the whole cluster; null for credentials that are refused, and where
    /// the owner is not known.
    cluster_administrator: Option<bool>,
    /// The highest danger among its own rights.
    #[serde(skip_serializing_if = "Option::is_none")]
    danger: Option<Level>,
    /// Why it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// What would have to be known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<String>,
    location: Place,
    /// For people.
    #[serde(skip)]
    who: String,
}

/// What is longer than this was made longer than it says.
const MONTH: i64 = 30 * 86_400;

/// What somebody may do, in short.
#[derive(Clone, Copy)]
struct Worth {
    administrator: bool,
    danger: Option<Level>,
    unknown: bool,
}

/// Runs the command.
pub(super) fn run(question: &Access, common: &Common) -> Result<Exit> {
    let (subject, paths) = match question.words.split_first() {
        Some((first, rest)) if who::is_subject(first) => (Some(first), rest),
        _ => (None, question.words.as_slice()),
    };
    let wanted = subject.map(|subject| who::read(subject)).transpose()?;
    let mut paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    if question.what_if.with.is_empty() || !paths.is_empty() {
        paths = question.what_if.files.sources(&paths, None, common)?.paths;
    }
    let named = paths.clone();
    paths.extend(kubeconfig_files(&named));
    let now = trust::time(question.at.as_deref())?;
    let asked = Asked::load(&paths, &question.what_if, common)?;
    let trust = Trust::of(&asked, &named);
    let mut known: HashMap<User, Worth> = HashMap::new();
    let finds = Search::of(&asked, &trust, now);
    let mut entries: Vec<Entry> = finds.into_iter().map(|find| entry(find, &asked, &mut known)).collect();
    // Of somebody's credentials those may be some whose owner is not known.
    let unowned = entries.iter().any(|one| one.subject.is_none() && one.accepted.is_none());
    if let Some(user) = wanted.as_ref().and_then(who::user) {
        let subject = who::word_of(&user);
        let is_group = user.name.is_empty();
        let group = |one: &Entry| user.groups.first().is_some_and(|group| one.groups.contains(group));
        entries.retain(|one| if is_group { group(one) } else { one.subject.as_ref() == Some(&subject) });
    }
    let key = |one: &Entry| {
        let danger = one.danger.map_or(u8::MAX, |level| level as u8);
        (one.cluster_administrator != Some(true), danger, one.subject.is_none(), one.subject.clone())
    };
    entries.sort_by_cached_key(key);
    let unsure = known.values().any(|worth| worth.unknown);
    let complete =
        asked.holes.is_empty() && !unsure && !unowned && entries.iter().all(|one| one.accepted.is_some());
    asked.say_holes();
    let notes: Vec<String> = asked.notes.iter().cloned().chain(trust.note.clone()).collect();
    let mut out = BufWriter::new(std::io::stdout().lock());
    match question.output {
        AnswerFormat::Json => {
            let schema = "seawall.dev/credentials/v1";
            let answer = CredentialsAnswer { schema, complete, credentials: &entries, notes: &notes };
            serde_json::to_writer_pretty(&mut out, &answer)?;
            writeln!(out)?;
        }
        AnswerFormat::Table => {
            writeln!(out, "{}", output::strong(&format!("Credentials: {}", entries.len())))?;
            let rows: Vec<Vec<String>> = entries.iter().map(row).collect();
            answer::table(&rows, 2, &mut out)?;
            if !common.quiet {
                notes.iter().try_for_each(|note| writeln!(out, "note: {}", seawall_report::line(note)))?;
            }
        }
    }
    out.flush()?;
    Ok(if complete { Exit::Clean } else { Exit::Incomplete })
}

fn entry(find: Find, asked: &Asked, known: &mut HashMap<User, Worth>) -> Entry {
    let Find { kind, holder, place, judged, lifetime } = find;
    let refused = judged.entry.accepted == Some(false);
    let worth = judged.user.as_ref().filter(|_| !refused).map(|user| {
        *known.entry(plain(user)).or_insert_with(|| {
            let rights = rights::of(user, asked);
            let own = rights.list.iter().filter(|right| !right.everybody);
            Worth {
                administrator: rights.is_administrator(),
                danger: own.filter_map(|right| Some(right.danger?.level)).min(),
                unknown: !rights.unknown.is_empty(),
            }
        })
    });
    Entry {
        kind,
        holder,
        subject: judged.user.as_ref().map(who::word_of),
        who: judged.user.as_ref().map_or_else(|| "not known".to_owned(), can_i::who),
        groups: judged.user.map(|user| user.groups).unwrap_or_default(),
        accepted: judged.entry.accepted,
        expires: judged.entry.expires,
        lifetime_seconds: lifetime,
        cluster_administrator: worth.map(|worth| worth.administrator),
        danger: worth.and_then(|worth| worth.danger),
        error: judged.entry.error,
        unknown: judged.entry.unknown,
        location: place,
    }
}

/// The user without what rights do not depend on, so that equal ones are judged once.
fn plain(user: &User) -> User {
    User { groups: user.groups.clone(), ..User::named(user.name.as_str()) }
}

fn row(one: &Entry) -> Vec<String> {
    let line = |text: &str| seawall_report::line(text).into_owned();
    let until = match &one.expires {
        Some(time) => format!("until {time}"),
        None if one.lifetime_seconds.is_some_and(|seconds| seconds > MONTH) => {
            "a year from its issue".to_owned()
        }
        None if one.lifetime_seconds.is_some() => "an hour from its issue".to_owned(),
        None if one.kind == "mountedToken" => "an hour or a year from its issue".to_owned(),
        None if one.accepted == Some(true) => "without end".to_owned(),
        None => "end not known".to_owned(),
    };
    let worth = match (one.accepted, one.cluster_administrator, one.danger) {
        (Some(false), ..) => "refused".to_owned(),
        (_, Some(true), _) => "cluster administrator".to_owned(),
        (_, _, Some(level)) => format!("{} rights", level.as_str()),
        (_, Some(false), None) => "no dangerous rights".to_owned(),
        (_, None, _) => "rights not known".to_owned(),
    };
    let sure = if one.accepted.is_none() { ", not proven" } else { "" };
    let place = one.location.words();
    vec![one.who.clone(), format!("{worth}{sure}"), until, line(&one.holder), line(&place)]
}
