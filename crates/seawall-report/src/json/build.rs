//! From findings to JSON shapes.

use super::types::*;
use crate::fingerprint::{Fingerprint, group_id};
use crate::framework::Verdict;
use crate::redact::mask;
use crate::{ClusterRead, Copies, Framework, InputError, ScanResult, Skipped, edits, names};
use seawall_controls::{Control, find};
use seawall_model::{FieldRef, Finding, Fix, Object, Outcome, Safety, Suppression};
use std::collections::HashMap;
use std::sync::Arc;

pub(super) type CopiesByObject<'r> = HashMap<*const Object, &'r Copies>;

pub(super) fn copies_by_object(result: &ScanResult) -> CopiesByObject<'_> {
    result.copies.iter().map(|copies| (Arc::as_ptr(&copies.object), copies)).collect()
}

pub(super) fn entry<'r>(finding: &'r Finding, print: Fingerprint, copies: &CopiesByObject<'r>) -> Entry<'r> {
    let control = find(finding.rule).unwrap_or(&Control::EMPTY);
    let object = &*finding.at.object;
    Entry {
        rule: finding.rule,
        severity: finding.severity.as_str(),
        result: result_word(finding.outcome),
        message: mask(&finding.message),
        object: ObjectEntry {
            api_version: object.api_version(),
            kind: object.kind(),
            namespace: object.namespace(),
            name: object.name(),
        },
        container: finding.container.as_deref(),
        location: location(&finding.at),
        related: finding
            .related()
            .iter()
            .map(|related| RelatedEntry { location: location(&related.at), message: mask(&related.message) })
            .collect(),
        by_shape: finding.at.is_by_shape(),
        evidence: finding.evidence().iter().map(|fact| mask(fact)).collect(),
        fix: finding.fix.as_deref().map(|fix| fix_entry(fix, object)),
        group: group_id(finding),
        practices: control.practices,
        frameworks: Frameworks { cis: control.cis, nsa: control.nsa, pss: control.pss.map(|level| [level]) },
        aliases: control.aliases,
        copies: copies.get(&Arc::as_ptr(&finding.at.object)).map(|copies| places(copies)).unwrap_or_default(),
        fingerprint: print.to_string(),
        suppressed: finding.suppressed.as_deref().map(suppressed),
    }
}

/// `fail` or `unknown`.
pub(super) fn result_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fail => "fail",
        Outcome::Unknown => "unknown",
    }
}

fn location(at: &FieldRef) -> LocationEntry<'_> {
    let field = at.field();
    match names::file(&at.object) {
        None => {
            let file = names::template(&at.object);
            LocationEntry { file, line: None, column: None, end_line: None, end_column: None, field }
        }
        Some(file) => {
            let location = at.location();
            LocationEntry {
                file: Some(file),
                line: Some(location.start.line),
                column: Some(location.start.column),
                end_line: Some(location.end.line),
                end_column: Some(location.end.column),
                field,
            }
        }
    }
}

fn fix_entry<'r>(fix: &'r Fix, object: &'r Object) -> FixEntry<'r> {
    let planned = edits::plan(&fix.changes);
    FixEntry {
        safety: safety_word(fix.safety),
        description: &fix.description,
        verified: fix.verified,
        edits: planned
            .into_iter()
            .map(|edit| EditEntry { file: object.file(), start: edit.start, end: edit.end, text: edit.text })
            .collect(),
    }
}

fn safety_word(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => "safe",
        Safety::Unsafe => "unsafe",
    }
}

fn places(copies: &Copies) -> Vec<CopyEntry<'_>> {
    copies
        .places
        .iter()
        .map(|place| CopyEntry { file: &place.file, line: place.line, column: place.column })
        .collect()
}

fn suppressed(suppression: &Suppression) -> SuppressedEntry<'_> {
    match suppression {
        Suppression::InSource(reason) => SuppressedEntry { kind: "inSource", reason: Some(reason) },
        Suppression::Baseline => SuppressedEntry { kind: "baseline", reason: None },
    }
}

pub(super) fn error(error: &InputError) -> ErrorEntry<'_> {
    ErrorEntry {
        file: &error.file,
        line: error.place.map(|place| place.line),
        column: error.place.map(|place| place.column),
        message: mask(&error.message),
    }
}

pub(super) fn skipped(skipped: &Skipped) -> SkippedEntry<'_> {
    SkippedEntry {
        file: &skipped.file,
        document: skipped.document,
        reason: &skipped.reason,
        hint: skipped.hint.as_deref(),
    }
}

pub(super) fn framework<'r>(framework: &'r Framework, findings: &[Finding]) -> FrameworkEntry<'r> {
    let requirements = framework.requirements.iter().map(|requirement| {
        let verdict = Verdict::of(requirement, findings);
        RequirementEntry {
            id: &requirement.id,
            title: &requirement.title,
            result: verdict.word(),
            findings: verdict.findings(),
            rules: &requirement.rules,
        }
    });
    FrameworkEntry { id: &framework.id, title: &framework.title, requirements: requirements.collect() }
}

/// A cluster that was read.
pub(super) fn cluster(cluster: &ClusterRead) -> ClusterEntry<'_> {
    ClusterEntry {
        name: &cluster.name,
        uid: cluster.uid.as_deref(),
        version: cluster.version.as_deref(),
        namespace: cluster.namespace.as_deref(),
        time: cluster.time.as_deref(),
        objects: cluster.objects,
        complete: cluster.complete,
    }
}
