//! The printed role is enough, and each rule of it is needed.

use super::{Suite, create};
use crate::kube::{Client, Request};
use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const ROLE: &str = "/apis/rbac.authorization.k8s.io/v1/clusterroles/seawall-reader";

/// Reads with the role, then without each of its rules; how many there were.
pub(super) fn complete_with_the_role_alone(suite: &mut Suite<'_>, client: &mut Client) -> Result<usize> {
    let printed = suite.seawall(&suite.admin, &["snapshot", "--print-rbac"])?.expect(&[0])?.out;
    let objects = objects(&printed)?;
    let role =
        objects.iter().find(|object| object["kind"] == "ClusterRole").context("a role is printed")?.clone();
    let binding =
        objects.iter().find(|object| object["kind"] == "ClusterRoleBinding").context("and a binding")?;
    create(client, "/apis/rbac.authorization.k8s.io/v1/clusterroles", &role)?;
    create(client, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding)?;
    let reader = reader(suite, client)?;
    let snapshot =
        |suite: &Suite<'_>| suite.seawall(&reader, &["snapshot", "--cluster", "-o", "reader.seawall"]);
    // The authorizer learns of the binding by a watch.
    let mut first = snapshot(suite)?;
    for _ in 0..20 {
        if first.code == 0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(250));
        first = snapshot(suite)?;
    }
    first.expect(&[0])?;
    let rules = role["rules"].as_array().context("rules")?.clone();
    let mut served = 0;
    for (number, rule) in rules.iter().enumerate() {
        let mut fewer = rules.clone();
        fewer.remove(number);
        replace(client, &role, &fewer)?;
        let group = rule["apiGroups"][0].as_str().context("a group")?;
        let expected = resources_served(client, group, rule)?;
        if expected.is_empty() {
            continue;
        }
        served += 1;
        removed(suite, &reader, &expected).with_context(|| format!("without the rule {rule}"))?;
    }
    replace(client, &role, &rules)?;
    ensure!(served >= 12, "only {served} rules are about something that the server has");
    Ok(served)
}

/// Without a rule each of its resources must be named as missing, with the rule to add, and nothing else.
fn removed(suite: &Suite<'_>, reader: &Path, expected: &[String]) -> Result<()> {
    let mut ran = suite.seawall(reader, &["snapshot", "--cluster", "-o", "less.seawall"])?;
    for _ in 0..20 {
        if ran.code == 3
            && expected.iter().all(|name| ran.err.contains(&format!("error: {name} were not read")))
        {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(250));
        ran = suite.seawall(reader, &["snapshot", "--cluster", "-o", "less.seawall"])?;
    }
    let ran = ran.expect(&[3])?;
    for name in expected {
        ensure!(ran.err.contains(&format!("error: {name} were not read")), "{name} is not told: {}", ran.err);
        let plural = name.split('.').next().unwrap_or_default();
        ensure!(ran.err.contains(&format!("resources: [\"{plural}\"]")), "no rule for {name}: {}", ran.err);
    }
    let told = ran.err.lines().filter(|line| line.starts_with("error: ")).count();
    ensure!(told == expected.len(), "{told} gaps are told, not {}: {}", expected.len(), ran.err);
    // Every command says that its answer is not complete.
    let scan = suite.seawall(reader, &["scan", "less.seawall", "-o", "json"])?.expect(&[1, 3])?.json()?;
    ensure!(
        scan["complete"] == false && scan["clusters"][0]["complete"] == false,
        "a scan calls it complete"
    );
    if expected.iter().any(|name| name.contains("rolebindings")) {
        let question = ["can-i", "delete", "nodes", "--as", "nobody", "less.seawall", "-o", "json"];
        let answer = suite.seawall(reader, &question)?.expect(&[3])?.json()?;
        ensure!(answer["allowed"].is_null(), "a refusal is certain though bindings are not known: {answer}");
    }
    Ok(())
}

/// Somebody who may list namespaces, and pods in one of them: those are read, and the rest is told. How many there were.
pub(super) fn one_namespace_at_a_time(suite: &mut Suite<'_>, client: &mut Client) -> Result<usize> {
    const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";
    let meta = |name: &str| json!({ "name": name });
    let role = |kind: &str, resource: &str| {
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": meta("some-pods"),
            "rules": [{"apiGroups": [""], "resources": [resource], "verbs": ["list"]}]})
    };
    let binding = |kind: &str, role: &str| {
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": meta("some-pods"),
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": "some-pods"},
            "subjects": [{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "peter"}]})
    };
    create(client, &format!("{RBAC}/clusterroles"), &role("ClusterRole", "namespaces"))?;
    create(client, &format!("{RBAC}/clusterrolebindings"), &binding("ClusterRoleBinding", "ClusterRole"))?;
    create(client, &format!("{RBAC}/namespaces/shop/roles"), &role("Role", "pods"))?;
    create(client, &format!("{RBAC}/namespaces/shop/rolebindings"), &binding("RoleBinding", "Role"))?;
    let credential = suite.server.authority.client("peter", &[])?;
    let user = json!({"client-certificate-data": base64(&credential.certificate_pem),
        "client-key-data": base64(&credential.key_pem)});
    let peter = suite.write("peter.kubeconfig", &suite.server.kubeconfig_of(&user.to_string()))?;
    let pods = "error: pods were read in part: not in ";
    let ask = || suite.seawall(&peter, &["snapshot", "--cluster", "-o", "some.seawall"]);
    let mut ran = ask()?;
    // The authorizer learns of the bindings by a watch.
    for _ in 0..20 {
        if ran.err.contains(pods) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(250));
        ran = ask()?;
    }
    let ran = ran.expect(&[3])?;
    let told = ran.err.lines().find(|line| line.starts_with(pods)).with_context(|| ran.err.clone())?;
    ensure!(told.contains("resources: [\"pods\"]"), "no rule is named: {told}");
    ensure!(ran.err.contains("error: secrets were not read"), "{}", ran.err);
    let scan = suite.seawall(&peter, &["scan", "some.seawall", "-o", "json"])?.expect(&[1, 3])?.json()?;
    let found = scan["findings"].as_array().into_iter().flatten();
    let in_shop = |one: &&Value| one["object"]["namespace"] == "shop" && one["object"]["kind"] == "Pod";
    ensure!(found.clone().any(|one| in_shop(&one)), "the pods of shop are not judged");
    ensure!(scan["complete"] == false, "a scan calls it complete");
    let words = told.strip_prefix(pods).and_then(|rest| rest.split(' ').nth(2));
    words.and_then(|word| word.parse().ok()).with_context(|| told.to_owned())
}

fn replace(client: &mut Client, role: &Value, rules: &[Value]) -> Result<()> {
    let mut role = role.clone();
    role["rules"] = rules.into();
    client.send(&Request::json("PUT", ROLE, &role))?.successful(ROLE)?;
    Ok(())
}

/// The resources of a rule that the server has, as seawall calls them.
fn resources_served(client: &mut Client, group: &str, rule: &Value) -> Result<Vec<String>> {
    let groups: Value = client.send(&Request::new("GET", "/apis"))?.successful("/apis")?.json()?;
    let path = if group.is_empty() {
        "/api/v1".to_owned()
    } else {
        let mut all = groups["groups"].as_array().into_iter().flatten();
        let Some(found) = all.find(|one| one["name"] == group) else { return Ok(Vec::new()) };
        format!("/apis/{}", found["preferredVersion"]["groupVersion"].as_str().unwrap_or_default())
    };
    let list: Value = client.send(&Request::new("GET", &path))?.successful(&path)?.json()?;
    let has = |name: &str| list["resources"].as_array().into_iter().flatten().any(|one| one["name"] == name);
    let names = rule["resources"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let dot = if group.is_empty() { "" } else { "." };
    Ok(names.filter(|name| has(name)).map(|name| format!("{name}{dot}{group}")).collect())
}

/// A kubeconfig of the service account that the printed binding names.
fn reader(suite: &Suite<'_>, client: &mut Client) -> Result<PathBuf> {
    let account =
        json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "seawall-reader"}});
    create(client, "/api/v1/namespaces/kube-system/serviceaccounts", &account)?;
    let path = "/api/v1/namespaces/kube-system/serviceaccounts/seawall-reader/token";
    let request = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}});
    let answer: Value = client.send(&Request::json("POST", path, &request))?.successful(path)?.json()?;
    let token = answer["status"]["token"].as_str().context("a token")?;
    let file = suite.write("reader.token", token)?;
    let user = json!({ "tokenFile": file });
    suite.write("reader.kubeconfig", &suite.server.kubeconfig_of(&user.to_string()))
}

fn objects(text: &str) -> Result<Vec<Value>> {
    let documents = seawall_yaml::parse_documents(&seawall_yaml::Source::new("role", text.to_owned()));
    let mut out = Vec::new();
    for document in documents {
        let document = Arc::new(document.map_err(|error| anyhow::anyhow!("{}", error.message))?);
        let mut json = String::new();
        document.root().write_json(&mut json);
        out.push(serde_json::from_str(&json)?);
    }
    Ok(out)
}

/// Base64, as kubeconfigs hold certificates.
pub(super) fn base64(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}
