//! Request attributes: odd URLs sent over real HTTP, and what an authorization webhook is told about them.

use super::super::generate::Random;
use crate::kube::{Answer, Pool, Recorder, Request};
use anyhow::{Context, Result, bail};
use seawall_auth::authorizer::forbidden;
use seawall_auth::request_info::{LabelOperator, RequestInfo, RequestInfoError};
use seawall_model::Version;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write;
use std::time::Instant;

/// Requests that are sent before the recorder is read.
const BATCH: u64 = 500;
/// Differences printed at most.
const SHOWN: usize = 6;

const METHODS: [&str; 16] = [
    "GET", "GET", "GET", "GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "DELETE", "OPTIONS", "get",
    "TRACE", "FOO", "Patch",
];
const PREFIXES: [&str; 16] = [
    "/api/v1",
    "/api/v1",
    "/api/v1",
    "/apis/apps/v1",
    "/apis/rbac.authorization.k8s.io/v1",
    "/apis/batch/v1beta1",
    "/api",
    "/apis",
    "/apis/apps",
    "/apis/apps/",
    "//api/v1",
    "/api//v1",
    "/API/v1",
    "/",
    "/api/v1/",
    "/apis//v1",
];
const SEGMENTS: [&str; 33] = [
    "pods",
    "pods",
    "namespaces",
    "namespaces",
    "namespaces",
    "default",
    "x",
    "watch",
    "proxy",
    "status",
    "finalize",
    "exec",
    "log",
    "scale",
    "nodes",
    "services",
    "a:b",
    "https:svc:port",
    "",
    ".",
    "..",
    "%2F",
    "%2f",
    "a%2Fb",
    "%20",
    "é",
    "%C3%A9",
    "+",
    "*",
    "secrets",
    "deployments",
    "attach",
    "%25",
];
const PATHS: [&str; 13] = [
    "/healthz",
    "/metrics",
    "/version",
    "/openapi/v3",
    "/livez/ping",
    "/logs/",
    "/",
    "//",
    "/.well-known/x",
    "/metrics%2F",
    "/a%zz",
    "/a%2",
    "*",
];
const FIELDS: [&str; 26] = [
    "metadata.name=a",
    "metadata.name==a",
    "metadata.name!=a",
    "metadata.name=",
    "metadata.name=a,spec.nodeName=n",
    "spec.nodeName=n,metadata.name=b",
    "metadata.name=a,metadata.name=b",
    "metadata.name=a%2Fb",
    "metadata.name=a%5C,b",
    "metadata.name",
    "x=y",
    "=",
    "=y",
    "x=y=z",
    "x==y",
    "x=%3Dy",
    "x=y,",
    ",",
    "x%21=y",
    "metadata.name=..",
    "metadata.name=a%25b",
    "x+y=z",
    "x=%5C",
    "x=%5Cn",
    "metadata.name%3Da",
    "b=1,a=2",
];
const LABELS: [&str; 28] = [
    "a=b",
    "a==b",
    "a!=b",
    "a",
    "!a",
    "a in (b,c)",
    "a in (c,b,b)",
    "a notin (b)",
    "a in ()",
    "a in (b",
    "a>1",
    "a<x",
    "a>=1",
    "a=b,c=d",
    "c=d,a=b",
    "a=",
    "=b",
    "a b",
    "A/b=c",
    "a/b/c=d",
    "a=b c",
    "a,a",
    "a in (,)",
    "a=b=c",
    "! a",
    "a=é",
    "a>1,a<5",
    "x notin (,a)",
];
const WATCH: [&str; 12] = [
    "watch=1",
    "watch=true",
    "watch=false",
    "watch=0",
    "watch=",
    "watch",
    "watch=yes",
    "watch=t",
    "watch=TRUE",
    "Watch=1",
    "watch=True&watch=0",
    "watch=%31",
];
const OTHER: [&str; 10] = [
    "limit=5",
    "&",
    "=",
    "a=%zz",
    "fieldSelector",
    "allowWatchBookmarks=x",
    "timeoutSeconds=x",
    ";",
    "resourceVersion=0",
    "dryRun=All",
];

/// Sends `questions` requests as users whose authorization is recorded, and compares.
pub(crate) fn run(
    pool: &mut Pool,
    recorder: &Recorder,
    version: Version,
    questions: u64,
    seed: u64,
) -> Result<()> {
    let started = Instant::now();
    let mut random = Random::new(seed);
    let (mut recorded, mut refused, mut differences) = (0_u64, 0_u64, 0_usize);
    let mut asked = 0;
    while asked < questions {
        let size = BATCH.min(questions - asked);
        let lines: Vec<(String, String)> = (0..size).map(|_| line(&mut random)).collect();
        let user = |index: usize| format!("recorded:{seed}:{}", asked + index as u64);
        let requests: Vec<Request> = lines
            .iter()
            .enumerate()
            .map(|(index, (method, target))| {
                Request::new(method, target.as_str()).header("Impersonate-User", &user(index))
            })
            .collect();
        let answers = pool.send_all(&requests)?;
        let mut reviews: HashMap<String, Vec<Value>> = HashMap::new();
        for spec in recorder.take() {
            let user = spec["user"].as_str().unwrap_or_default().to_owned();
            reviews.entry(user).or_default().push(spec);
        }
        for (index, ((method, target), answer)) in lines.iter().zip(&answers).enumerate() {
            let user = user(index);
            let seen = reviews.remove(&user).unwrap_or_default();
            recorded += u64::from(!seen.is_empty());
            refused += u64::from(seen.is_empty());
            if let Err(what) = compare(&user, method, target, version, answer, &seen) {
                differences += 1;
                if differences <= SHOWN {
                    println!("difference: {method} {target:?}: {what:#}");
                }
            }
        }
        asked += size;
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "conformance auth requests: seed {seed}: {questions} requests, {recorded} authorized, {refused} refused before, \
         {differences} differences, {seconds:.0} s"
    );
    if differences > 0 {
        bail!("{differences} differences");
    }
    Ok(())
}

fn compare(
    user: &str,
    method: &str,
    target: &str,
    version: Version,
    answer: &Answer,
    seen: &[Value],
) -> Result<()> {
    // The gate AuthorizeWithSelectors is on by default from 1.32.
    let ours = RequestInfo::of_request(method, target, version.at_least(32));
    let info = match (ours, seen) {
        (Ok(info), [_, ..]) => info,
        (Ok(info), []) => {
            bail!("{info:?} here, but the server asks nobody: {} {}", answer.status, answer.text())
        }
        (Err(error), [spec, ..]) => bail!("{error} here, the server asks {spec}"),
        (Err(error), []) => {
            let expected = if matches!(error, RequestInfoError::Target(_)) { 400 } else { 500 };
            if answer.status != expected {
                bail!("{error} here, the server answers {} {}", answer.status, answer.text());
            }
            return Ok(());
        }
    };
    let expected = spec(user, &info);
    for spec in seen {
        if *spec != expected {
            bail!("{expected} here, the server asks {spec}");
        }
    }
    if method != "HEAD" && answer.status == 403 {
        let body: Value = answer.json().context("a refusal is a Status")?;
        let message = forbidden(version, user, &info.attributes(), "");
        if body["message"] != message {
            bail!("refusal: {message:?} here, {} of the server", body["message"]);
        }
    } else if answer.status != 403 && info.is_resource_request {
        // Discovery is open to every authenticated user.
        bail!("the server answers {} {}", answer.status, answer.text());
    }
    Ok(())
}

/// What a webhook is sent for a request, as `webhook.go` writes it.
fn spec(user: &str, info: &RequestInfo) -> Value {
    let mut spec = json!({"user": user, "groups": ["system:authenticated"]});
    let put = |to: &mut Value, key: &str, text: &str| {
        if !text.is_empty() {
            to[key] = text.into();
        }
    };
    if !info.is_resource_request {
        let mut attributes = json!({});
        put(&mut attributes, "path", &info.path);
        put(&mut attributes, "verb", &info.verb);
        spec["nonResourceAttributes"] = attributes;
        return spec;
    }
    let mut attributes = json!({});
    put(&mut attributes, "namespace", &info.namespace);
    put(&mut attributes, "verb", &info.verb);
    put(&mut attributes, "group", &info.api_group);
    put(&mut attributes, "version", &info.api_version);
    put(&mut attributes, "resource", &info.resource);
    put(&mut attributes, "subresource", &info.subresource);
    put(&mut attributes, "name", &info.name);
    let fields: Vec<Value> = info
        .field_requirements()
        .unwrap_or_default()
        .into_iter()
        .map(|term| json!({"key": term.field, "operator": if term.equal { "In" } else { "NotIn" }, "values": [term.value]}))
        .collect();
    if !fields.is_empty() {
        attributes["fieldSelector"] = json!({"requirements": fields});
    }
    let labels: Vec<Value> =
        info.label_requirements().unwrap_or_default().into_iter().filter_map(label_term).collect();
    if !labels.is_empty() {
        attributes["labelSelector"] = json!({"requirements": labels});
    }
    spec["resourceAttributes"] = attributes;
    spec
}

/// Comparisons of numbers have no form in a review and are left out.
fn label_term(term: seawall_auth::request_info::LabelRequirement) -> Option<Value> {
    Some(match term.operator {
        LabelOperator::Equals | LabelOperator::DoubleEquals | LabelOperator::In => {
            json!({"key": term.key, "operator": "In", "values": term.values})
        }
        LabelOperator::NotEquals | LabelOperator::NotIn => {
            json!({"key": term.key, "operator": "NotIn", "values": term.values})
        }
        LabelOperator::Exists => json!({"key": term.key, "operator": "Exists"}),
        LabelOperator::DoesNotExist => json!({"key": term.key, "operator": "DoesNotExist"}),
        LabelOperator::GreaterThan | LabelOperator::LessThan => return None,
    })
}

/// A method and a target.
fn line(random: &mut Random) -> (String, String) {
    let method = METHODS[random.below(METHODS.len())].to_owned();
    if random.below(12) == 0 {
        let path = PATHS[random.below(PATHS.len())];
        // Go's HTTP server answers `OPTIONS *` itself.
        let method = if path == "*" && method == "OPTIONS" { "GET".to_owned() } else { method };
        return (method, path.to_owned());
    }
    let mut target = PREFIXES[random.below(PREFIXES.len())].to_owned();
    if random.below(5) == 0 {
        target.push_str(random.pick(&["/watch", "/proxy"]));
    }
    if random.below(2) == 0 {
        target.push_str("/namespaces/default");
    }
    for _ in 0..random.below(6) {
        let _ = write!(target, "/{}", SEGMENTS[random.below(SEGMENTS.len())]);
    }
    if random.below(8) == 0 {
        target.push('/');
    }
    for number in 0..[0, 0, 0, 1, 1, 2, 3][random.below(7)] {
        target.push(if number == 0 { '?' } else { '&' });
        match random.below(8) {
            0 | 1 => target.push_str(WATCH[random.below(WATCH.len())]),
            2..=4 => {
                let _ = write!(target, "fieldSelector={}", FIELDS[random.below(FIELDS.len())]);
            }
            5 | 6 => {
                let selector = LABELS[random.below(LABELS.len())].replace(' ', random.pick(&["%20", "+"]));
                let _ = write!(target, "labelSelector={selector}");
            }
            _ => target.push_str(OTHER[random.below(OTHER.len())]),
        }
    }
    (method, target)
}
