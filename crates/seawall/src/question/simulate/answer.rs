//! `simulate -o json`.

use super::one::Judged;
use super::pods::Pods;
use schemars::JsonSchema;
use seawall_admission::pod_security::{Level, PolicyVersion};
use seawall_admission::{Denial, Outcome, mend, value_of};
use seawall_model::{At, Object};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// `-o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SimulateAnswer {
    /// `seawall.dev/simulate/v1`.
    schema: &'static str,
    /// One for each object, in the order of the input.
    results: Vec<ResultEntry>,
    /// What is taken for granted.
    notes: Vec<String>,
}

/// What the API server would answer to one object.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ResultEntry {
    /// The object.
    object: ObjectEntry,
    /// Where it stands; of a refusal the field that is most to blame.
    location: PlaceEntry,
    /// `CREATE`, `UPDATE` or `DELETE`.
    operation: &'static str,
    #[serde(flatten)]
    verdict: VerdictEntry,
    /// Annotations of the audit event, by full key.
    audit_annotations: BTreeMap<String, String>,
    /// The object as it would be stored, without what only a server makes.
    #[serde(skip_serializing_if = "Option::is_none")]
    patched: Option<Value>,
    /// Of a Pod Security refusal of it or of its pods: changes of fields that were tried, and whether they are enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixEntry>,
    /// Of a workload that may enter: what becomes of the pods that its controller makes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pods: Option<PodsEntry>,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct VerdictEntry {
    /// Whether it may enter; null where that cannot be known.
    allowed: Option<bool>,
    /// The HTTP status of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u16>,
    /// Its machine word, such as `Forbidden`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// The API server's exact text.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// The plugin, or `authorization`, `validation`, `decoding`, `serving`.
    #[serde(skip_serializing_if = "Option::is_none")]
    denied_by: Option<&'static str>,
    /// Details of a refusal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<CauseEntry>,
    /// What the client would be warned of, in the server's order.
    warnings: Vec<String>,
    /// What is not known, and would decide it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<String>,
    /// The sums behind a quota's answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    arithmetic: Vec<String>,
}

/// An object.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ObjectEntry {
    /// API version.
    pub(super) api_version: String,
    /// Kind.
    pub(super) kind: String,
    /// The namespace that it comes to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) namespace: String,
    /// Name.
    pub(super) name: String,
}

/// A place.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlaceEntry {
    /// The file; empty for objects of a cluster.
    file: String,
    /// Line, from 1; 0 for objects of a cluster.
    line: u32,
    /// Column, from 1.
    column: u32,
    /// The field.
    field: String,
}

/// A detail.
#[derive(Debug, Serialize, JsonSchema)]
struct CauseEntry {
    /// The machine's word.
    reason: String,
    /// The text.
    message: String,
    /// The field.
    field: String,
}

/// Changes that were tried.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FixEntry {
    /// `FIELD: VALUE` to set, or `FIELD: removed`.
    pub(super) changes: Vec<String>,
    /// Whether the object, so changed, passes the level that refused it.
    pub(super) passes: bool,
}

/// What would mend a Pod Security refusal of the object, or of its pods.
pub(super) fn fix(judged: &Judged) -> Option<FixEntry> {
    let pods = judged.pods.as_ref().and_then(|pods| pods.outcome.denial());
    let denial =
        judged.outcome.denial().or(pods).filter(|denial| denial.by == "PodSecurity" && denial.code == 403)?;
    // The text names the level between quotes: `violates PodSecurity "restricted:latest"`.
    let (_, rest) = denial.message.split_once("violates PodSecurity \"")?;
    let (level, version) = rest.split_once('"')?.0.split_once(':')?;
    let (level, version) = (Level::parse(level)?, PolicyVersion::parse(version)?);
    let mending = mend(&value_of(&judged.object), level, version.on(judged.version));
    (!mending.changes.is_empty()).then_some(FixEntry { changes: mending.changes, passes: mending.passes })
}

/// The pods of a workload.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PodsEntry {
    /// How many it asks for.
    replicas: u64,
    /// The first that is refused, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused_at: Option<u64>,
    #[serde(flatten)]
    verdict: VerdictEntry,
}

impl SimulateAnswer {
    /// The answer for these results.
    pub(super) fn new(results: &[Judged], notes: &[String]) -> Self {
        let results = results.iter().map(entry).collect();
        Self { schema: "seawall.dev/simulate/v1", results, notes: notes.to_vec() }
    }
}

fn entry(judged: &Judged) -> ResultEntry {
    let at = judged.outcome.denial().and_then(|denial| blamed(&judged.object, denial));
    ResultEntry {
        object: object_entry(&judged.object, &judged.namespace),
        location: place(at.unwrap_or_else(|| judged.object.at())),
        operation: judged.operation.as_str(),
        verdict: verdict(&judged.outcome),
        audit_annotations: judged.outcome.audit_annotations.clone(),
        patched: judged.outcome.object.clone().filter(|_| judged.allowed() != Some(false)).map(sealed),
        fix: fix(judged),
        pods: judged.pods.as_ref().map(pods),
    }
}

/// Values of Secrets never appear.
fn sealed(mut object: Value) -> Value {
    if object.get("kind").and_then(Value::as_str) == Some("Secret") {
        for field in ["data", "stringData"] {
            for value in object
                .get_mut(field)
                .and_then(Value::as_object_mut)
                .into_iter()
                .flat_map(|map| map.values_mut())
            {
                *value = seawall_model::SEALED.into();
            }
        }
    }
    object
}

pub(super) fn object_entry(object: &Object, namespace: &str) -> ObjectEntry {
    let scoped = object.well_known().cluster_scoped() == Some(true);
    ObjectEntry {
        api_version: object.api_version().to_owned(),
        kind: object.kind().to_owned(),
        namespace: if scoped { String::new() } else { namespace.to_owned() },
        name: object.name().to_owned(),
    }
}

pub(super) fn place(at: At<'_>) -> PlaceEntry {
    let reference = at.field_ref();
    let live = at.object().live().is_some();
    let start = if live { None } else { Some(reference.location().start) };
    PlaceEntry {
        file: if live { String::new() } else { at.object().file().to_owned() },
        line: start.map_or(0, |start| start.line),
        column: start.map_or(0, |start| start.column),
        field: reference.field(),
    }
}

fn verdict(outcome: &Outcome) -> VerdictEntry {
    let denial = outcome.denial();
    let cause = |cause: &seawall_admission::Cause| CauseEntry {
        reason: cause.reason.clone(),
        message: cause.message.clone(),
        field: cause.field.clone(),
    };
    VerdictEntry {
        allowed: outcome.allowed(),
        code: denial.map(|denial| denial.code),
        reason: denial.map(|denial| denial.reason),
        message: denial.map(|denial| denial.message.clone()),
        denied_by: denial.map(|denial| denial.by),
        causes: denial.map(|denial| denial.causes.iter().map(cause).collect()).unwrap_or_default(),
        warnings: outcome.warnings.clone(),
        unknown: outcome.doubts.iter().map(|doubt| format!("{}: {}", doubt.by, doubt.reason)).collect(),
        arithmetic: outcome.arithmetic.clone(),
    }
}

fn pods(pods: &Pods) -> PodsEntry {
    PodsEntry { replicas: pods.replicas, refused_at: pods.refused_at, verdict: verdict(&pods.outcome) }
}

/// The place of the first field that a refusal names, as far as the object has it.
pub(super) fn blamed<'a>(object: &'a Arc<Object>, denial: &'a Denial) -> Option<At<'a>> {
    denial.fields.first().map(|field| walk(object.at(), field))
}

/// Follows a path such as `spec.containers[0].resources.limits.cpu`.
pub(super) fn walk<'a>(start: At<'a>, path: &'a str) -> At<'a> {
    let mut at = start;
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(index) = rest.strip_prefix('[') {
            let (inside, tail) = index.split_once(']').unwrap_or((index, ""));
            rest = tail.strip_prefix('.').unwrap_or(tail);
            match inside.parse::<usize>() {
                Ok(number) => match at.items().nth(number) {
                    Some(item) => at = item,
                    None => return at,
                },
                Err(_) => at = at.key(inside.trim_matches('"')),
            }
            continue;
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (key, tail) = rest.split_at(end);
        at = at.key(key);
        rest = tail.strip_prefix('.').unwrap_or(tail);
    }
    at
}
