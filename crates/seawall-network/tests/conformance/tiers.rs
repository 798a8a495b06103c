//! The conformance manifests of the network policy API (`kubernetes-sigs/network-policy-api`, `conformance/base`, from the
//! public data) and what its tests expect of them (`conformance/network/tiers.json`). What the tests change while they run
//! is changed here, too.

use super::{data, objects_of_text, text_of};
use seawall_model::Cluster;
use seawall_network::{Dialect, End, Network, Protocol, Reach};
use serde_json::Value;
use std::fmt::Write;

const TIERS: &str = include_str!("../../../../conformance/network/tiers.json");
/// Namespace and StatefulSet.
const HOUSES: [(&str, &str); 5] = [
    ("gryffindor", "harry-potter"),
    ("slytherin", "draco-malfoy"),
    ("hufflepuff", "cedric-diggory"),
    ("ravenclaw", "luna-lovegood"),
    ("forbidden-forrest", "centaur"),
];

/// What `conformance/base/manifests.yaml` makes on a cluster with two nodes: two pods of each StatefulSet, those of the
/// last one on their node's network.
fn houses() -> String {
    let mut out = String::new();
    for node in 0..2 {
        let _ = writeln!(
            out,
            "---\n{{apiVersion: v1, kind: Node, metadata: {{name: n{node}, labels: {{kubernetes.io/os: linux}}}}, status: {{addresses: [{{type: InternalIP, address: 172.16.0.{node}}}]}}}}"
        );
    }
    for (number, (house, who)) in HOUSES.iter().enumerate() {
        let is_host = number == HOUSES.len() - 1;
        let namespace = format!("network-policy-conformance-{house}");
        let _ = writeln!(
            out,
            "---\n{{apiVersion: v1, kind: Namespace, metadata: {{name: {namespace}, labels: {{conformance-house: {house}}}}}}}"
        );
        for replica in 0..2 {
            // Clients and servers on the network of a node are on different nodes: a pod and its own node are exempt.
            let node = if is_host { 1 } else { 0 };
            let address = if is_host { format!("172.16.0.{node}") } else { address(number, replica) };
            let _ = writeln!(
                out,
                "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: {who}-{replica}, namespace: {namespace}, labels: {{conformance-house: {house}}}}}, spec: {{nodeName: n{node}, hostNetwork: {is_host}, containers: [{{name: c, image: i, ports: [{{name: web, containerPort: 80, protocol: TCP}}, {{name: dns, containerPort: 53, protocol: UDP}}]}}]}}, status: {{podIP: {address}, podIPs: [{{ip: {address}}}], hostIP: 172.16.0.{node}}}}}"
            );
        }
    }
    out
}

fn address(house: usize, replica: usize) -> String {
    format!("10.244.{house}.{}", replica + 1)
}

/// Puts the addresses of pods in the place of `{house/pod}`.
fn with_addresses(text: &str) -> String {
    let mut text = text.to_owned();
    for (number, (house, who)) in HOUSES.iter().enumerate() {
        for replica in 0..2 {
            text = text.replace(&format!("{{{house}/{who}-{replica}}}"), &address(number, replica));
        }
    }
    text
}

/// A manifest as a step of a test leaves it.
fn changed(mut text: String, step: &Value) -> String {
    let lists = |field: &str| step.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
    for swap in lists("swaps") {
        let number = |at: usize| swap[at].as_u64().unwrap() as usize;
        text = swapped(&text, text_of(&swap[0]), number(1), number(2));
    }
    for pair in lists("replaces") {
        assert!(text.contains(text_of(&pair[0])), "{pair}");
        text = text.replace(text_of(&pair[0]), &with_addresses(text_of(&pair[1])));
    }
    for kind in lists("without") {
        let kind = format!("\nkind: {}\n", text_of(&kind));
        let left: Vec<&str> = text.split("---\n").filter(|document| !document.contains(&kind)).collect();
        text = left.join("---\n");
    }
    text
}

/// Swaps two rules of a field; every rule begins with its name.
fn swapped(text: &str, field: &str, one: usize, other: usize) -> String {
    let mut lines = text.lines();
    let mut before: Vec<&str> =
        lines.by_ref().take_while(|line| line.trim() != format!("{field}:")).collect();
    let title = format!("  {field}:");
    before.push(&title);
    let mut rules: Vec<Vec<&str>> = Vec::new();
    let mut rest = Vec::new();
    for line in lines {
        if line.starts_with("  - name") && rest.is_empty() {
            rules.push(Vec::new());
        }
        let ends = !rest.is_empty()
            || (line.starts_with("  ") && !line.starts_with("   ") && !line.starts_with("  -"));
        match rules.last_mut() {
            Some(rule) if !ends => rule.push(line),
            _ => rest.push(line),
        }
    }
    rules.swap(one, other);
    [before, rules.concat(), rest].concat().join("\n")
}

/// Asks what a step asks; how many probes that were.
fn check(policies: &str, name: &str, step: &Value) -> usize {
    let text = format!("{}---\n{policies}", houses());
    let cluster = Cluster::new(objects_of_text("conformance.yaml", &text));
    let reach = Reach::new(&cluster, &Network::new(&cluster), Dialect::UPSTREAM);
    assert_eq!(reach.problems().count(), 0, "{name}");
    let probes = step["probes"].as_array().unwrap();
    for probe in probes {
        let find = |at: usize| -> End {
            reach.find(&format!("network-policy-conformance-{}", text_of(&probe[at]))).unwrap()
        };
        let (protocol, port) = text_of(&probe[2]).split_once('/').unwrap();
        let told =
            reach.between(find(0), find(1)).allows(Protocol::parse(protocol).unwrap(), port.parse().unwrap());
        assert_eq!(told, probe[3].as_bool(), "{name}, {}: {probe}", step["name"]);
    }
    probes.len()
}

#[test]
fn tiers() {
    let Some(base) = data("network/network-policy-api/base") else { return };
    let suite: Value = serde_json::from_str(TIERS).unwrap();
    let cases = suite["cases"].as_array().unwrap();
    let (mut steps, mut probes) = (0, 0);
    for case in cases {
        let name = text_of(&case["name"]);
        let mut text = std::fs::read_to_string(base.join(name)).unwrap();
        for step in case["steps"].as_array().unwrap() {
            text = changed(text, step);
            steps += 1;
            probes += check(&text, name, step);
            // Where nothing else speaks, the same rules decide in the other tier.
            if name.starts_with("admin_tier") && !text.contains("tier: Baseline") {
                check(&text.replace("tier: Admin", "tier: Baseline"), name, step);
            }
        }
    }
    eprintln!(
        "conformance network: network policy API: {} tests, {steps} steps, {probes} probes, no difference",
        cases.len()
    );
    assert!(cases.len() >= 22 && probes >= 285, "{} {probes}", cases.len());
    let mut manifests = 0;
    for folder in ["admin_tier", "baseline_tier", "api_integration"] {
        for entry in std::fs::read_dir(base.join(folder)).unwrap().flatten() {
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            assert!(cases.iter().any(|case| text_of(&case["name"]) == name), "{name} is not tried");
            manifests += 1;
        }
    }
    assert!(manifests >= 20, "{manifests}");
}
