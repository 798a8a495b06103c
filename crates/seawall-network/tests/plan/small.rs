//! Three policies, four pods, three others: the measured network of our own experiments.

use super::lab::{Host, Lab, Place, Probe};
use super::reach;
use seawall_network::Protocol;
use seawall_network::plan::{NodePlan, PodNetwork};
use std::net::IpAddr;

const POLICIES: &str = r#"
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny-ingress, namespace: prod}
spec: {podSelector: {}, policyTypes: [Ingress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow-web, namespace: prod}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress:
  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: team}}, podSelector: {matchLabels: {app: client}}}]
    ports: [{protocol: TCP, port: 8080}]
  - from: [{ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.128/25]}}]
    ports: [{protocol: TCP, port: 8080, endPort: 8090}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: client-egress, namespace: team}
spec:
  podSelector: {matchLabels: {app: client}}
  policyTypes: [Egress]
  egress:
  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: prod}}, podSelector: {matchLabels: {app: web}}}]
    ports: [{protocol: TCP, port: 8080}]
  - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.0.0/16, 10.0.0.0/8, 168.63.129.16/32]}}]
    ports: [{protocol: TCP, port: 80}]
"#;

const PODS: [(&str, &str, &str, &str); 4] = [
    ("team", "client", "client", "10.244.0.10"),
    ("team", "other", "other", "10.244.0.11"),
    ("prod", "server", "web", "10.244.0.20"),
    ("prod", "db", "db", "10.244.0.21"),
];
const OUTSIDE: [(&str, &str); 3] =
    [("ext", "192.0.2.10"), ("ext2", "192.0.2.200"), ("meta", "169.254.169.254")];
const NODE: &str = "10.0.0.1";
const PORTS: [u16; 4] = [80, 8080, 8085, 9090];

/// The 22 probes, and what each found when the form was measured.
const PROBES: [(&str, &str, u16, bool); 22] = [
    ("client", "server", 8080, true),
    ("client", "ext", 80, true),
    ("client", "node", 9090, true),
    ("client", "server", 9090, false),
    ("client", "server", 80, false),
    ("client", "db", 8080, false),
    ("client", "ext", 8080, false),
    ("client", "meta", 80, false),
    ("other", "other", 8080, true),
    ("other", "meta", 80, true),
    ("other", "server", 8080, false),
    ("other", "db", 8080, false),
    ("ext", "server", 8080, true),
    ("ext", "server", 8085, true),
    ("ext", "server", 9090, false),
    ("ext", "db", 8080, false),
    ("ext2", "server", 8080, false),
    ("server", "client", 8080, true),
    ("server", "ext", 9090, true),
    ("server", "server", 8080, true),
    ("db", "server", 8080, false),
    ("node", "server", 9090, true),
];

fn manifests() -> String {
    let mut text = POLICIES.to_owned();
    for (namespace, name, app, address) in PODS {
        text += &format!(
            "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: {namespace}, labels: {{app: {app}}}}}, \
             spec: {{nodeName: node, containers: [{{name: c, image: i}}]}}, \
             status: {{podIPs: [{{ip: {address}}}], hostIPs: [{{ip: {NODE}}}]}}}}\n"
        );
    }
    for namespace in ["prod", "team"] {
        text += &format!("---\n{{apiVersion: v1, kind: Namespace, metadata: {{name: {namespace}}}}}\n");
    }
    text
}

/// The text is always the same: names of classes are made of their policies.
pub(crate) fn text() {
    let plan = NodePlan::new(&reach(&manifests()), "node", PodNetwork::Routed).plan;
    let wanted = include_str!("small.nft");
    if plan.text() != wanted {
        let place = std::env::temp_dir().join("seawall-small.nft");
        std::fs::write(&place, plan.text()).unwrap();
        panic!("the text is another one, see {}", place.display());
    }
    assert_eq!(plan.size(), 10);
    assert_eq!(NodePlan::new(&reach(&manifests()), "another", PodNetwork::Routed).plan.size(), 0);
}

/// The lab's probes, then every pair on every port.
pub(crate) fn probes() {
    let host = |name: &str, place, address: &str| Host {
        name: name.into(),
        place,
        addresses: vec![address.parse().unwrap()],
    };
    let mut hosts = vec![host("node", Place::Node, NODE)];
    hosts.extend(PODS.map(|(_, name, _, address)| host(name, Place::Link, address)));
    hosts.extend(OUTSIDE.map(|(name, address)| host(name, Place::Link, address)));
    let mut lab = Lab::new(hosts.clone(), &PORTS);
    let reach = reach(&manifests());
    let place = |name: &str| {
        let number = hosts.iter().position(|host| host.name == name).unwrap();
        (number, hosts[number].addresses[0])
    };
    let tcp =
        |from: (usize, IpAddr), to: (usize, IpAddr), port| Probe { from, to, protocol: Protocol::Tcp, port };
    let probes: Vec<Probe> =
        PROBES.iter().map(|&(from, to, port, _)| tcp(place(from), place(to), port)).collect();
    assert!(lab.probe(&probes, 4_000).iter().all(|&open| open), "without rules everything is open");
    lab.load(0, &NodePlan::new(&reach, "node", PodNetwork::Routed).plan.text());
    for (probe, (from, to, port, wanted)) in probes.iter().zip(PROBES) {
        let told = reach.between_addresses(probe.from.1, probe.to.1).allows(Protocol::Tcp, port);
        assert_eq!(told, Some(wanted), "the engine on {from} to {to}:{port}");
    }
    for (open, (from, to, port, wanted)) in lab.probe(&probes, 500).into_iter().zip(PROBES) {
        assert_eq!(open, wanted, "{from} to {to}:{port}");
    }
    let (open, shut) = super::random::compare(&mut lab, &reach, &PORTS, "the lab");
    assert!(open > 100 && shut > 100, "{open} open, {shut} shut");
}
