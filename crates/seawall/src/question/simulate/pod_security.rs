//! `--pod-security LEVEL` and `--migrate`: what Pod Security levels would refuse of what is there.

use super::super::Asked;
use super::answer::{ObjectEntry, object_entry};
use crate::cli::{Common, Simulate, SimulateFormat};
use crate::{Exit, output};
use anyhow::{Context, Result, bail};
use schemars::JsonSchema;
use seawall_admission::pod_security::{Level, LevelVersion, PolicyVersion, evaluate};
use seawall_admission::{mend, value_of};
use seawall_model::Object;
use seawall_report::line;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use std::io::{BufWriter, Write};
use std::sync::Arc;

/// `--pod-security -o json` and `--migrate -o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PodSecurityAnswer {
    /// `seawall.dev/simulate-pod-security/v1`.
    schema: &'static str,
    /// One for each namespace that holds a pod or a workload.
    namespaces: Vec<NamespaceEntry>,
}

/// A namespace.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct NamespaceEntry {
    /// Its name; empty where the objects name none.
    namespace: String,
    /// The level that was tried; with --migrate the strictest that everything passes.
    level: String,
    /// Whether everything in it passes that level.
    passes: bool,
    /// Pods and workloads that were looked at.
    checked: usize,
    /// The labels for that level, where everything passes it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<String, String>,
    /// What does not pass; with --migrate what keeps it from the next level.
    violations: Vec<ViolationEntry>,
}

/// A workload that does not pass.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ViolationEntry {
    /// The workload: the owner of its pods, if it is there.
    object: ObjectEntry,
    /// The level that it breaks.
    level: String,
    /// Pod Security's words, one for each check.
    reasons: Vec<String>,
    /// Changes of fields after which it passes, checked; of something that no field mends those that help.
    fix: Vec<String>,
    /// Whether these changes are enough.
    fixed: bool,
}

/// Runs the question.
pub(super) fn run(
    question: &Simulate,
    asked: &Asked,
    objects: &[Arc<Object>],
    holes: &[String],
    common: &Common,
) -> Result<Exit> {
    let wanted = question.pod_security.as_deref().map(level).transpose()?;
    let mut namespaces: BTreeMap<String, Vec<&Arc<Object>>> = BTreeMap::new();
    let owners: HashSet<Owner<'_>> =
        objects.iter().map(|object| (object.namespace(), object.kind(), object.name())).collect();
    for object in objects.iter().filter(|object| stands_alone(object, &owners)) {
        let name = object.namespace().unwrap_or_default();
        if question.namespace.as_deref().is_none_or(|only| only == name) {
            namespaces.entry(name.to_owned()).or_default().push(object);
        }
    }
    if namespaces.is_empty() {
        bail!("no pod and no workload in the input");
    }
    let server = asked.world.version();
    let entries: Vec<NamespaceEntry> = namespaces
        .into_iter()
        .map(|(name, objects)| match wanted {
            Some(level) => tried(name, &objects, level, server),
            None => strictest(name, &objects, server),
        })
        .collect();
    let mut out = BufWriter::new(std::io::stdout().lock());
    let breaks = entries.iter().any(|entry| !entry.passes);
    match question.output {
        SimulateFormat::Json => {
            let answer =
                PodSecurityAnswer { schema: "seawall.dev/simulate-pod-security/v1", namespaces: entries };
            serde_json::to_writer_pretty(&mut out, &answer)?;
            writeln!(out)?;
        }
        SimulateFormat::Text => entries.iter().try_for_each(|entry| write(entry, common.quiet, &mut out))?,
    }
    out.flush()?;
    Ok(match () {
        () if breaks => Exit::Findings,
        () if !holes.is_empty() => Exit::Incomplete,
        () => Exit::Clean,
    })
}

/// `restricted`, `baseline:v1.33`.
fn level(text: &str) -> Result<LevelVersion> {
    let (name, version) = text.split_once(':').unwrap_or((text, "latest"));
    let level = Level::parse(name)
        .with_context(|| format!("--pod-security {text}: the levels are privileged, baseline, restricted"))?;
    let version = PolicyVersion::parse(version)
        .with_context(|| format!("--pod-security {text}: write the version as `latest` or `v1.36`"))?;
    Ok(LevelVersion { level, version })
}

/// Namespace, kind and name of a workload.
type Owner<'a> = (Option<&'a str>, &'a str, &'a str);

/// Whether an object has a pod of its own, and no owner in the input that tells the same.
fn stands_alone(object: &Arc<Object>, owners: &HashSet<Owner<'_>>) -> bool {
    if object.pods().next().is_none() || object.well_known().template_path().is_none() {
        return false;
    }
    let owner =
        object.at().get("metadata.ownerReferences").items().find(|owner| owner.key("controller").is_true());
    let Some(owner) = owner else { return true };
    let (kind, name) = (owner.key("kind").str(), owner.key("name").str());
    // ReplicaSets belong to Deployments, Jobs to CronJobs: what stands above is looked at in their place.
    !owners.contains(&(object.namespace(), kind.unwrap_or(""), name.unwrap_or("")))
}

fn violation(
    object: &Arc<Object>,
    level: LevelVersion,
    server: seawall_model::Version,
) -> Option<ViolationEntry> {
    let version = level.version.on(server);
    let pod = object.pods().next()?;
    let found = evaluate(pod, level.level, version);
    if found.is_empty() {
        return None;
    }
    let mending = mend(&value_of(object), level.level, version);
    Some(ViolationEntry {
        object: object_entry(object, object.namespace().unwrap_or_default()),
        level: level.to_string(),
        reasons: found.iter().map(ToString::to_string).collect(),
        fix: mending.changes,
        fixed: mending.passes,
    })
}

fn tried(
    name: String,
    objects: &[&Arc<Object>],
    level: LevelVersion,
    server: seawall_model::Version,
) -> NamespaceEntry {
    let violations: Vec<ViolationEntry> =
        objects.iter().filter_map(|object| violation(object, level, server)).collect();
    let passes = violations.is_empty();
    let labels = if passes { labels(level) } else { BTreeMap::new() };
    NamespaceEntry {
        namespace: name,
        level: level.to_string(),
        passes,
        checked: objects.len(),
        labels,
        violations,
    }
}

/// The strictest level that everything passes, and what keeps it from the next.
fn strictest(name: String, objects: &[&Arc<Object>], server: seawall_model::Version) -> NamespaceEntry {
    let version = PolicyVersion::Minor(u64::from(server.minor()));
    let mut keeps = Vec::new();
    for level in [Level::Restricted, Level::Baseline] {
        let level = LevelVersion { level, version };
        let entry = tried(name.clone(), objects, level, server);
        if entry.passes {
            return NamespaceEntry { violations: keeps, ..entry };
        }
        keeps = entry.violations;
    }
    let level = LevelVersion { level: Level::Privileged, version };
    NamespaceEntry {
        namespace: name,
        level: level.to_string(),
        passes: true,
        checked: objects.len(),
        labels: labels(level),
        violations: keeps,
    }
}

fn labels(level: LevelVersion) -> BTreeMap<String, String> {
    let prefix = seawall_admission::pod_security::LABEL_PREFIX;
    BTreeMap::from([
        (format!("{prefix}enforce"), level.level.to_string()),
        (format!("{prefix}enforce-version"), level.version.to_string()),
    ])
}

fn write(entry: &NamespaceEntry, quiet: bool, out: &mut dyn Write) -> Result<()> {
    let name = if entry.namespace.is_empty() { "(unset)" } else { &entry.namespace };
    let word = if entry.passes { "passes" } else { "BREAKS" };
    let title = format!("namespace {}: {word} {} ({} checked)", line(name), entry.level, entry.checked);
    writeln!(out, "{}", output::strong(&title))?;
    if entry.passes {
        let labels: Vec<String> = entry.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        writeln!(out, "  kubectl label --overwrite namespace {} {}", line(name), labels.join(" "))?;
    }
    for violation in &entry.violations {
        let object = &violation.object;
        writeln!(out, "  {} {} breaks {}", line(&object.kind), line(&object.name), violation.level)?;
        violation.reasons.iter().try_for_each(|reason| writeln!(out, "    {}", line(reason)))?;
        if !quiet && !violation.fix.is_empty() {
            let word = if violation.fixed { "passes with" } else { "is nearer, and does not pass, with" };
            writeln!(out, "    {word}")?;
            violation.fix.iter().try_for_each(|change| writeln!(out, "      {}", line(change)))?;
        }
    }
    Ok(())
}
