//! Tables of who reaches whom, as other projects expect them, from `conformance/network`: every pair, port and protocol.
//!
//! A row is a sender, its words are receivers, a letter in a word is a port of `ports`: `.` open, `X` shut, `=` nothing is
//! said about it.

use super::{left_out, objects_of_text, text_of};
use seawall_model::Cluster;
use seawall_network::{Dialect, End, Network, Protocol, Reach};
use serde_json::Value;
use std::fmt::Write;

const CYCLONUS: &str = include_str!("../../../../conformance/network/cyclonus.json");
const KUBERNETES: &str = include_str!("../../../../conformance/network/kubernetes-e2e.json");

/// Which table of a step is compared.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Part {
    Ingress,
    Egress,
    Both,
}

/// One step's cluster: namespaces, pods with the labels they have then, and the policies.
fn manifests(suite: &Value, pods: &[&str], serves: &Value, step: &Value) -> String {
    let mut out = String::new();
    let changed = |name: &str| step.get("labels").and_then(|labels| labels.get(name));
    let mut namespaces: Vec<&str> = pods.iter().map(|pod| pod.split_once('/').unwrap().0).collect();
    namespaces.dedup();
    for name in namespaces {
        let none = Value::Object(serde_json::Map::new());
        let labels = changed(name).or_else(|| suite["namespaceLabels"].get(name)).unwrap_or(&none);
        let _ = writeln!(
            out,
            r#"---
{{"apiVersion":"v1","kind":"Namespace","metadata":{{"name":"{name}","labels":{labels}}}}}"#
        );
    }
    let ports: Vec<String> = list(serves)
        .map(|port| {
            let (protocol, number) = port.split_once('/').unwrap();
            let name = format!("serve-{number}-{}", protocol.to_lowercase());
            format!(r#"{{"name":"{name}","containerPort":{number},"protocol":"{protocol}"}}"#)
        })
        .collect();
    for (number, pod) in pods.iter().enumerate() {
        let (namespace, name) = pod.split_once('/').unwrap();
        let labels =
            changed(pod).map_or_else(|| format!(r#"{{"pod":"{name}"}}"#), std::string::ToString::to_string);
        let address = format!("{}{}", text_of(&suite["addresses"]), number + 1);
        let _ = writeln!(
            out,
            r#"---
{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"{name}","namespace":"{namespace}","labels":{labels}}},"spec":{{"containers":[{{"name":"c","image":"i","ports":[{}]}}]}},"status":{{"podIP":"{address}","podIPs":[{{"ip":"{address}"}}]}}}}"#,
            ports.join(",")
        );
    }
    for policy in step["policies"].as_array().unwrap() {
        let _ = writeln!(out, "---\n{policy}");
    }
    out
}

fn list(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().unwrap().iter().map(text_of)
}

fn port_of(text: &str) -> (Protocol, u16) {
    let (protocol, number) = text.split_once('/').unwrap();
    (Protocol::parse(protocol).unwrap(), number.parse().unwrap())
}

/// Compares one table; how many cells said something, and what differs.
fn compare(reach: &Reach, pods: &[&str], step: &Value, part: Part, differences: &mut Vec<String>) -> usize {
    let table = match part {
        Part::Ingress => &step["ingress"],
        Part::Egress => &step["egress"],
        Part::Both => &step["allowed"],
    };
    let ends: Vec<End> = pods.iter().map(|pod| reach.find(pod).unwrap()).collect();
    let ports: Vec<&str> = list(&step["ports"]).collect();
    let mut compared = 0;
    assert_eq!(table.as_array().unwrap().len(), pods.len());
    for (from, row) in list(table).enumerate() {
        assert_eq!(row.split(' ').count(), pods.len());
        for (to, cells) in row.split(' ').enumerate() {
            assert_eq!(cells.len(), ports.len().max(1));
            for (cell, port) in cells.chars().zip(&ports) {
                let wanted = match cell {
                    '.' => true,
                    'X' => false,
                    '=' => continue,
                    other => unreachable!("{other} in a table"),
                };
                let asked = port_of(port);
                let told = match part {
                    Part::Both => reach.between(ends[from], ends[to]).allows(asked.0, asked.1),
                    Part::Ingress => reach.explain(ends[from], ends[to], Some(asked)).ingress.allowed,
                    Part::Egress => reach.explain(ends[from], ends[to], Some(asked)).egress.allowed,
                };
                compared += 1;
                if told != Some(wanted) {
                    differences.push(format!(
                        "{} to {} {port}: theirs {wanted}, ours {told:?}",
                        pods[from], pods[to]
                    ));
                }
            }
        }
    }
    compared
}

/// Compares a suite; the counts of cases, steps and cells.
fn judge(text: &str, dialect: Dialect) -> (usize, usize, usize) {
    let suite: Value = serde_json::from_str(text).unwrap();
    let cases = suite["cases"].as_array().unwrap();
    let (mut steps, mut cells) = (0, 0);
    let mut differences = Vec::new();
    for case in cases {
        let pods: Vec<&str> = list(case.get("pods").unwrap_or(&suite["pods"])).collect();
        let serves = case.get("serves").unwrap_or(&suite["serves"]);
        for (number, step) in case["steps"].as_array().unwrap().iter().enumerate() {
            let manifests = manifests(&suite, &pods, serves, step);
            let cluster = Cluster::new(objects_of_text("table.yaml", &manifests));
            let reach = Reach::new(&cluster, &Network::new(&cluster), dialect);
            let mut found = Vec::new();
            if step.get("allowed").is_some() {
                cells += compare(&reach, &pods, step, Part::Both, &mut found);
            } else {
                cells += compare(&reach, &pods, step, Part::Ingress, &mut found);
                cells += compare(&reach, &pods, step, Part::Egress, &mut found);
                cells += compare(&reach, &pods, &both(step), Part::Both, &mut found);
            }
            steps += 1;
            let name = text_of(&case["name"]);
            differences.extend(
                found.into_iter().map(|one| format!("{name}, step {}: {one}\n{manifests}", number + 1)),
            );
        }
    }
    assert!(differences.is_empty(), "{} cells differ, the first:\n{}", differences.len(), differences[0]);
    (cases.len(), steps, cells)
}

/// A step whose table is what both directions let through.
fn both(step: &Value) -> Value {
    let rows = list(&step["ingress"]).zip(list(&step["egress"])).map(|(ingress, egress)| {
        let cells = ingress.chars().zip(egress.chars()).map(|(one, other)| match (one, other) {
            (same, other) if same == other => same,
            _ => 'X',
        });
        Value::String(cells.collect())
    });
    let mut step = step.clone();
    step["allowed"] = rows.collect();
    step
}

#[test]
fn cyclonus() {
    let (cases, steps, cells) = judge(CYCLONUS, Dialect::STRICT);
    eprintln!(
        "conformance network: cyclonus: {cases} cases, {steps} tables of three, {cells} cells, no difference"
    );
    assert!(cases >= 114 && cells >= 160_000, "{cases} {cells}");
}

#[test]
fn kubernetes_end_to_end() {
    let (cases, steps, cells) = judge(KUBERNETES, Dialect::UPSTREAM);
    eprintln!(
        "conformance network: kubernetes e2e: {cases} tests, {steps} truth tables, {cells} cells, no difference"
    );
    assert!(cases >= 48 && steps >= 65, "{cases} {steps}");
}

#[test]
fn what_is_left_out_is_told() {
    let lines: Vec<&str> = left_out().collect();
    assert!(lines.iter().all(|line| line.contains(": ")), "a name and a reason");
    for line in lines {
        eprintln!("conformance network: left out: {line}");
    }
}
