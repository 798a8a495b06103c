//! A plan read as the kernel reads it, without a kernel, and compared with the engine in every dialect.

use super::generate::{self, PORTS, PROTOCOLS};
use super::model::{Dice, v4, v6};
use super::reach_in;
use seawall_network::plan::{Element, NodePlan, PodNetwork, Rule, SetKind, Table, TableFamily};
use seawall_network::{Dialect, Direction, Family, Protocol};
use std::net::IpAddr;

const CLUSTERS: u64 = 300;

fn holds(element: &Element, address: IpAddr, ports: Option<(Protocol, u16)>) -> bool {
    let in_ports = match (element.ports, ports) {
        (Some((protocol, first, last)), Some((asked, port))) => {
            protocol == asked && (first..=last).contains(&port)
        }
        (None, None) => true,
        _ => false,
    };
    in_ports && (element.first..=element.last).contains(&address)
}

/// Whether the table lets a direction of a new connection through.
fn allows(table: &Table, direction: Direction, own: IpAddr, other: IpAddr, to: (Protocol, u16)) -> bool {
    let family = |address: IpAddr| if address.is_ipv4() { Family::V4 } else { Family::V6 };
    let entry = &table.chains[if direction == Direction::Ingress { "ingress" } else { "egress" }];
    let mut chain = None;
    for rule in &entry.rules {
        if let Rule::Dispatch(_, of, map) = rule
            && *of == family(own)
        {
            chain = table.maps[map].elements.get(&own);
        }
    }
    let Some(chain) = chain else { return true };
    for rule in &table.chains[chain].rules {
        let (of, set, ports) = match rule {
            Rule::AllowPorts(_, of, set) => (of, set, Some(to)),
            Rule::AllowAddresses(_, of, set) => (of, set, None),
            Rule::Goto(_) => return false,
            other => panic!("{other:?}"),
        };
        let elements = &table.sets[set].elements;
        if *of == family(other) && elements.iter().any(|element| holds(element, other, ports)) {
            return true;
        }
    }
    panic!("a chain of a class ends in a verdict")
}

/// The kernel takes no elements of intervals that overlap.
fn intervals_are_disjoint(table: &Table) {
    for set in table.sets.values().filter(|set| matches!(set.kind, SetKind::PortRanges | SetKind::Open)) {
        let elements: Vec<_> = set.elements.iter().collect();
        for (number, one) in elements.iter().enumerate() {
            for other in &elements[number + 1..] {
                let apart = one.last < other.first || other.last < one.first;
                let apart_in_ports = match (one.ports, other.ports) {
                    (Some(one), Some(other)) => one.0 != other.0 || one.2 < other.1 || other.2 < one.1,
                    _ => false,
                };
                assert!(apart || apart_in_ports, "{one:?} {other:?}");
            }
        }
    }
}

pub(crate) fn property() {
    let mut counts = [0; 2];
    for seed in 0..CLUSTERS {
        let model = generate::cluster(seed);
        let mut dice = Dice(seed ^ 0xEA1);
        let dialect = dice.pick(&[Dialect::UPSTREAM, Dialect::CILIUM, Dialect::STRICT]);
        let reach = reach_in(&model.text(), dialect);
        let plans = ["n0", "n1"].map(|node| NodePlan::new(&reach, node, PodNetwork::Routed).plan);
        for plan in &plans {
            intervals_are_disjoint(&plan.tables[&TableFamily::Inet]);
        }
        let mut ends: Vec<(Option<usize>, IpAddr)> = vec![
            (None, v4(8, 8, 8, 8)),
            (None, v4(169, 254, 169, 254)),
            (None, v4(10, 0, 2, 129)),
            (None, v6(0x101)),
            (None, "2001:db8::1".parse().unwrap()),
        ];
        for pod in &model.pods {
            let node = (!pod.host).then_some(pod.node);
            ends.extend(pod.addresses.iter().map(|&address| (node, address)));
        }
        for &(source, from) in &ends {
            for &(target, to) in ends.iter().filter(|end| end.1.is_ipv4() == from.is_ipv4()) {
                let answer = reach.between_addresses(from, to);
                let is_own = |node: Option<usize>, other| {
                    node.is_some_and(|node| model.nodes[node].1.contains(&other))
                };
                // The hook sees none of these.
                if from == to || is_own(source, to) || is_own(target, from) {
                    continue;
                }
                for _ in 0..6 {
                    let protocol = Protocol::parse(dice.pick(&PROTOCOLS)).unwrap();
                    let ports = (protocol, dice.pick(&PORTS).saturating_add(dice.below(2) as u16));
                    let side = |direction, node: Option<usize>, own, other| {
                        let table = |node: usize| &plans[node].tables[&TableFamily::Inet];
                        node.is_none_or(|node| allows(table(node), direction, own, other, ports))
                    };
                    let open = side(Direction::Egress, source, from, to)
                        && side(Direction::Ingress, target, to, from);
                    let told = answer.allows(ports.0, ports.1);
                    assert_eq!(Some(open), told, "seed {seed}: {from} to {to} {ports:?}\n{}", model.text());
                    counts[usize::from(open)] += 1;
                }
            }
        }
    }
    assert!(counts.iter().all(|&count| count > 5_000), "{counts:?}");
}

/// A policy with more ports than a node should hold for each address shuts its own pods, and says so.
pub(crate) fn too_large() {
    let pod = |namespace: &str, number: usize, status: &str| {
        format!(
            "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: p{number}, namespace: {namespace}}}, \
             spec: {{nodeName: n0, containers: []}}, status: {{{status}}}}}\n"
        )
    };
    let address = |number: usize| format!("podIPs: [{{ip: 10.0.0.{number}}}]");
    let ports: Vec<String> = (0..30_000).map(|port| format!("{{port: {}}}", 2 * port + 1)).collect();
    let mut text = format!(
        "{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: many, namespace: large}}, spec: \
         {{podSelector: {{}}, ingress: [{{from: [{{podSelector: {{}}}}], ports: [{}]}}]}}}}\n",
        ports.join(", ")
    );
    for number in 1..6 {
        text += &pod("large", number, &address(number));
    }
    text += "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: few, namespace: small}, \
             spec: {podSelector: {}, ingress: [{ports: [{port: 80}]}]}}\n";
    text += &pod("small", 6, &address(6));
    text += &pod("small", 7, "");
    let made = NodePlan::new(&reach_in(&text, Dialect::UPSTREAM), "n0", PodNetwork::Routed);
    assert_eq!((made.shut, made.waiting), (vec![0, 1, 2, 3, 4], vec![6]));
    let table = &made.plan.tables[&TableFamily::Inet];
    let outside = v4(8, 8, 8, 8);
    assert!(!allows(table, Direction::Ingress, v4(10, 0, 0, 1), v4(10, 0, 0, 2), (Protocol::Tcp, 1)));
    assert!(allows(table, Direction::Ingress, v4(10, 0, 0, 6), outside, (Protocol::Tcp, 80)));
    assert!(!allows(table, Direction::Ingress, v4(10, 0, 0, 6), outside, (Protocol::Udp, 80)));
    assert!(allows(table, Direction::Egress, v4(10, 0, 0, 1), outside, (Protocol::Tcp, 1)));
}
