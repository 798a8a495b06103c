//! The policies that are written for a well-known shop (the public data, `SEAWALL_DATA`) are loaded as plans of two nodes:
//! what it declares passes, everything else is shut.

use super::lab::{Host, Lab, Place};
use super::model::{v4, v6};
use super::random::compare;
use super::{objects, reach};
use seawall_model::Cluster;
use seawall_network::plan::{NodePlan, PodNetwork};
use seawall_network::{
    Dialect, End, Network, Protocol, Reach, Side, declared, generate, name_lookups, prove,
};
use std::fmt::Write;
use std::net::IpAddr;
use std::path::Path;

/// What its Services lead to, the port of names, and one that nobody declares.
const PORTS: [u16; 10] = [53, 80, 3550, 5050, 6379, 7000, 7070, 8080, 9555, 50051];

fn manifests() -> Option<String> {
    let root = std::env::var_os("SEAWALL_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        std::path::PathBuf::from,
    );
    let file = root.join("manifests/microservices-demo/release/kubernetes-manifests.yaml");
    let text = std::fs::read_to_string(&file);
    if text.is_err() {
        eprintln!("SKIPPED: {} is not on this machine", file.display());
    }
    text.ok()
}

fn addresses(node: usize, number: usize) -> Vec<IpAddr> {
    let last = number as u8 + 1;
    vec![v4(10, 0, node as u8, last), v6(u16::from(last) + 7 * node as u16)]
}

/// One pod of each Deployment, on two nodes in turns, the cluster's DNS among them.
fn with_pods(text: &str) -> (String, Vec<Host>) {
    let mut out = format!("{text}\n");
    let nodes = [v4(172, 16, 0, 1), v4(172, 16, 0, 2)];
    let mut hosts: Vec<Host> = (0..2)
        .map(|node| Host {
            name: format!("n{node}"),
            place: Place::Node,
            addresses: vec![nodes[node], v6(0x100 + node as u16)],
        })
        .collect();
    let all = objects(text);
    let mut pods: Vec<(&str, String, String, Option<&str>)> = all
        .iter()
        .filter(|object| object.kind() == "Deployment")
        .map(|object| {
            let labels = object.at().get("spec.template.metadata.labels");
            let labels: Vec<String> =
                labels.entries().map(|(key, value)| format!("{key}: {}", value.text().unwrap())).collect();
            let mut spec = String::new();
            object.at().get("spec.template.spec").nearest().write_json(&mut spec);
            ("default", labels.join(", "), spec.split_off(1), Some(object.name()))
        })
        .collect();
    assert!(pods.len() > 10, "{}", pods.len());
    let dns = "\"containers\": [{\"name\": \"c\"}]}";
    pods.push(("kube-system", "k8s-app: kube-dns".into(), dns.into(), None));
    for (number, (namespace, labels, spec, owner)) in pods.iter().enumerate() {
        let (node, name) = (number % 2, format!("pod-{number}"));
        let addresses = addresses(node, number / 2);
        let owner = owner.as_ref().map_or_else(String::new, |owner| {
            format!("ownerReferences: [{{apiVersion: apps/v1, kind: Deployment, name: {owner}, controller: true}}], ")
        });
        let _ = writeln!(
            out,
            "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: {namespace}, {owner}labels: {{{labels}}}}}, spec: {{\"nodeName\": \"n{node}\", {spec}, status: {{podIPs: [{{ip: {}}}, {{ip: \"{}\"}}], hostIPs: [{{ip: {}}}, {{ip: \"{}\"}}]}}}}",
            addresses[0],
            addresses[1],
            nodes[node],
            v6(0x100 + node as u16)
        );
        let place = if node == 0 { Place::Link } else { Place::Bridge };
        hosts.push(Host { name, place, addresses });
    }
    for (name, address) in [("internet", v4(8, 8, 8, 8)), ("metadata", v4(169, 254, 169, 254))] {
        hosts.push(Host { name: name.into(), place: Place::Link, addresses: vec![address] });
    }
    (out, hosts)
}

pub(crate) fn written_policies() {
    let Some(text) = manifests() else { return };
    let (text, hosts) = with_pods(&text);
    let cluster = Cluster::new(objects(&text));
    let network = Network::new(&cluster);
    let before = Reach::new(&cluster, &network, Dialect::UPSTREAM);
    let (mut wanted, _) = declared(&cluster, &network, &before);
    wanted.extend(name_lookups(&before));
    // The pods of kube-system are not ours to close.
    let is_ours = |workload: usize| before.workloads()[workload].namespace.as_deref() == Some("default");
    let generated = generate(&cluster, &before, &wanted, is_ours);
    let (after, proof) = prove(&cluster, &before, &wanted, &generated).unwrap();
    assert_eq!(proof.missing, [], "what is declared passes");
    assert!(generated.policies.len() > 10);
    let mut lab = Lab::new(hosts, &PORTS);
    let (open, shut) = compare(&mut lab, &reach(""), &PORTS, "without policies");
    assert!(open > 1_000 && shut == 0);
    for node in 0..2 {
        let network = if node == 0 { PodNetwork::Routed } else { PodNetwork::BridgedFiltered };
        if node == 1 {
            for name in ["iptables", "ip6tables"] {
                lab.set(1, &format!("net/bridge/bridge-nf-call-{name}"), "1");
            }
        }
        lab.load(node, &NodePlan::new(&after, &format!("n{node}"), network).plan.text());
    }
    let (open, shut) = compare(&mut lab, &after, &PORTS, "with the written policies");
    eprintln!("{} probes: {open} open, {shut} shut", open + shut);
    // The kernel and the engine agree; what the engine says of the shop in words:
    let metadata = after.find("169.254.169.254").unwrap();
    let asks = |from, to, port| after.between(from, to).allows(Protocol::Tcp, port);
    let pod = |side: &Side| match side {
        Side::Workload(workload) => after.pods_of_workload(*workload).next().map(End::Pod),
        _ => None,
    };
    let mut asked = 0;
    for one in &wanted {
        if let (Some(from), Some(to)) = (pod(&one.from), pod(&one.to)) {
            let (first, _) = one.ports.ranges(Protocol::Tcp)[0];
            assert_eq!(asks(from, to, first), Some(true), "{one:?}");
            asked += 1;
        }
    }
    assert!(asked > 20, "{asked}");
    for number in (0..after.pods().len()).filter(|&pod| after.pods()[pod].namespace() == Some("default")) {
        assert_eq!(asks(End::Pod(number), metadata, 80), Some(false), "{number}");
    }
    assert!(shut > 3 * open, "most is shut: {open} open, {shut} shut");
}
