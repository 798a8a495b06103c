//! The pods of a workload: would its controller get them in, and how many of them?

use seawall_admission::{Operation, Outcome, Request, Requester, Settings, Stored, Verdict, admit};
use seawall_model::WellKnown;
use serde_json::{Value, json};

/// Replicas that are looked at, at most.
const MOST: u64 = 100_000;

/// What becomes of a workload's pods.
pub(super) struct Pods {
    /// How many it asks for.
    pub(super) replicas: u64,
    /// Whether all of them get in.
    pub(super) allowed: Option<bool>,
    /// The first that does not, counted from 1.
    pub(super) refused_at: Option<u64>,
    /// The answer about that one, or about the first.
    pub(super) outcome: Outcome,
}

/// Judges the pods that the controller of a workload would create.
pub(super) fn judge(
    request: &Request,
    outcome: &Outcome,
    stored: Stored<'_>,
    settings: &Settings<'_>,
) -> Option<Pods> {
    let kind = WellKnown::of(&request.group, &request.kind);
    let path = kind.template_path().filter(|path| !path.is_empty() && kind != WellKnown::PodTemplate)?;
    let workload = outcome.object.as_ref()?;
    let template = workload.pointer(&format!("/{}", path.replace('.', "/")))?;
    let number = |field: &str| workload.pointer(field).and_then(Value::as_u64);
    let replicas = match kind {
        WellKnown::Job => number("/spec/parallelism").unwrap_or(1),
        WellKnown::CronJob => number("/spec/jobTemplate/spec/parallelism").unwrap_or(1),
        WellKnown::DaemonSet => 1,
        _ => number("/spec/replicas").unwrap_or(1),
    };
    let replicas = replicas.min(MOST);
    if replicas == 0 {
        return None;
    }
    let pod = pod(request, template, kind);
    let ask = |before: u64| admit(&Request { before, ..pod.clone() }, stored, settings);
    let first = ask(0);
    if first.allowed() != Some(true) {
        let refused_at = (first.allowed() == Some(false)).then_some(1);
        return Some(Pods { replicas, allowed: first.allowed(), refused_at, outcome: first });
    }
    let last = ask(replicas - 1);
    if last.allowed() != Some(false) {
        return Some(Pods { replicas, allowed: last.allowed(), refused_at: None, outcome: last });
    }
    // Only quotas count, and they only fill up: the first refusal is found by halves.
    let (mut good, mut bad) = (0, replicas - 1);
    let mut answer = last;
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        let outcome = ask(middle);
        match outcome.verdict {
            Verdict::Denied(_) => (bad, answer) = (middle, outcome),
            _ => good = middle,
        }
    }
    Some(Pods { replicas, allowed: Some(false), refused_at: Some(bad + 1), outcome: answer })
}

/// A pod as the controller would send it.
fn pod(request: &Request, template: &Value, kind: WellKnown) -> Request {
    let controller = match kind {
        WellKnown::Deployment | WellKnown::ReplicaSet => "replicaset-controller",
        WellKnown::StatefulSet => "statefulset-controller",
        WellKnown::DaemonSet => "daemon-set-controller",
        WellKnown::ReplicationController => "replication-controller",
        _ => "job-controller",
    };
    let mut metadata = template.get("metadata").cloned().unwrap_or_else(|| json!({}));
    metadata["generateName"] = format!("{}-", request.name).into();
    metadata["namespace"] = request.namespace.clone().into();
    let object = json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template.get("spec").cloned()});
    let groups = ["system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"];
    Request {
        operation: Operation::Create,
        group: String::new(),
        version: "v1".to_owned(),
        resource: "pods".to_owned(),
        subresource: String::new(),
        kind: "Pod".to_owned(),
        namespace: request.namespace.clone(),
        name: String::new(),
        object: Some(object),
        old: None,
        user: Requester {
            name: format!("system:serviceaccount:kube-system:{controller}"),
            uid: String::new(),
            groups: groups.map(str::to_owned).to_vec(),
        },
        before: 0,
    }
}
