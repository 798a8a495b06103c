//! Asks server and seawall the same, and compares.

use super::audit::Audited;
use super::world::World;
use crate::kube::{Answer, Pool, Request as HttpRequest};
use anyhow::Result;
use seawall_admission::{
    Answered, Authorize, Operation, Outcome, Question, Request, Requester, Settings, Stored, Verdict, admit,
};
use seawall_model::{Coverage, schema::Schema};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::Duration;

/// One object on its way to the server.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) operation: Operation,
    pub(crate) namespace: String,
    pub(crate) object: Value,
    pub(crate) old: Option<Value>,
    /// A node, impersonated; else a member of system:masters.
    pub(crate) user: Option<String>,
}

/// What came of a question.
pub(crate) enum Judged {
    /// Equal; what was said.
    Same(String),
    /// seawall does not know; why.
    Open(String),
    /// Not equal.
    Different(String),
}

impl Case {
    /// A creation.
    pub(crate) fn create(api_version: &str, kind: &str, namespace: &str, object: Value) -> Self {
        let mut full = json!({"apiVersion": api_version, "kind": kind});
        for (key, value) in object.as_object().into_iter().flatten() {
            full[key] = value.clone();
        }
        Self {
            operation: Operation::Create,
            namespace: namespace.into(),
            object: full,
            old: None,
            user: None,
        }
    }

    fn api(&self) -> (&str, &str, &str) {
        let api_version = self.object["apiVersion"].as_str().unwrap_or_default();
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        (group, version, self.object["kind"].as_str().unwrap_or_default())
    }

    /// Whether its kind lives in namespaces.
    pub(crate) fn namespaced(&self) -> bool {
        !matches!(self.api().2, "Namespace" | "Node" | "PriorityClass")
    }

    fn request(&self, settings: &Settings<'_>) -> Option<Request> {
        let (group, version, kind) = self.api();
        let info = Schema::for_version(settings.version).kind(group, version, kind)?;
        let name = self.object["metadata"]["name"].as_str().unwrap_or_default();
        let groups: &[&str] = if self.user.is_some() {
            &["system:nodes", "system:authenticated"]
        } else {
            &["system:masters", "system:authenticated"]
        };
        Some(Request {
            operation: self.operation,
            group: group.into(),
            version: version.into(),
            resource: info.resource()?.into(),
            subresource: String::new(),
            kind: kind.into(),
            namespace: if self.namespaced() || kind == "Namespace" {
                self.namespace.clone()
            } else {
                String::new()
            },
            name: name.into(),
            object: Some(self.object.clone()),
            old: self.old.clone(),
            before: 0,
            user: Requester {
                name: self.user.clone().unwrap_or_else(|| "seawall-admin".into()),
                uid: String::new(),
                groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            },
        })
    }

    fn http(&self, request: &Request) -> HttpRequest {
        let prefix =
            if request.group.is_empty() { "/api".to_owned() } else { format!("/apis/{}", request.group) };
        let place = if self.namespaced() { format!("/namespaces/{}", self.namespace) } else { String::new() };
        let mut target = format!("{prefix}/{}{place}/{}", request.version, request.resource);
        let method = match self.operation {
            Operation::Update => {
                target = format!("{target}/{}", request.name);
                "PUT"
            }
            _ => "POST",
        };
        let http = HttpRequest::json(method, format!("{target}?dryRun=All"), &self.object);
        match &self.user {
            None => http,
            Some(user) => http
                .header("Impersonate-User", user)
                .header("Impersonate-Group", "system:nodes")
                .header("Impersonate-Group", "system:authenticated"),
        }
    }
}

/// Everybody here may do everything.
struct Anything;

impl Authorize for Anything {
    fn allows(&self, _user: &Requester, _question: &Question<'_>) -> Option<Answered> {
        Some(Answered { allowed: true, reason: String::new(), error: "<nil>".into() })
    }
}

/// Asks both about all cases. Where the answers differ the server is asked again a few times: its caches may lag, and
/// some of its orders are random.
pub(crate) fn judge(
    pool: &mut Pool,
    world: &World,
    settings: &Settings<'_>,
    cases: &[Case],
    audited: &mut Vec<Audited>,
) -> Result<Vec<Judged>> {
    let coverage = Coverage::closed();
    let stored =
        Stored { cluster: &world.cluster, coverage: &coverage, authorizer: Some(&Anything), time: None };
    let mut asked = Vec::new();
    for case in cases {
        let mut case = case.clone();
        substitute(&mut case, world);
        let Some(request) = case.request(settings) else { continue };
        let outcome = admit(&request, stored, settings);
        let id = format!("{}-{}", world.namespace, asked.len());
        let http = case.http(&request).header("Audit-ID", &id);
        asked.push((case, outcome, http));
    }
    let requests: Vec<HttpRequest> = asked.iter().map(|(_, _, http)| http.clone()).collect();
    let answers = pool.send_all(&requests)?;
    let mut judged = Vec::new();
    for ((case, outcome, http), mut answer) in asked.into_iter().zip(answers) {
        let mut difference = differs(&outcome, &answer);
        for _ in 0..8 {
            if difference.is_none() {
                break;
            }
            sleep(Duration::from_millis(60));
            // Of several attempts the last one's event counts: the log is read from its start.
            answer = pool.send(&http)?;
            difference = differs(&outcome, &answer);
        }
        let kind = case.api().2.to_owned();
        let sure = outcome.doubts.iter().all(|doubt| !doubt.decides);
        if let Some((_, id)) = http.headers.iter().find(|(name, _)| name == "Audit-ID").filter(|_| sure) {
            let about = format!("{:?} {} in {}", case.operation, case.object, world.namespace);
            audited.push(Audited { id: id.clone(), annotations: outcome.audit_annotations.clone(), about });
        }
        judged.push(match difference {
            Some(text) => Judged::Different(report(&case, world, &outcome, &text)),
            None if outcome.verdict == Verdict::Unknown => {
                let why = outcome.doubts.iter().find(|doubt| doubt.decides);
                Judged::Open(format!("{kind}: {}", why.map_or("", |doubt| doubt.reason.as_str())))
            }
            None => Judged::Same(match outcome.denial() {
                Some(denial) => format!("{} {}", denial.by, denial.code),
                None => format!("{kind} allowed"),
            }),
        });
    }
    Ok(judged)
}

/// `@n1` is the uid of node n1.
fn substitute(case: &mut Case, world: &World) {
    let Some(owners) = case.object["metadata"]["ownerReferences"].as_array_mut() else { return };
    for owner in owners {
        let Some(name) = owner["uid"].as_str().and_then(|uid| uid.strip_prefix('@')).map(str::to_owned)
        else {
            continue;
        };
        let node = world
            .objects
            .iter()
            .find(|object| object["kind"] == "Node" && object["metadata"]["name"] == name.as_str());
        owner["uid"] = node.map(|node| node["metadata"]["uid"].clone()).unwrap_or_default();
    }
}

fn report(case: &Case, world: &World, outcome: &Outcome, difference: &str) -> String {
    let rules: Vec<String> = world
        .objects
        .iter()
        .filter(|object| {
            object["metadata"]["namespace"] != "kube-system" && object["metadata"]["namespace"] != "default"
        })
        .filter(|object| {
            matches!(
                object["kind"].as_str(),
                Some("LimitRange" | "ResourceQuota" | "Namespace" | "ServiceAccount")
            ) && object["metadata"]["name"] != "default"
                && object["metadata"]["name"] != "kube-system"
        })
        .map(|object| {
            let mut object = object.clone();
            if let Some(metadata) = object["metadata"].as_object_mut() {
                metadata.retain(|key, _| matches!(key.as_str(), "name" | "labels" | "annotations"));
            }
            object.to_string()
        })
        .collect();
    format!(
        "{:?} as {:?}: {}\nin: {}\ndoubts: {:?}\n{difference}",
        case.operation,
        case.user,
        case.object,
        rules.join("\n    "),
        outcome.doubts
    )
}

/// What is not equal; of unknown answers nothing is compared.
fn differs(outcome: &Outcome, answer: &Answer) -> Option<String> {
    if outcome.verdict == Verdict::Unknown {
        return None;
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let sure = outcome.doubts.iter().all(|doubt| !doubt.decides);
    if let Some(denial) = outcome.denial() {
        if answer.status / 100 == 2 {
            return Some(format!("seawall denies: {}\nserver allows", denial.message));
        }
        let same = denial.code == answer.status
            && body["message"] == denial.message.as_str()
            && body["reason"].as_str().unwrap_or_default() == denial.reason;
        if sure && denial.by != "decoding" && !same {
            return Some(format!(
                "seawall: {} {} {}\nserver: {} {} {}",
                denial.code, denial.reason, denial.message, answer.status, body["reason"], body["message"]
            ));
        }
        return None;
    }
    if answer.status / 100 != 2 {
        return Some(format!("seawall allows\nserver: {} {}", answer.status, body["message"]));
    }
    let vague = |by: &str| outcome.doubts.iter().any(|doubt| doubt.by == by);
    if !vague("warnings") && outcome.warnings != answer.warnings {
        return Some(format!("warnings of seawall: {:#?}\nserver: {:#?}", outcome.warnings, answer.warnings));
    }
    if outcome.doubts.is_empty() {
        let ours = normal(outcome.object.clone().unwrap_or_default());
        return first_difference(&ours, &normal(body), "");
    }
    None
}

/// Without what only a server makes.
fn normal(mut object: Value) -> Value {
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for key in ["uid", "creationTimestamp", "managedFields", "generation", "resourceVersion", "selfLink"]
        {
            metadata.remove(key);
        }
    }
    if let Some(map) = object.as_object_mut() {
        let quality = map.remove("status").and_then(|status| status.get("qosClass").cloned());
        if let Some(quality) = quality {
            map.insert("status".into(), json!({"qosClass": quality}));
        }
    }
    let text = object.to_string();
    let start = "kube-api-access-";
    let mut out = String::new();
    let mut parts = text.split(start);
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str(start);
        out.push_str("xxxxx");
        out.push_str(part.get(5..).unwrap_or_default());
    }
    let mut object: Value = serde_json::from_str(&out).unwrap_or_default();
    without_times(&mut object);
    object
}

/// Templates carry an empty creation time in older versions.
fn without_times(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, value| !(key == "creationTimestamp" && value.is_null()));
            // An empty metadata of a template is written or not, depending on the version.
            map.values_mut().for_each(without_times);
            map.retain(|key, value| {
                !(key == "metadata" && value.as_object().is_some_and(serde_json::Map::is_empty))
            });
        }
        Value::Array(list) => list.iter_mut().for_each(without_times),
        _ => {}
    }
}

fn first_difference(ours: &Value, theirs: &Value, path: &str) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(one), Value::Object(other)) => {
            let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            keys.into_iter().find_map(|key| {
                let null = Value::Null;
                let (one, other) = (one.get(key).unwrap_or(&null), other.get(key).unwrap_or(&null));
                first_difference(one, other, &format!("{path}.{key}"))
            })
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => one
            .iter()
            .zip(other)
            .enumerate()
            .find_map(|(index, (one, other))| first_difference(one, other, &format!("{path}[{index}]"))),
        _ if ours == theirs => None,
        _ => Some(format!("object differs at {path}\nseawall: {ours}\nserver:  {theirs}")),
    }
}
