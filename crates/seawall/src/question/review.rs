//! `seawall review SOFTWARE --against INPUT`: what somebody else's software would bring into a cluster before it is
//! installed. It is the difference between the cluster without it and with it, told of the software's identities; and
//! what it would still hold, confined to its own namespace.

mod confine;
mod rewrite;
mod split;
mod text;

use super::Asked;
use super::diff::changes::Changes;
use super::diff::{FindingEntry, PathsEntry, RightEntry, WayEntry, right_entry};
use super::paths::{PathEntry, entry};
use crate::cli::{Common, Review, ReviewFormat, WhatIf};
use crate::{Exit, output};
use anyhow::{Result, bail};
use confine::Confined;
use schemars::JsonSchema;
use seawall_auth::rbac::{SubjectKind, subjects_of};
use seawall_model::{Object, WellKnown};
use seawall_paths::{Path, Place};
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::{BufWriter, Write};
use std::sync::Arc;

/// Identities whose way to cluster administrator is looked for.
const IDENTITIES: usize = 500;

/// `-o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReviewAnswer<'a> {
    /// `seawall.dev/review/v1`.
    schema: &'static str,
    /// Whether it asks for something dangerous.
    dangerous: bool,
    /// Whether everything could be read and compared; otherwise `unknown` says what could not.
    complete: bool,
    /// The software's identities that are or can become cluster administrator.
    administrators: Vec<AdministratorEntry>,
    /// The rights that it asks for beyond those that are there, the dangerous first.
    rights: Vec<RightEntry<'a>>,
    /// The attack paths that it opens, and those that it closes.
    paths: PathsEntry,
    /// What the catalogue finds in it, the worst first; findings about rights are told as rights.
    findings: &'a [FindingEntry],
    /// What it could hold in one namespace instead of in the whole cluster.
    confined: ConfinedEntry<'a>,
    /// What is not known.
    unknown: &'a [String],
    /// What is taken for granted.
    notes: &'a [String],
}

/// An identity of the software.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct AdministratorEntry {
    /// `sa:shop/operator`, `user:NAME`, `group:NAME`.
    subject: String,
    /// Whether it is bound to every right as such; otherwise it is cluster administrator in disguise.
    openly: bool,
    /// How.
    path: PathEntry,
}

/// The rewritten roles and bindings.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ConfinedEntry<'a> {
    /// The bindings that need not reach the whole cluster.
    bindings: &'a [confine::BindingEntry],
    /// The bindings that are left as they are.
    kept: &'a [confine::KeptEntry],
    /// Objects of the software that the rewritten ones replace, as `KIND/NAME`.
    replaces: &'a [String],
    /// The rewritten objects, as a manifest; empty where there are none. Checked: nobody gains a right by them, and in
    /// the namespace none is lost.
    manifest: &'a str,
    /// The attack paths that are no longer there with them.
    closes: Vec<WayEntry>,
}

/// An identity that is or can become cluster administrator.
struct Administrator {
    path: Path,
    openly: bool,
}

/// Runs the command.
pub(crate) fn run(question: &Review, common: &Common) -> Result<Exit> {
    let (software, holes) =
        Asked::objects_of(&question.paths, &question.files, question.namespace.as_deref(), common)?;
    if software.is_empty() {
        match holes.first() {
            Some(hole) => bail!("nothing of the software could be read: {hole}"),
            None => bail!("no object of Kubernetes in the software (charts need --render)"),
        }
    }
    let base = if question.against.is_empty() && !question.files.names_cluster() {
        Asked::nothing(&question.files)?
    } else {
        let what_if = WhatIf { files: question.files.clone(), ..WhatIf::default() };
        Asked::load(&question.against, &what_if, common)?.with_templates()
    };
    let mut with = base.and(&software);
    with.holes.extend(holes);
    let changes = Changes::between(&base, &with);
    let administrators = administrators(&software, &with);
    let confined = confine::confine(&software, &with);
    with.say_holes();
    let mut out = BufWriter::new(std::io::stdout().lock());
    match question.output {
        ReviewFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &answer(&changes, &administrators, &confined))?;
            writeln!(out)?;
        }
        ReviewFormat::Text => text::write(&changes, &administrators, &confined, common.quiet, &mut out)?,
    }
    out.flush()?;
    if question.output != ReviewFormat::Text {
        let unknown = changes.unknown.iter();
        unknown.for_each(|why| output::say(format_args!("unknown: {}", seawall_report::line(why))));
    }
    Ok(match () {
        () if changes.is_dangerous() || !administrators.is_empty() => Exit::Findings,
        () if !changes.complete => Exit::Incomplete,
        () => Exit::Clean,
    })
}

fn answer<'a>(
    changes: &'a Changes<'_>,
    administrators: &[Administrator],
    confined: &'a Confined,
) -> ReviewAnswer<'a> {
    let administrators = administrators.iter().map(|one| AdministratorEntry {
        subject: one.path.from.to_string(),
        openly: one.openly,
        path: entry(&one.path),
    });
    let administrators: Vec<AdministratorEntry> = administrators.collect();
    ReviewAnswer {
        schema: "seawall.dev/review/v1",
        dangerous: changes.is_dangerous() || !administrators.is_empty(),
        complete: changes.complete,
        administrators,
        rights: changes.gained.iter().map(right_entry).collect(),
        paths: PathsEntry::of(changes),
        findings: &changes.findings.gained,
        confined: ConfinedEntry {
            bindings: &confined.bindings,
            kept: &confined.kept,
            replaces: &confined.replaces,
            manifest: &confined.manifest,
            closes: confined.closes.ways.iter().map(super::diff::ways::Way::entry).collect(),
        },
        unknown: &changes.unknown,
        notes: &changes.notes,
    }
}

/// The identities that the software makes or binds.
fn identities(software: &[Arc<Object>]) -> BTreeSet<Place> {
    let mut all = BTreeSet::new();
    for object in software {
        match object.well_known() {
            WellKnown::ServiceAccount => {
                let namespace = object.namespace().unwrap_or("default");
                all.insert(Place::ServiceAccount(namespace.to_owned(), object.name().to_owned()));
            }
            WellKnown::RoleBinding | WellKnown::ClusterRoleBinding => {
                all.extend(subjects_of(object).filter_map(|subject| {
                    Some(match (subject.service_account(), subject.kind()) {
                        (Some((namespace, name)), _) => {
                            Place::ServiceAccount(namespace.to_owned(), name.to_owned())
                        }
                        (None, SubjectKind::User) => Place::User(subject.name().to_owned()),
                        (None, SubjectKind::Group) => Place::Group(subject.name().to_owned()),
                        _ => return None,
                    })
                }));
            }
            _ => {}
        }
    }
    all
}

fn administrators(software: &[Arc<Object>], with: &Asked) -> Vec<Administrator> {
    let identities: Vec<Place> = identities(software).into_iter().collect();
    let (paths, ..) = with.world.paths().nearest(&identities, &[Place::ClusterAdmin], IDENTITIES);
    let openly = |path: &Path| matches!(path.steps.as_slice(), [only] if matches!(only.row, seawall_paths::Row::Wildcard | seawall_paths::Row::Masters));
    let one = |path: Path| Administrator { openly: openly(&path), path };
    // In disguise first: the others say what they are.
    let mut all: Vec<Administrator> = paths.into_iter().map(one).collect();
    all.sort_by_key(|one| (one.openly, one.path.steps.len(), one.path.from.clone()));
    all
}
