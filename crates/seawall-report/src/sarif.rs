//! `sarif`: SARIF 2.1.0 for code scanning.

mod places;
mod rules;

use crate::escape::{Pretty, Stream, line};
use crate::fingerprint::{fingerprints, group_id};
use crate::redact::mask;
use crate::shown::Sources;
use crate::{InputError, Options, ScanResult, names};
use seawall_model::{Finding, Outcome, Severity, Suppression};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::io::{self, Write};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The log: everything around the results.
#[derive(Serialize)]
struct Log<R> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<R>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<R> {
    tool: Value,
    column_kind: &'static str,
    invocations: [Value; 1],
    results: R,
}

pub(crate) fn write(result: &ScanResult, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let shown = |finding: &&Finding| options.severity.is_none_or(|bar| finding.severity >= bar);
    let rules = rules::used(result.findings.iter().filter(shown));
    let descriptors: Vec<Value> = rules.iter().map(|rule| rules::descriptor(rule)).collect();
    let sources = RefCell::new(Sources::default());
    let prints = fingerprints(&result.findings);
    let results =
        result.findings.iter().zip(prints).filter(|(finding, _)| shown(finding)).map(|(finding, print)| {
            let index = rules.binary_search(&finding.rule).unwrap_or(0);
            one(finding, index, &print.to_string(), &mut sources.borrow_mut())
        });
    let driver = json!({
        "name": "seawall",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "shortDescription": { "text": "Kubernetes security" },
        "rules": descriptors,
    });
    let run = Run {
        tool: json!({ "driver": driver }),
        column_kind: "unicodeCodePoints",
        invocations: [invocation(result)],
        results: Stream::new(results),
    };
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run] };
    log.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, Pretty::default()))?;
    out.write_all(b"\n")
}

/// `error`, `warning`, `note`.
pub(crate) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn one(finding: &Finding, index: usize, print: &str, sources: &mut Sources) -> Value {
    let unknown = finding.outcome == Outcome::Unknown;
    let mut result = Map::new();
    let mut put = |key: &str, value: Value| result.insert(key.to_owned(), value);
    put("ruleId", json!(finding.rule));
    put("ruleIndex", json!(index));
    // Only failures may have a level (SARIF 3.27.10).
    put("kind", json!(if unknown { "open" } else { "fail" }));
    put("level", json!(if unknown { "none" } else { level(finding.severity) }));
    put("message", message(&sentence(finding)));
    put("locations", json!([places::location(&finding.at, sources)]));
    if !finding.related().is_empty() {
        let related = finding.related().iter().enumerate().map(|(id, related)| {
            let mut location = places::location(&related.at, sources);
            if let Value::Object(fields) = &mut location {
                fields.insert("id".to_owned(), json!(id + 1));
                fields.insert("message".to_owned(), message(&related.message));
            }
            location
        });
        put("relatedLocations", related.collect());
    }
    put("partialFingerprints", json!({ "seawall/v1": print }));
    if let Some(fix) = finding.fix.as_deref().and_then(|fix| places::fix(finding, fix)) {
        put("fixes", json!([fix]));
    }
    put(
        "suppressions",
        finding.suppressed.as_deref().map_or(json!([]), |suppression| json!([suppressed(suppression)])),
    );
    put("properties", properties(finding));
    Value::Object(result)
}

/// The message with what would decide an unknown.
fn sentence(finding: &Finding) -> String {
    match (finding.outcome, finding.evidence().first()) {
        (Outcome::Unknown, Some(decides)) => format!("{}: {decides}", finding.message),
        _ => finding.message.to_string(),
    }
}

/// A plain-text message. Brackets are escaped, because `[text](1)` is a link even in plain messages (SARIF 3.11.6).
fn message(text: &str) -> Value {
    let masked = mask(text);
    let text = line(&masked);
    let text = if text.contains("](") {
        text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
    } else {
        text.into_owned()
    };
    json!({ "text": text })
}

fn suppressed(suppression: &Suppression) -> Value {
    match suppression {
        Suppression::InSource(reason) => json!({ "kind": "inSource", "justification": line(reason) }),
        Suppression::Baseline => json!({ "kind": "external", "justification": "in the baseline file" }),
    }
}

fn properties(finding: &Finding) -> Value {
    let mut properties = Map::new();
    properties.insert("severity".to_owned(), json!(finding.severity.as_str()));
    properties.insert("object".to_owned(), json!(names::object(&finding.at.object)));
    if let Some(container) = finding.container.as_deref() {
        properties.insert("container".to_owned(), json!(container));
    }
    if let Some(group) = group_id(finding) {
        properties.insert("group".to_owned(), json!(group));
    }
    if !finding.evidence().is_empty() {
        properties
            .insert("evidence".to_owned(), finding.evidence().iter().map(|fact| json!(mask(fact))).collect());
    }
    Value::Object(properties)
}

/// Whether the run was whole, and what could not be read.
fn invocation(result: &ScanResult) -> Value {
    let notifications: Vec<Value> = result.errors.iter().map(notification).collect();
    json!({
        // The run itself succeeded: incomplete input is told by the notifications.
        "executionSuccessful": true,
        "toolExecutionNotifications": notifications,
        "properties": { "complete": result.complete, "kubernetesVersion": result.version.to_string() },
    })
}

fn notification(error: &InputError) -> Value {
    json!({ "level": "error", "message": message(&error.message), "locations": [places::of_error(error)] })
}
