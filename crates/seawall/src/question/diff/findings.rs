//! Findings that a change brings or mends: the same rule on the same object, container and field is the same
//! finding, whatever file it stands in. Rules about rights are left out: rights are compared by their effect.

use super::super::Asked;
use schemars::JsonSchema;
use seawall_controls::{CATALOGUE, Engine, suppress};
use seawall_model::{Finding, Outcome, Severity};
use serde::Serialize;
use std::collections::HashMap;

/// Findings of each side that are kept, as in a scan.
const MOST: usize = 200_000;

/// A finding gained or lost.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct FindingEntry {
    /// The rule.
    pub(super) rule: &'static str,
    /// How bad: `critical`, `high`, `medium`, `low` or `info`.
    pub(super) severity: &'static str,
    /// One sentence.
    pub(super) message: String,
    /// `Deployment shop/web`.
    pub(super) object: String,
    /// The file; absent where a cluster or a snapshot was read.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schemars(default)]
    pub(super) file: String,
    /// Line, from 1; absent where there is no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u32>,
    /// Whether it is as dangerous as a dangerous right.
    #[serde(skip)]
    pub(super) dangerous: bool,
}

impl FindingEntry {
    /// `deploy/web.yaml:7`; nothing for objects of clusters.
    pub(super) fn place(&self) -> String {
        self.line.map(|line| format!("{}:{line}", self.file)).unwrap_or_default()
    }
}

/// The findings of both sides that the other lacks, the worst first.
pub(super) fn compare(old: &Asked, new: &Asked) -> Compared {
    // Rights and attack paths are compared on their own.
    let controls = || CATALOGUE.iter().copied().filter(|control| !matches!(control.area(), "rbac" | "chain"));
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get());
    let run = |asked: &Asked| {
        let mut found = Engine::new(controls()).run_bounded(&asked.world, threads, MOST, false);
        suppress::apply(&mut found.findings);
        found.findings.retain(|one| one.suppressed.is_none() && one.outcome == Outcome::Fail);
        (found.findings, found.omitted.is_empty())
    };
    let ((old, old_whole), (new, new_whole)) = (run(old), run(new));
    Compared { gained: beyond(&new, &old), lost: beyond(&old, &new), complete: old_whole && new_whole }
}

/// What came of it.
pub(in super::super) struct Compared {
    pub(in super::super) gained: Vec<FindingEntry>,
    pub(super) lost: Vec<FindingEntry>,
    /// Whether none was left out for their number.
    pub(super) complete: bool,
}

type Key<'f> = (&'static str, &'f str, &'f str, Option<&'f str>, &'f str, &'f str, String);

fn key(finding: &Finding) -> Key<'_> {
    let identity = finding.at.object.identity();
    let field: String = finding.at.field().chars().filter(|c| !c.is_ascii_digit()).collect();
    let container = finding.container.as_deref().unwrap_or("");
    (finding.rule, identity.group, identity.kind, identity.namespace, identity.name, container, field)
}

fn beyond(here: &[Finding], other: &[Finding]) -> Vec<FindingEntry> {
    let mut known: HashMap<Key<'_>, usize> = HashMap::new();
    for finding in other {
        *known.entry(key(finding)).or_default() += 1;
    }
    let mut out: Vec<(Severity, FindingEntry)> = Vec::new();
    for finding in here {
        match known.get_mut(&key(finding)) {
            Some(count) if *count > 0 => *count -= 1,
            _ => out.push((finding.severity, entry(finding))),
        }
    }
    out.sort_by(|(one, first), (other, second)| {
        let order = |entry: &FindingEntry| (entry.file.clone(), entry.line, entry.rule);
        other.cmp(one).then_with(|| order(first).cmp(&order(second)))
    });
    out.into_iter().map(|(_, entry)| entry).collect()
}

fn entry(finding: &Finding) -> FindingEntry {
    let object = &finding.at.object;
    let is_live = object.live().is_some();
    let name = match object.namespace() {
        Some(namespace) => format!("{} {namespace}/{}", object.kind(), object.name()),
        None => format!("{} {}", object.kind(), object.name()),
    };
    FindingEntry {
        rule: finding.rule,
        severity: finding.severity.as_str(),
        message: seawall_report::redact::mask(&finding.message).into_owned(),
        object: name,
        file: if is_live { String::new() } else { object.file().to_owned() },
        line: (!is_live).then(|| finding.at.location().start.line),
        dangerous: finding.severity >= Severity::High,
    }
}
