//! The same answers live, from a snapshot, and from the manifests that the server gives out.

use super::{Lab, chains};
use crate::kube::{Client, Request};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// Compares; how many questions were asked.
pub(super) fn same(lab: &mut Lab<'_>) -> Result<usize> {
    fill(lab)?;
    export(lab)?;
    let suite = &lab.suite;
    suite.seawall(&suite.admin, &["snapshot", "--cluster", "-o", "all.seawall"])?.expect(&[0])?;
    let mut questions: Vec<Vec<String>> = vec![
        vec![],
        words("--to secrets:export"),
        words("--from internet"),
        words("--from pod:export/open --to cluster-admin"),
        words("--from sa:export/writer"),
        words("--from node:worker --to cluster-admin"),
    ];
    questions.extend(chains::ALL.iter().map(|chain| words(&format!("--from user:{}", chain.user()))));
    for question in &questions {
        let ask = |input: &str| -> Result<Value> {
            let mut all = vec!["paths", input, "-o", "json", "--limit", "200"];
            all.extend(question.iter().map(String::as_str));
            let answer = suite.seawall(&suite.admin, &all)?.expect(&[0])?.json()?;
            Ok(without_places(answer["paths"].clone()))
        };
        let (live, saved, files) = (ask("--cluster")?, ask("all.seawall")?, ask("export")?);
        ensure!(live == saved, "{question:?}: live\n{live:#}\nsnapshot\n{saved:#}");
        ensure!(live == files, "{question:?}: live\n{live:#}\nexported\n{files:#}");
        let found = live.as_array().is_some_and(|paths| !paths.is_empty());
        ensure!(found, "{question:?}: nothing is found");
    }
    Ok(questions.len())
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// Objects of files have lines, those of clusters fields.
fn without_places(mut value: Value) -> Value {
    match &mut value {
        Value::Object(map) => {
            map.remove("location");
            map.values_mut().for_each(|one| *one = without_places(one.take()));
        }
        Value::Array(list) => list.iter_mut().for_each(|one| *one = without_places(one.take())),
        _ => {}
    }
    value
}

/// The chains as they were, and pods, nodes and a workload beside them.
fn fill(lab: &mut Lab<'_>) -> Result<()> {
    for chain in chains::ALL {
        for (path, object) in (chain.objects)() {
            // As it was before the cut.
            let name = object["metadata"]["name"].as_str().unwrap_or_default();
            lab.admin.send(&Request::new("DELETE", format!("{path}/{name}")))?;
            super::create(&mut lab.admin, path, &object)?;
        }
    }
    let privileged =
        json!({"containers": [{"name": "app", "image": "nginx", "securityContext": {"privileged": true}}]});
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "export"}});
    let account =
        |name: &str| json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}});
    let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "worker"}});
    let mut open = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "open", "labels": {"app": "open"}}, "spec": privileged});
    open["spec"]["nodeName"] = "worker".into();
    open["spec"]["serviceAccountName"] = "writer".into();
    let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "open"},
        "spec": {"type": "NodePort", "selector": {"app": "open"}, "ports": [{"port": 80}]}});
    let deployment = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}},
            "spec": {"serviceAccountName": "writer", "containers": [{"name": "app", "image": "nginx"}]}}}});
    let role = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "writer"},
        "rules": [{"apiGroups": [""], "resources": ["pods", "secrets"], "verbs": ["create", "list"]}]});
    let binding = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "writer"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "writer"},
        "subjects": [{"kind": "ServiceAccount", "name": "writer", "namespace": "export"}]});
    let boss = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "export-boss"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": "boss", "namespace": "export"}]});
    let rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/export";
    for (path, object) in [
        ("/api/v1/namespaces", namespace),
        ("/api/v1/nodes", node),
        ("/api/v1/namespaces/export/serviceaccounts", account("writer")),
        ("/api/v1/namespaces/export/serviceaccounts", account("default")),
        ("/api/v1/namespaces/export/serviceaccounts", account("boss")),
        ("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", boss),
        (&format!("{rbac}/roles"), role),
        (&format!("{rbac}/rolebindings"), binding),
        ("/api/v1/namespaces/export/pods", open),
        ("/api/v1/namespaces/export/services", service),
        ("/apis/apps/v1/namespaces/export/deployments", deployment),
    ] {
        super::create(&mut lab.admin, path, &object)?;
    }
    Ok(())
}

/// Every list that the server gives, as `kubectl get -o json` writes it.
fn export(lab: &mut Lab<'_>) -> Result<()> {
    let folder = lab.suite.folder.join("export");
    std::fs::create_dir_all(&folder)?;
    let client = &mut lab.admin;
    let mut groups = vec!["/api/v1".to_owned()];
    let all = get(client, "/apis")?;
    for group in all["groups"].as_array().into_iter().flatten() {
        let version = group["preferredVersion"]["groupVersion"].as_str().context("a version")?;
        groups.push(format!("/apis/{version}"));
    }
    for group in groups {
        let resources = get(client, &group)?;
        for resource in resources["resources"].as_array().into_iter().flatten() {
            let name = resource["name"].as_str().unwrap_or_default();
            let listed = resource["verbs"].as_array().into_iter().flatten().any(|verb| verb == "list");
            if !listed || name.contains('/') || name == "events" {
                continue;
            }
            let mut list = get(client, &format!("{group}/{name}"))?;
            // Items of lists lack what their list says.
            let (kind, version) =
                (resource["kind"].clone(), group.trim_start_matches("/apis/").trim_start_matches("/api/"));
            for item in list["items"].as_array_mut().into_iter().flatten() {
                item["kind"] = kind.clone();
                item["apiVersion"] = version.into();
            }
            let file = format!("{}-{name}.json", group.replace('/', "_"));
            let list = json!({"apiVersion": "v1", "kind": "List", "items": list["items"]});
            std::fs::write(folder.join(file), list.to_string())?;
        }
    }
    Ok(())
}

fn get(client: &mut Client, path: &str) -> Result<Value> {
    client.send(&Request::new("GET", path))?.successful(path)?.json()
}
