//! `--review FILE`: AdmissionReview requests, a JSON line each, answered by AdmissionReview responses.

use super::super::authorize::{open, read_lines};
use super::one::{Authorizers, Judge};
use crate::Exit;
use anyhow::{Context, Result};
use seawall_admission::{Operation, Outcome, Request, Requester, Stored, admit};
use serde_json::{Map, Value, json};
use std::io::{BufWriter, Write};
use std::path::Path;

/// Answers every line.
pub(super) fn run(judge: &Judge<'_>, file: &Path) -> Result<Exit> {
    let mut input = open(file)?;
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let settings = judge.settings();
    let authorizers = Authorizers(judge.asked.chain());
    let stored = Stored {
        cluster: judge.asked.world.cluster(),
        coverage: judge.asked.world.coverage(),
        authorizer: Some(&authorizers),
        time: judge.asked.world.time(),
    };
    let mut certain = true;
    let mut denied = false;
    loop {
        let lines = read_lines(&mut input).with_context(|| format!("failed to read {}", file.display()))?;
        if lines.is_empty() {
            break;
        }
        for line in lines {
            let answer = match serde_json::from_slice::<Value>(&line) {
                Err(error) => refused("", &format!("this is no AdmissionReview: {error}")),
                Ok(review) => match request(&review) {
                    Err(why) => refused(review["request"]["uid"].as_str().unwrap_or_default(), why),
                    Ok(request) => {
                        let outcome = admit(&request, stored, &settings);
                        denied |= outcome.allowed() == Some(false);
                        response(&review, &outcome)
                    }
                },
            };
            certain &= !answer["response"]["allowed"].is_null();
            serde_json::to_writer(&mut out, &answer)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(match () {
        () if denied => Exit::Findings,
        () if !certain => Exit::Incomplete,
        () => Exit::Clean,
    })
}

/// The request of a review.
fn request(review: &Value) -> Result<Request, &'static str> {
    let request = review.get("request").ok_or("this AdmissionReview has no request")?;
    let text = |path: &str| request.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let operation = match request["operation"].as_str() {
        Some("CREATE") => Operation::Create,
        Some("UPDATE") => Operation::Update,
        Some("DELETE") => Operation::Delete,
        Some("CONNECT") => Operation::Connect,
        _ => return Err("the operation is none of CREATE, UPDATE, DELETE, CONNECT"),
    };
    let object = |key: &str| request.get(key).filter(|object| object.is_object()).cloned();
    let groups = request.pointer("/userInfo/groups").and_then(Value::as_array);
    let (resource, kind) = (text("/resource/resource"), text("/kind/kind"));
    if resource.is_empty() || kind.is_empty() {
        return Err("the request names no resource or no kind");
    }
    Ok(Request {
        operation,
        group: text("/resource/group"),
        version: text("/resource/version"),
        resource,
        subresource: text("/subResource"),
        kind,
        namespace: text("/namespace"),
        name: text("/name"),
        object: object("object").filter(|_| operation != Operation::Delete),
        old: object("oldObject"),
        user: Requester {
            name: text("/userInfo/username"),
            uid: text("/userInfo/uid"),
            groups: groups.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
        },
        before: 0,
    })
}

fn refused(uid: &str, why: &str) -> Value {
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": {"uid": uid, "allowed": null, "error": why}})
}

/// `allowed` is null where it is not known, which the API has no word for.
fn response(review: &Value, outcome: &Outcome) -> Value {
    let mut response = Map::new();
    response.insert("uid".to_owned(), review["request"]["uid"].clone());
    response.insert("allowed".to_owned(), outcome.allowed().map_or(Value::Null, Value::from));
    if let Some(denial) = outcome.denial() {
        response.insert("status".to_owned(), denial.status());
    }
    if !outcome.warnings.is_empty() {
        response.insert("warnings".to_owned(), json!(outcome.warnings));
    }
    if !outcome.audit_annotations.is_empty() {
        response.insert("auditAnnotations".to_owned(), json!(outcome.audit_annotations));
    }
    let unknown: Vec<String> =
        outcome.doubts.iter().map(|doubt| format!("{}: {}", doubt.by, doubt.reason)).collect();
    if !unknown.is_empty() {
        response.insert("unknown".to_owned(), json!(unknown));
    }
    let api_version = review["apiVersion"].as_str().unwrap_or("admission.k8s.io/v1");
    json!({"apiVersion": api_version, "kind": "AdmissionReview", "response": response})
}
