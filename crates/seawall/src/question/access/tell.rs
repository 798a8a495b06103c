//! The answer for people: the whole cluster, then namespaces; the dangerous first.

use super::Found;
use super::credential::CredentialEntry;
use super::rights::Right;
use crate::output;
use crate::question::{answer, can_i};
use anyhow::Result;
use seawall_auth::rbac::authorizer::{Proof, RightOn};
use seawall_auth::user::User;
use std::io::Write;
use std::sync::Arc;

/// Resources that are named in one row, at most; `-v` names all.
const RESOURCES: usize = 6;

/// Writes the answer.
pub(super) fn write(found: &Found<'_>, verbose: bool, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "{}", output::strong(&title(found)))?;
    answer::table(&header(found), 2, out)?;
    let rights = &found.rights;
    if rights.is_administrator() {
        let how = rights.everything.map(|why| format!(", through {why}")).unwrap_or_default();
        writeln!(out, "  {}{how}", output::strong("cluster administrator"))?;
    }
    if found.credential.as_ref().is_some_and(|one| one.accepted == Some(false)) {
        return Ok(());
    }
    if found.user == User::default() {
        writeln!(out, "  whose it is cannot be known, and so not what they may do")?;
        return Ok(());
    }
    let shown = |right: &&Right<'_>| verbose || !right.everybody;
    for scope in rights.list.chunk_by(|one, other| one.namespace == other.namespace) {
        let rows = rows(scope.iter().filter(shown), verbose);
        if rows.is_empty() {
            continue;
        }
        let title = match scope.first().and_then(|right| right.namespace) {
            None => "In the whole cluster".to_owned(),
            Some(namespace) => format!("In namespace {}", seawall_report::line(namespace)),
        };
        writeln!(out, "{}", output::strong(&title))?;
        answer::table(&rows, 2, out)?;
    }
    let own = rights.list.iter().any(|right| !right.everybody);
    if !own && rights.everything.is_none() {
        writeln!(out, "  no binding in the input gives it anything of its own")?;
    }
    let common = rights.list.iter().filter(|right| right.everybody).count();
    if common > 0 && !verbose {
        writeln!(out, "and {common} rights that every user has: -v lists them")?;
    }
    Ok(())
}

fn title(found: &Found<'_>) -> String {
    match found.word.strip_prefix("node:") {
        Some(node) => format!("node {}", seawall_report::line(node)),
        None if found.user == User::default() => "nobody that is known".to_owned(),
        None => can_i::who(&found.user),
    }
}

/// What is known of a certificate or token.
fn credential(one: &CredentialEntry) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let until = one.expires.as_deref().map(|time| format!(", until {time}")).unwrap_or_default();
    rows.push(match (one.accepted, one.authenticator) {
        (Some(true), authenticator) => {
            ("accepted", format!("by authenticator {}{until}", authenticator.unwrap_or("?")))
        }
        (Some(false), _) => {
            ("refused", one.error.clone().unwrap_or_else(|| "no authenticator takes it".into()))
        }
        (None, _) => ("unknown", format!("whether it is accepted; so it says of itself{until}")),
    });
    rows.extend(one.because.iter().map(|text| ("because", text.clone())));
    rows.extend(one.unknown.iter().map(|text| ("missing", text.clone())));
    rows
}

fn header(found: &Found<'_>) -> Vec<Vec<String>> {
    let line = |text: &str| seawall_report::line(text).into_owned();
    let mut rows = Vec::new();
    let mut add = |what: &str, text: String| rows.push(vec![what.to_owned(), text]);
    if found.word != format!("user:{}", found.user.name) && !found.user.name.is_empty() {
        add("user", line(&found.user.name));
    }
    if !found.user.groups.is_empty() {
        add("groups", line(&found.user.groups.join(", ")));
    }
    for (what, text) in found.credential.iter().flat_map(credential) {
        add(what, line(&text));
    }
    if let Some(pod) = &found.pod {
        add("pod", line(&format!("{}, {}", pod.named(), pod.location.words())));
        let answer = match pod.token_mounted {
            Some(true) => "mounted",
            Some(false) => "not mounted: its programs cannot use these rights by themselves",
            None => "unknown whether one is mounted",
        };
        add("token", line(&format!("{answer} ({})", pod.because)));
    }
    rows
}

/// What is told in one row: equal but for the resources.
#[derive(PartialEq)]
struct Same<'a> {
    danger: String,
    verbs: &'a [&'a str],
    names: &'a [&'a str],
    is_path: bool,
    limit: Option<&'static str>,
    through: String,
    place: String,
}

fn rows<'a>(rights: impl Iterator<Item = &'a Right<'a>>, verbose: bool) -> Vec<Vec<String>> {
    let mut groups: Vec<(Same<'a>, Vec<String>)> = Vec::new();
    let mut known: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for right in rights {
        let same = same(right);
        let key = format!("{same}");
        let at = *known.entry(key).or_insert_with(|| {
            groups.push((same, Vec::new()));
            groups.len() - 1
        });
        if let Some((_, resources)) = groups.get_mut(at) {
            let mut words = resource_words(&right.on);
            if let Some(last) = words.last_mut().filter(|_| !right.objects.is_empty()) {
                last.push_str(&format!(" ({})", list(&right.objects, verbose)));
            }
            resources.extend(words);
        }
    }
    let row = |(same, resources): (Same<'_>, Vec<String>)| {
        let mut what = list(&resources, verbose);
        if !same.names.is_empty() {
            let names: Vec<String> = same.names.iter().map(|name| (*name).to_owned()).collect();
            what += &format!(" named {}", list(&names, verbose));
        }
        if let Some(limit) = same.limit {
            what += &format!(": {limit}");
        }
        let line = |text: &str| seawall_report::line(text).into_owned();
        vec![same.danger, line(&verb_words(same.verbs)), line(&what), same.through, same.place]
    };
    groups.into_iter().map(row).collect()
}

impl std::fmt::Display for Same<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { danger, verbs, names, is_path, limit, through, place } = self;
        write!(f, "{danger}\n{verbs:?}\n{names:?}\n{is_path}\n{limit:?}\n{through}\n{place}")
    }
}

fn same<'a>(right: &'a Right<'a>) -> Same<'a> {
    let danger = right.danger.map(|danger| format!("{}: {}", danger.level.as_str(), danger.why));
    let (through, place) = match right.proofs.first() {
        Some(proof) => way(proof, &right.proofs),
        None => ("authorizer Node".to_owned(), "by the API server itself".to_owned()),
    };
    Same {
        danger: danger.unwrap_or_default(),
        verbs: &right.verbs,
        names: &right.on.names,
        is_path: !right.on.urls.is_empty(),
        limit: right.limit,
        through,
        place,
    }
}

fn way(proof: &Proof<'_>, all: &[Proof<'_>]) -> (String, String) {
    let mut bindings: Vec<_> = all.iter().map(|proof| Arc::as_ptr(proof.binding)).collect();
    bindings.sort_unstable();
    bindings.dedup();
    let more = match bindings.len() {
        0 | 1 => String::new(),
        number => format!(" (and {} more)", number - 1),
    };
    let through =
        format!("{} gives {}{more}", answer::named(proof.binding), answer::named(proof.role.object));
    (through, answer::place(proof.subject_at(), proof.binding_built_in))
}

fn list(words: &[String], verbose: bool) -> String {
    let most = if verbose { usize::MAX } else { RESOURCES };
    let mut out = words.iter().take(most).map(String::as_str).collect::<Vec<_>>().join(", ");
    if words.len() > most {
        out += &format!(" and {} more", words.len() - most);
    }
    out
}

/// The verbs, with `read` for get, list and watch, and `write` for the five that change.
fn verb_words(verbs: &[&str]) -> String {
    const SETS: [(&str, &[&str]); 2] = [
        ("read", &["get", "list", "watch"]),
        ("write", &["create", "update", "patch", "delete", "deletecollection"]),
    ];
    let (mut words, mut left): (Vec<&str>, Vec<&str>) = (Vec::new(), verbs.to_vec());
    for (word, set) in SETS {
        if set.iter().all(|verb| left.contains(verb)) {
            left.retain(|verb| !set.contains(verb));
            words.push(word);
        }
    }
    words.extend(left);
    words.join(", ")
}

/// `secrets`, `deployments.apps`, `everything`, `/metrics`.
fn resource_words(on: &RightOn<'_>) -> Vec<String> {
    let mut out: Vec<String> = on.urls.iter().map(|url| (*url).to_owned()).collect();
    for resource in &on.resources {
        for group in &on.groups {
            out.push(match (*group, *resource) {
                ("*", "*") => "everything".to_owned(),
                ("", "*") => "everything of the core group".to_owned(),
                (group, "*") => format!("everything of {group}"),
                ("" | "*", resource) => resource.to_owned(),
                (group, resource) => format!("{resource}.{group}"),
            });
        }
    }
    out
}
