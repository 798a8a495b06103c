//! Carries out the chains through running pods, makes the cut that seawall proposes, and tries again. The paths are told
//! alike live and by snapshot.

use super::Lab;
use super::chains::{ALL, Chain};
use crate::conformance::paths::{edit, eventually, last_number};
use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// Proves all chains; how many questions were answered alike live and by snapshot.
pub(super) fn prove(lab: &Lab<'_>) -> Result<usize> {
    for chain in ALL {
        lab.admin(&["apply", "--filename", "-"], &objects(chain))?;
    }
    for chain in ALL.iter().filter(|chain| chain.objects.contains("kind: Pod")) {
        let namespace = chain.namespace();
        let words = ["wait", "--for=condition=Ready", "pods", "--all", "--timeout=60s", "-n", &namespace];
        lab.admin(&words, "")?;
    }
    let questions = same_paths(lab)?;
    for chain in ALL {
        one(lab, chain).with_context(|| format!("the chain `{}`", chain.name))?;
    }
    Ok(questions)
}

fn objects(chain: &Chain) -> String {
    let (namespace, user) = (chain.namespace(), chain.user());
    let mut all = format!(
        "apiVersion: v1
kind: Namespace
metadata: {{name: {namespace}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: boss, namespace: {namespace}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: {namespace}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}}
subjects: [{{kind: ServiceAccount, name: boss, namespace: {namespace}}}]
"
    );
    if !chain.rules.is_empty() {
        all += &format!(
            "---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{name: {user}, namespace: {namespace}}}
rules: {}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: {user}, namespace: {namespace}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: {user}}}
subjects: [{{kind: User, name: {user}}}]
",
            chain.rules
        );
    }
    if !chain.objects.is_empty() {
        all += "---";
        all += &chain.objects.replace("NS", &namespace);
    }
    all
}

/// Everything that `paths` says live it says of a snapshot; how many questions were asked.
fn same_paths(lab: &Lab<'_>) -> Result<usize> {
    let file = lab.work.join("paths.seawall");
    let file = file.to_str().context("a path")?;
    let written = lab.seawall(&["snapshot", "--cluster", "-o", file])?;
    ensure!(written.status.success(), "snapshot: {}", String::from_utf8_lossy(&written.stderr));
    let mut questions: Vec<Vec<&str>> =
        vec![vec![], vec!["--from", "internet"], vec!["--from", "node:node2"], vec!["--to", "node:node2"]];
    questions.extend(ALL.iter().map(|chain| vec!["--from", chain.from, "--to", chain.to]));
    let mut found = 0;
    for question in &questions {
        let ask = |input: &str| {
            let words = [&["paths", input, "-o", "json", "--limit", "200"], question.as_slice()].concat();
            Ok::<_, anyhow::Error>(lab.json(&words)?["paths"].take())
        };
        let (live, saved) = (ask("--cluster")?, ask(file)?);
        ensure!(live == saved, "{question:?}: live\n{live:#}\nsnapshot\n{saved:#}");
        found += live.as_array().map_or(0, Vec::len);
    }
    ensure!(found > questions.len(), "the questions find next to nothing");
    Ok(questions.len())
}

fn ask(lab: &Lab<'_>, command: &str, chain: &Chain) -> Result<Value> {
    lab.json(&[command, "--from", chain.from, "--to", chain.to, "--cluster", "-o", "json"])
}

/// Refused before, possible after, refused with the cut.
fn one(lab: &Lab<'_>, chain: &Chain) -> Result<()> {
    let answer = ask(lab, "paths", chain)?;
    let steps = answer["paths"][0]["steps"].as_array();
    let edges: Vec<&str> = steps.into_iter().flatten().filter_map(|step| step["edge"].as_str()).collect();
    ensure!(edges == chain.edges, "seawall tells {edges:?}, not {:?}", chain.edges);
    // The authorizer learns of roles by a watch, and the kubelet mounts tokens in its own time.
    let reached = eventually(|| match (chain.attack)(lab, chain)? {
        Some(config) => Ok(lab.identity(&config)?.as_deref() == Some(chain.becomes)),
        None => Ok(false),
    })?;
    ensure!(reached, "nobody becomes {}", chain.becomes);
    let answer = ask(lab, "cut", chain)?;
    ensure!(answer["minimum"] == true && answer["ends"] == true, "the cut is not proven: {answer}");
    let changes = answer["changes"].as_array().filter(|changes| !changes.is_empty()).context("no cut")?;
    apply(lab, changes).with_context(|| format!("{changes:?}"))?;
    let is_over = |config: Option<Value>| match config {
        // The cut may leave the steps and take the rights at their end.
        Some(config) => {
            Ok::<_, anyhow::Error>(chain.to == "cluster-admin" && !lab.is_administrator(&config)?)
        }
        None => Ok(true),
    };
    let ended = eventually(|| is_over((chain.attack)(lab, chain)?))?;
    ensure!(ended, "the attack still works with the cut {changes:?}");
    let left = ask(lab, "paths", chain)?["paths"].take();
    ensure!(left == Value::Array(Vec::new()), "after the cut seawall still finds {left:#}");
    Ok(())
}

/// Makes the changes of a cut; what cannot be changed in place is made anew.
fn apply(lab: &Lab<'_>, changes: &[Value]) -> Result<()> {
    let mut changes: Vec<&Value> = changes.iter().collect();
    changes.sort_by_key(|change| std::cmp::Reverse(last_number(change)));
    for change in changes {
        let text = |key: &str| change["object"][key].as_str().unwrap_or_default();
        let what = format!("{}/{}", text("kind").to_ascii_lowercase(), text("name"));
        let namespace = text("namespace");
        if change["change"].as_str().is_some_and(|change| change.starts_with("delete ")) {
            lab.admin(&["delete", &what, "--namespace", namespace, "--wait"], "")?;
            continue;
        }
        let object = lab.admin(&["get", &what, "--namespace", namespace, "-o", "json"], "")?;
        let mut object: Value = serde_json::from_str(&object)?;
        edit(&mut object, change)?;
        lab.admin(&["replace", "--force", "--filename", "-"], &object.to_string())?;
        if text("kind") == "Pod" {
            let words = ["wait", "--for=condition=Ready", &what, "--timeout=60s", "--namespace", namespace];
            lab.admin(&words, "")?;
        }
    }
    Ok(())
}

impl Lab<'_> {
    fn with_config(&self, config: &Value, words: &[&str]) -> Result<Option<String>> {
        let file = self.work.join("stolen.kubeconfig");
        std::fs::write(&file, config.to_string())?;
        let mut all = vec!["--kubeconfig", file.to_str().context("a path")?];
        all.extend(words);
        let output = self.kubectl(&all, "")?;
        Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned()))
    }

    /// The name of whoever holds a kubeconfig, if the API server accepts it.
    pub(super) fn identity(&self, config: &Value) -> Result<Option<String>> {
        self.with_config(config, &["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"])
    }

    fn is_administrator(&self, config: &Value) -> Result<bool> {
        Ok(self.with_config(config, &["auth", "can-i", "*", "*.*"])?.as_deref() == Some("yes"))
    }
}
