//! Input that is broken, or made to be expensive: an answer or an open question, never a panic, never without end.

use super::properties::objects;
use seawall_model::Cluster;
use seawall_network::{Dialect, End, Network, Protocol::Tcp, Reach};
use std::fmt::Write;
use std::net::IpAddr;

pub(crate) fn reach(text: &str) -> Reach {
    let cluster = Cluster::new(objects(text));
    Reach::new(&cluster, &Network::new(&cluster), Dialect::UPSTREAM)
}

pub(crate) fn pods(count: usize) -> String {
    (0..count).fold(String::new(), |mut out, number| {
        let _ = writeln!(
            out,
            "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: p{number}, namespace: a, labels: {{n: p{number}}}}}, spec: {{containers: [{{name: c, image: i}}]}}, status: {{podIP: 10.0.{}.{}}}}}",
            number / 256,
            number % 256
        );
        out
    })
}

pub(crate) fn policy(spec: &str) -> String {
    format!(
        "---\n{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: x, namespace: a}}, spec: {spec}}}\n"
    )
}

#[test]
fn broken_policies_leave_questions_open() {
    for spec in [
        "{podSelector: {}, ingress: [{from: [{}]}]}",
        "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}]}",
        "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: nonsense}}]}]}",
        "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/8]}}]}]}",
        "{podSelector: {}, ingress: [{ports: [{port: 99999}]}]}",
        "{podSelector: {}, ingress: [{ports: [{port: 80, endPort: 70}]}]}",
        "{podSelector: {}, ingress: [{ports: [{protocol: ICMP}]}]}",
        "{podSelector: {}, ingress: [{from: [{podSelector: {matchExpressions: [{key: a, operator: Near}]}}]}]}",
        "{podSelector: {matchExpressions: [{key: a, operator: In}]}}",
    ] {
        let reach = reach(&(pods(2) + &policy(spec)));
        assert_eq!(reach.between(End::Pod(0), End::Pod(1)).allows(Tcp, 80), None, "{spec}");
        assert!(reach.problems().next().is_some(), "{spec}");
    }
    for spec in [
        "7",
        "[]",
        "{podSelector: 7, ingress: 7, egress: {a: b}, policyTypes: x}",
        "{ingress: [7, [], null]}",
    ] {
        let reach = reach(&(pods(2) + &policy(spec)));
        reach.build();
        reach.connections(|_| true);
        reach.explain(End::Pod(0), End::Pod(1), Some((Tcp, 80)));
    }
}

#[test]
fn broken_policies_of_the_whole_cluster_fail_closed() {
    let wide = |rule: &str| {
        format!(
            "---\n{{apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy, metadata: {{name: w}}, spec: {{tier: Admin, priority: 1, subject: {{namespaces: {{}}}}, ingress: [{rule}]}}}}\n"
        )
    };
    let answer =
        |rule: &str| reach(&(pods(2) + &wide(rule))).between(End::Pod(0), End::Pod(1)).allows(Tcp, 80);
    assert_eq!(answer("{action: Accept, from: [{future: {}}]}"), Some(true));
    assert_eq!(answer("{action: Deny, from: [{future: {}}]}"), Some(false));
    assert_eq!(answer("{action: Pass, from: [{future: {}}], protocols: [{tcp: {}}]}"), Some(false));
    assert_eq!(answer("{action: Drop, from: [{namespaces: {}}]}"), Some(true));
    assert_eq!(answer("{action: Deny, from: [{namespaces: {}}], protocols: [{icmp: {}}]}"), None);
    let ties = wide("{action: Accept, from: [{namespaces: {}}]}")
        + &wide(
            "{action: Deny, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 80}}}]}",
        )
        .replace("name: w", "name: v");
    let reach = reach(&(pods(2) + &ties));
    let answer = reach.between(End::Pod(0), End::Pod(1));
    assert_eq!((answer.allows(Tcp, 80), answer.allows(Tcp, 81)), (None, Some(true)));
}

#[test]
fn many_rules_ranges_and_ports_stay_bounded() {
    let started = std::time::Instant::now();
    let mut rules = String::new();
    for number in 0..10_000_u32 {
        let address = std::net::Ipv4Addr::from(0x0B00_0000 + number * 2);
        let _ = write!(
            rules,
            "{{from: [{{ipBlock: {{cidr: {address}/32}}}}], ports: [{{port: {}}}]}},",
            1 + number * 6
        );
    }
    let mut ports = String::new();
    for port in (1..=65_535).step_by(2) {
        let _ = write!(ports, "{{port: {port}}},");
    }
    let _ = write!(rules, "{{from: [{{podSelector: {{}}}}], ports: [{ports}]}}");
    let reach = reach(&(pods(300) + &policy(&format!("{{podSelector: {{}}, ingress: [{rules}]}}"))));
    let address = |text: &str| End::Address(text.parse::<IpAddr>().unwrap());
    assert_eq!(reach.between(address("11.0.0.2"), End::Pod(7)).allows(Tcp, 7), Some(true));
    assert_eq!(reach.between(address("11.0.0.3"), End::Pod(7)).allows(Tcp, 7), Some(false));
    assert_eq!(reach.between(End::Pod(1), End::Pod(2)).allows(Tcp, 65_535), Some(true));
    assert_eq!(reach.between(End::Pod(1), End::Pod(2)).allows(Tcp, 2), Some(false));
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
    if std::env::var_os("SEAWALL_TIMES").is_some() {
        eprintln!("{:?}", started.elapsed());
    }
}
