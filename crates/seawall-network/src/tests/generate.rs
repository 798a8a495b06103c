//! Policies that are written let pass what is wanted, and nothing else.

use super::cluster;
use crate::{
    Dialect, End, Flow, FlowEnd, Flows, Network, PortSet, Protocol, Reach, Side, Wanted, declared, generate,
    name_lookups, prove,
};
use seawall_model::Cluster;

fn workload(namespace: &str, name: &str, spec: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{namespace: {namespace}, name: {name}}}\nspec:\n  \
         selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}, \
         pod-template-hash: x}}}}\n    spec: {spec}\n---\n"
    )
}

fn service(namespace: &str, name: &str, rest: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{namespace: {namespace}, name: {name}}}\nspec: {{selector: {{app: \
         {name}}}, {rest}}}\n---\n"
    )
}

fn shop() -> Cluster {
    let web = "{containers: [{name: c, image: i, env: [{name: DB, value: 'db:5432'}, {name: MAIL, value: \
               'smtp.mail.svc.cluster.local:25'}]}]}";
    let db = "{containers: [{name: c, image: i, ports: [{name: sql, containerPort: 15432}]}]}";
    let agent = "{hostNetwork: true, containers: [{name: c, image: i}]}";
    cluster(
        &[
            workload("shop", "web", web),
            workload("shop", "db", db),
            workload("shop", "idle", "{containers: [{name: c, image: i}]}"),
            workload("shop", "agent", agent),
            workload("mail", "smtp", "{containers: [{name: c, image: i}]}"),
            service("shop", "web", "type: LoadBalancer, ports: [{port: 80, targetPort: 8080}]"),
            service("shop", "db", "ports: [{port: 5432, targetPort: sql}]"),
            service("mail", "smtp", "ports: [{port: 25}]"),
        ]
        .concat(),
    )
}

fn number(reach: &Reach, name: &str) -> usize {
    reach.workloads().iter().position(|workload| &*workload.name == name).unwrap()
}

#[test]
fn what_is_declared_passes_and_nothing_else() {
    let cluster = shop();
    let network = Network::new(&cluster);
    let reach = Reach::new(&cluster, &network, Dialect::UPSTREAM);
    let (mut wanted, notes) = declared(&cluster, &network, &reach);
    wanted.extend(name_lookups(&reach));
    assert_eq!(notes, Vec::<String>::new());
    let generated = generate(&cluster, &reach, &wanted, |_| true);
    let names: Vec<&str> = generated.policies.iter().map(|policy| policy.name.as_str()).collect();
    assert_eq!(names, ["smtp", "db", "idle", "web"]);
    assert!(generated.notes.iter().any(|note| note.contains("agent") && note.contains("node's network")));
    let (after, proof) = prove(&cluster, &reach, &wanted, &generated).unwrap();
    assert_eq!(proof.missing, []);
    assert!(proof.extra.is_empty(), "{:?}", proof.extra);
    let end = |name: &str| after.find(name).unwrap();
    let asks = |from, to, port| after.between(from, to).allows(Protocol::Tcp, port);
    assert_eq!(asks(end("shop/web"), end("shop/db"), 15432), Some(true));
    assert_eq!(asks(end("shop/web"), end("shop/db"), 5432), Some(false));
    assert_eq!(asks(end("shop/db"), end("shop/web"), 8080), Some(false), "db may not open anything");
    assert_eq!(asks(end("shop/web"), end("mail/smtp"), 25), Some(true));
    assert_eq!(asks(end("shop/idle"), end("shop/db"), 15432), Some(false));
    assert_eq!(asks(End::Internet, end("shop/web"), 8080), Some(true));
    assert_eq!(asks(End::Internet, end("shop/db"), 15432), Some(false));
    assert_eq!(asks(end("shop/web"), end("169.254.169.254"), 80), Some(false));
}

#[test]
fn a_policy_is_as_a_person_would_write_it() {
    let cluster = shop();
    let reach = Reach::new(&cluster, &Network::new(&cluster), Dialect::UPSTREAM);
    let (web, db) = (number(&reach, "web"), number(&reach, "db"));
    let mut ports = PortSet::one(Protocol::Tcp, 15432);
    ports.insert(Protocol::Udp, 100, 200);
    let wanted =
        [Wanted { from: Side::Workload(web), to: Side::Workload(db), ports, because: String::new() }];
    let generated = generate(&cluster, &reach, &wanted, |workload| workload == db);
    assert_eq!(
        generated.policies[0].text,
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: db\n  namespace: shop\n  labels:\n    \
         app.kubernetes.io/managed-by: seawall\nspec:\n  podSelector:\n    matchLabels:\n      app: db\n  \
         policyTypes:\n  - Ingress\n  - Egress\n  ingress:\n  - from:\n    - podSelector:\n        matchLabels:\n          \
         app: web\n    ports:\n    - protocol: TCP\n      port: 15432\n    - protocol: UDP\n      port: 100\n      \
         endPort: 200\n  egress: []\n"
    );
}

#[test]
fn what_is_closed_is_missing_and_what_is_open_is_extra() {
    let cluster = shop();
    let reach = Reach::new(&cluster, &Network::new(&cluster), Dialect::UPSTREAM);
    let (web, db) = (number(&reach, "web"), number(&reach, "db"));
    let one = |ports| {
        vec![Wanted { from: Side::Workload(web), to: Side::Workload(db), ports, because: "asked".into() }]
    };
    let generated = generate(&cluster, &reach, &one(PortSet::one(Protocol::Tcp, 1)), |_| true);
    let (_, proof) = prove(&cluster, &reach, &one(PortSet::one(Protocol::Tcp, 2)), &generated).unwrap();
    assert_eq!(proof.missing.len(), 1);
    assert_eq!(proof.missing[0].ports, PortSet::one(Protocol::Tcp, 2));
    assert_eq!(proof.extra.len(), 1);
    assert_eq!(*proof.extra[0].possible, PortSet::one(Protocol::Tcp, 1));
}

#[test]
fn flows_are_added_up_by_workload() {
    let cluster = shop();
    let reach = Reach::new(&cluster, &Network::new(&cluster), Dialect::UPSTREAM);
    let mut flows = Flows::default();
    let ends = |from, to| (FlowEnd::parse(from).unwrap(), FlowEnd::parse(to).unwrap());
    for (from, to, port) in [
        ("shop/web", "shop/db", 15432),
        ("shop/web", "shop/db", 15432),
        ("shop/web", "203.0.113.7", 443),
        ("x/y", "shop/db", 1),
    ] {
        let (from, to) = ends(from, to);
        flows.add(&reach, Flow { from, to, port, protocol: Protocol::Tcp });
    }
    assert_eq!(flows.unknown().collect::<Vec<_>>(), ["x/y"]);
    let wanted = flows.wanted();
    assert_eq!(wanted.len(), 2);
    assert_eq!(wanted[0].because, "seen 2 times");
    let generated = generate(&cluster, &reach, &wanted, |_| true);
    let (after, proof) = prove(&cluster, &reach, &wanted, &generated).unwrap();
    assert_eq!((proof.missing.len(), proof.extra.len()), (0, 0), "{:?}", proof.extra);
    let web = after.find("shop/web").unwrap();
    assert_eq!(after.between(web, after.find("203.0.113.7").unwrap()).allows(Protocol::Tcp, 443), Some(true));
    assert_eq!(
        after.between(web, after.find("203.0.113.8").unwrap()).allows(Protocol::Tcp, 443),
        Some(false)
    );
}

#[test]
fn addresses_become_few_ranges_where_that_is_exact() {
    let cluster = shop();
    let reach = Reach::new(&cluster, &Network::new(&cluster), Dialect::UPSTREAM);
    let mut flows = Flows::default();
    let mut see = |to: String, port: u16| {
        let (from, to) = (FlowEnd::parse("shop/web").unwrap(), FlowEnd::parse(&to).unwrap());
        flows.add(&reach, Flow { from, to, port, protocol: Protocol::Tcp });
    };
    (0..=255).for_each(|last| see(format!("203.0.113.{last}"), 443));
    // Of another port: no part of the range of the others.
    see("203.0.114.0".into(), 80);
    (0..150).for_each(|number| see(format!("198.51.{number}.7"), 443));
    let wanted = flows.wanted();
    let generated = generate(&cluster, &reach, &wanted, |_| true);
    let web = generated.policies.iter().find(|policy| policy.name == "web").unwrap();
    assert_eq!(web.text.matches("cidr: \"203.0.").count(), 2, "{}", web.text);
    assert!(web.text.contains("cidr: \"203.0.113.0/24\"") && web.text.contains("cidr: \"203.0.114.0/32\""));
    assert_eq!(web.text.matches("cidr:").count(), 152);
    assert!(generated.notes.iter().any(|note| note.contains("152 ranges")), "{:?}", generated.notes);
    let (after, proof) = prove(&cluster, &reach, &wanted, &generated).unwrap();
    assert_eq!((proof.missing, proof.extra.len()), (Vec::new(), 0));
    let web = after.find("shop/web").unwrap();
    let asks = |to: &str, port| after.between(web, after.find(to).unwrap()).allows(Protocol::Tcp, port);
    assert_eq!((asks("203.0.113.200", 443), asks("203.0.113.200", 80)), (Some(true), Some(false)));
    assert_eq!((asks("203.0.114.0", 80), asks("203.0.114.0", 443)), (Some(true), Some(false)));
    // What half of a range asks for is beyond in the other half.
    let half: Vec<Wanted> = wanted
        .iter()
        .filter(|one| matches!(&one.to, Side::Block(block) if block.first % 256 < 128))
        .cloned()
        .collect();
    let (_, proof) = prove(&cluster, &reach, &half, &generated).unwrap();
    let [only] = proof.extra.as_slice() else { panic!("{:?}", proof.extra) };
    assert_eq!(format!("{:?}", only.to), "Range(203.0.113.128, 203.0.113.255)");
}

#[test]
fn ten_thousand_ranges_are_written_and_no_more() {
    let cluster = shop();
    let reach = Reach::new(&cluster, &Network::new(&cluster), Dialect::UPSTREAM);
    let web = number(&reach, "web");
    let wanted: Vec<Wanted> = (0..12_000_u32)
        .map(|number| Wanted {
            from: Side::Workload(web),
            to: Side::Block(crate::Cidr::of(std::net::IpAddr::V4((0xC000_0000 + number * 2).into()))),
            ports: PortSet::one(Protocol::Tcp, 443),
            because: String::new(),
        })
        .collect();
    let generated = generate(&cluster, &reach, &wanted, |workload| workload == web);
    assert_eq!(generated.policies[0].text.matches("cidr:").count(), 10_000);
    assert!(generated.notes.iter().any(|note| note.contains("2000 are left out")), "{:?}", generated.notes);
    let (_, proof) = prove(&cluster, &reach, &wanted, &generated).unwrap();
    assert_eq!((proof.missing.len(), proof.extra.len()), (2_000, 0));
}
