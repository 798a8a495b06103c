//! Input that is very large: bounded time and room, and what is left open where there is no room.

use super::hostile::{pods, policy, reach};
use super::properties::objects;
use seawall_model::Cluster;
use seawall_network::{Dialect, End, Network, Protocol::Tcp, Protocol::Udp, Reach};
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

fn address(number: u32) -> End {
    End::Address(IpAddr::V4(Ipv4Addr::from(number)))
}

/// Bytes of this process that are in memory at the peak; 0 where that cannot be read.
fn peak() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) << 10
}

/// Far above what it takes, far below what a mistake of order takes.
fn bounded(what: &str, started: Instant) {
    assert!(started.elapsed() < Duration::from_secs(150), "{what}: {:?}", started.elapsed());
    assert!(peak() < 1 << 30, "{what}: {} bytes", peak());
    if std::env::var_os("SEAWALL_TIMES").is_some() {
        eprintln!("{what}: {:?}, {} MiB", started.elapsed(), peak() >> 20);
    }
}

#[test]
fn a_hundred_thousand_rules() {
    let started = Instant::now();
    let mut rules = String::new();
    for number in 0..100_000_u32 {
        let base = Ipv4Addr::from(0x0B00_0000 + number * 2);
        let _ = write!(
            rules,
            "{{from: [{{ipBlock: {{cidr: {base}/32}}}}], ports: [{{port: {}}}]}},",
            1 + number % 50_000
        );
    }
    let reach = reach(&(pods(20) + &policy(&format!("{{podSelector: {{}}, ingress: [{rules}]}}"))));
    for number in [0, 1, 49_999, 50_000, 99_999_u32] {
        let port = 1 + (number % 50_000) as u16;
        let from = address(0x0B00_0000 + number * 2);
        let answer = reach.between(from, End::Pod(3));
        assert_eq!((answer.allows(Tcp, port), answer.allows(Udp, port)), (Some(true), Some(false)));
        assert_eq!(answer.allows(Tcp, port + 1), Some(false));
        assert_eq!(reach.between(address(0x0B00_0001 + number * 2), End::Pod(3)).allows_any(), Some(false));
    }
    let found = reach.connections(|_| true);
    assert!(found.is_cut || found.list.len() >= 100_000 * 20, "{}", found.list.len());
    reach.explain(address(0x0B00_0000), End::Pod(3), Some((Tcp, 1)));
    bounded("100,000 rules", started);
}

#[test]
fn every_port_by_itself() {
    let started = Instant::now();
    let ports: String = (1..=65_535_u32).rev().fold(String::new(), |mut out, port| {
        let _ = write!(out, "{{port: {port}}},");
        out
    });
    // One policy says them all, the others a different half each.
    let mut text = pods(50) + &policy(&format!("{{podSelector: {{}}, ingress: [{{ports: [{ports}]}}]}}"));
    for number in 0..10_u32 {
        let some: String =
            (1..=65_535_u32).filter(|port| (port >> number) & 1 == 1).fold(String::new(), |mut out, port| {
                let _ = write!(out, "{{port: {port}, protocol: UDP}},");
                out
            });
        let rule =
            format!("{{podSelector: {{matchLabels: {{n: p{number}}}}}, ingress: [{{ports: [{some}]}}]}}");
        text += &policy(&rule).replace("name: x", &format!("name: y{number}"));
    }
    let reach = reach(&text);
    let answer = reach.between(End::Pod(20), End::Pod(3));
    assert_eq!(answer.sure.ranges(Tcp), [(1, 65_535)]);
    for port in [7, 8, 65_535] {
        assert_eq!(answer.allows(Udp, port), Some((port >> 3) & 1 == 1), "{port}");
    }
    assert_eq!(reach.between(End::Pod(1), End::Pod(30)).allows(Udp, 7), Some(false));
    reach.build();
    reach.totals();
    bounded("65,535 ports", started);
}

#[test]
fn thousands_of_ranges_that_overlap() {
    let started = Instant::now();
    let mut text = pods(100);
    for number in 0..100_u32 {
        let mut peers = String::new();
        for inner in 0..50_u32 {
            let bits = 9 + (number + inner) % 22;
            let base = (number * 50 + inner).wrapping_mul(0x9E37_79B1) & (u32::MAX << (32 - bits));
            let half = base | 1 << (31 - bits);
            let _ = write!(
                peers,
                "{{ipBlock: {{cidr: {}/{bits}, except: [{}/{}]}}}},",
                Ipv4Addr::from(base),
                Ipv4Addr::from(half),
                bits + 1
            );
        }
        let rule = format!(
            "{{podSelector: {{matchLabels: {{n: p{number}}}}}, policyTypes: [Egress], egress: [{{to: [{peers}], ports: [{{port: {}}}]}}]}}",
            1 + number
        );
        text += &policy(&rule).replace("name: x", &format!("name: y{number}"));
    }
    let reach = reach(&text);
    reach.build();
    // The lower half of a block is meant, the upper one only where another block holds it.
    for (number, inner) in [(0_u32, 0_u32), (7, 33), (99, 49)] {
        let bits = 9 + (number + inner) % 22;
        let base = (number * 50 + inner).wrapping_mul(0x9E37_79B1) & (u32::MAX << (32 - bits));
        let pod = reach.find(&format!("a/p{number}")).unwrap();
        assert_eq!(reach.between(pod, address(base)).allows(Tcp, 1 + number as u16), Some(true));
        assert_eq!(reach.between(pod, address(base)).allows(Tcp, 2 + number as u16), Some(false));
    }
    let found = reach.connections(|_| true);
    assert!(!found.is_cut && found.list.len() > 2_500, "{}", found.list.len());
    let other = reach.difference(&reach);
    assert_eq!(other.changes, []);
    bounded("5,000 ranges with holes", started);
}

#[test]
fn selectors_that_match_everything() {
    let started = Instant::now();
    let mut text = pods(1_000);
    for number in 0..1_000 {
        let rule = format!(
            "{{podSelector: {{}}, ingress: [{{from: [{{namespaceSelector: {{}}}}], ports: [{{port: {}}}]}}]}}",
            1 + number
        );
        text += &policy(&rule).replace("name: x", &format!("name: y{number}"));
    }
    let reach = reach(&text);
    assert_eq!(reach.size().0[0], 1, "one class");
    assert_eq!(reach.between(End::Pod(1), End::Pod(2)).sure.ranges(Tcp), [(1, 1_000)]);
    assert_eq!(reach.between(address(0x0808_0808), End::Pod(2)).allows_any(), Some(false));
    let totals = reach.totals();
    assert_eq!((totals.some, totals.all, totals.none), (1_000 * 999, 0, 0));
    bounded("1,000 policies for every pod", started);
}

#[test]
fn pods_without_addresses_leave_ranges_open() {
    let bare = "---\n{apiVersion: v1, kind: Pod, metadata: {name: bare, namespace: a, labels: {n: bare}}, spec: {containers: [{name: c, image: i}]}}\n";
    for (cidr, wanted) in
        [("0.0.0.0/0", Some(true)), ("10.0.0.0/8", None), ("10.7.7.7/32", None), ("8.8.8.0/24", Some(false))]
    {
        let rule = format!(
            "{{podSelector: {{matchLabels: {{n: p0}}}}, ingress: [{{from: [{{ipBlock: {{cidr: {cidr}}}}}]}}]}}"
        );
        let reach = reach(&(pods(1) + bare + &policy(&rule)));
        let (from, to) = (reach.find("a/bare").unwrap(), reach.find("a/p0").unwrap());
        assert_eq!(reach.between(from, to).allows(Tcp, 80), wanted, "{cidr}");
        // Its labels are known: a selector is no question.
        let rule =
            rule.replace(&format!("ipBlock: {{cidr: {cidr}}}"), "podSelector: {matchLabels: {n: bare}}");
        let reach = super::hostile::reach(&(pods(1) + bare + &policy(&rule)));
        assert_eq!(reach.between(from, to).allows(Tcp, 80), Some(true));
    }
}

#[test]
fn malformed_ranges_are_told_and_leave_questions_open() {
    for cidr in [
        "10.0.0.0",
        "10.0.0.0/33",
        "10.0.0/8",
        "10.0.0.256/32",
        "::/129",
        ":::/0",
        "/8",
        "10.0.0.0/-1",
        "10.0.0.0/8 ",
        "0x0a000000/8",
        "10.0.0.0/8/8",
        "fe80::1%eth0/64",
        "",
    ] {
        let reach = reach(
            &(pods(2)
                + &policy(&format!(
                    "{{podSelector: {{}}, ingress: [{{from: [{{ipBlock: {{cidr: \"{cidr}\"}}}}]}}]}}"
                ))),
        );
        assert_eq!(reach.between(End::Pod(0), End::Pod(1)).allows(Tcp, 80), None, "{cidr:?}");
        assert!(reach.problems().next().is_some(), "{cidr:?}");
    }
}

#[test]
fn many_endpoints_and_services_stay_linear() {
    let started = Instant::now();
    let mut text = pods(2_000);
    for service in 0..200 {
        let _ = writeln!(
            text,
            "---\n{{apiVersion: v1, kind: Service, metadata: {{name: s{service}, namespace: a}}, spec: {{type: NodePort, ports: [{{port: 80}}]}}}}"
        );
        let addresses: Vec<String> = (0..500)
            .map(|number| (service * 97 + number * 3) % 2_000)
            .map(|number| format!("{{addresses: [10.0.{}.{}]}}", number / 256, number % 256))
            .collect();
        let _ = writeln!(
            text,
            "---\n{{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {{name: s{service}-1, namespace: a, labels: {{kubernetes.io/service-name: s{service}}}}}, addressType: IPv4, ports: [{{name: \"\", port: 8080}}], endpoints: [{}]}}",
            addresses.join(",")
        );
    }
    let cluster = Cluster::new(objects(&text));
    let network = Network::new(&cluster);
    let reach = Reach::new(&cluster, &network, Dialect::UPSTREAM);
    assert_eq!(reach.entries(&network).len(), 200 * 500);
    bounded("100,000 endpoints", started);
}
