//! The same answers live, from a snapshot, and from the server itself.

use super::objects::SECRET;
use super::{Suite, create};
use crate::kube::{Client, Request};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// Compares; how many access reviews were asked.
pub(super) fn same(suite: &mut Suite<'_>, client: &mut Client) -> Result<usize> {
    let admin = suite.admin.clone();
    // Wait until the definition made a moment ago is served, so that both readings count the same.
    let widget = json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}});
    for _ in 0..50 {
        if create(client, "/apis/example.com/v1/namespaces/shop/widgets", &widget).is_ok() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    let plan = suite.seawall(&admin, &["scan", "--cluster", "--dry-run"])?.expect(&[0])?;
    ensure!(plan.out.contains("pods") && plan.out.contains("widgets.example.com"), "{}", plan.out);
    suite.seawall(&admin, &["snapshot", "--cluster", "-o", "all.seawall"])?.expect(&[0])?;
    let live = suite.seawall(&admin, &["scan", "--cluster", "-o", "json"])?.expect(&[1])?;
    let saved = suite.seawall(&admin, &["scan", "all.seawall", "-o", "json"])?.expect(&[1])?;
    ensure!(!live.out.contains(SECRET) && !saved.out.contains(SECRET), "a secret is in a report");
    let bytes = std::fs::read(suite.folder.join("all.seawall"))?;
    ensure!(!bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()), "a secret in plain text");
    let (live, saved) = (live.json()?, saved.json()?);
    ensure!(live["complete"] == true && live["clusters"][0]["complete"] == true, "{}", live["errors"]);
    same_findings(&live, &saved)?;
    for rule in ["privileged-container", "secret-in-env", "secret-in-config-map", "dangling-network-policy"] {
        let found = live["findings"].as_array().into_iter().flatten().any(|finding| finding["rule"] == rule);
        ensure!(found, "{rule} is not found in the cluster");
    }
    let fields = live["findings"].as_array().into_iter().flatten();
    ensure!(
        fields
            .clone()
            .all(|finding| finding["location"].get("file").is_none()
                && finding["location"]["field"].is_string()),
        "a live finding has a file, or no field"
    );
    reviews(suite, client)
}

/// Fails where two reports do not say the same.
pub(in crate::conformance) fn same_findings(live: &Value, saved: &Value) -> Result<()> {
    let all = |report: &Value| -> Result<Vec<String>> {
        let findings = report["findings"].as_array().context("a report has findings")?;
        let text = |finding: &Value| {
            ["rule", "severity", "result", "message", "object", "container", "location", "evidence"]
                .map(|key| finding.get(key).map(Value::to_string).unwrap_or_default())
                .join(" ")
        };
        let mut all: Vec<String> = findings.iter().map(text).collect();
        all.sort();
        Ok(all)
    };
    let (live, saved) = (all(live)?, all(saved)?);
    let only = |one: &[String], other: &[String]| -> Vec<String> {
        one.iter().filter(|text| !other.contains(text)).take(5).cloned().collect()
    };
    let (here, there) = (only(&live, &saved), only(&saved, &live));
    ensure!(
        here.is_empty() && there.is_empty() && live.len() == saved.len(),
        "findings differ: only live {here:#?}, only in the snapshot {there:#?}"
    );
    Ok(())
}

/// What many subjects may do: the server, the live cluster and the snapshot are asked the same.
fn reviews(suite: &Suite<'_>, client: &mut Client) -> Result<usize> {
    let users: [(&str, &[&str]); 7] = [
        ("jane", &["system:authenticated"]),
        ("joe", &["ops", "system:authenticated"]),
        ("root", &["system:masters"]),
        ("system:serviceaccount:shop:web", &["system:serviceaccounts", "system:serviceaccounts:shop"]),
        ("system:kube-scheduler", &[]),
        ("system:node:n1", &["system:nodes"]),
        ("system:anonymous", &["system:unauthenticated"]),
    ];
    let verbs = ["get", "list", "create", "delete", "impersonate"];
    let resources = [("", "pods"), ("", "secrets"), ("apps", "deployments"), ("", "nodes"), ("", "users")];
    let mut specs = Vec::new();
    for (user, groups) in users {
        for verb in verbs {
            for (group, resource) in resources {
                for namespace in ["shop", "other", ""] {
                    specs.push(json!({"user": user, "groups": groups, "resourceAttributes":
                        {"verb": verb, "group": group, "resource": resource, "namespace": namespace}}));
                }
            }
        }
    }
    let text: Vec<String> = specs.iter().map(Value::to_string).collect();
    suite.write("questions.jsonl", &text.join("\n"))?;
    let asked = |words: &[&str]| -> Result<Vec<Value>> {
        let mut all = vec!["authorize", "--requests", "questions.jsonl"];
        all.extend(words);
        let ran = suite.seawall(&suite.admin, &all)?.expect(&[0])?;
        Ok(ran.out.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
    };
    let live = asked(&["--cluster"])?;
    let saved = asked(&["all.seawall"])?;
    let path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    for (number, spec) in specs.iter().enumerate() {
        let review =
            json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec});
        let answer: Value = client.send(&Request::json("POST", path, &review))?.successful(path)?.json()?;
        let server = answer["status"]["allowed"].as_bool().unwrap_or_default();
        for (name, answers) in [("live", &live), ("snapshot", &saved)] {
            let ours = answers.get(number).context("an answer for each line")?;
            ensure!(ours["allowed"] == server, "{spec}: the server says {server}, seawall ({name}) {ours}");
        }
    }
    Ok(specs.len() * 2)
}
