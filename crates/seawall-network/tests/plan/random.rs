//! Clusters made by chance on two nodes: one routes, the other has a bridge.

use super::generate;
use super::lab::{Host, Lab, Place, Probe};
use super::model::{Dice, LabelMap, Model, Namespace, Pod, v4, v6};
use super::reach;
use seawall_network::plan::{Change, NodePlan, Plan, PodNetwork};
use seawall_network::{Protocol, Reach};
use std::net::IpAddr;

const CLUSTERS: u64 = 10;
const PODS_EACH: usize = 7;
const POLICIES: usize = 22;
/// Ports at which somebody listens; each round tries some of them.
const PORTS: [u16; 11] = [1, 53, 79, 80, 81, 82, 443, 8080, 8085, 8086, 65_535];
const PORTS_TRIED: usize = 5;

fn node_addresses(number: usize) -> Vec<IpAddr> {
    vec![v4(172, 16, 0, number as u8 + 1), v6(0x100 + number as u16)]
}

fn pod_addresses(node: usize, number: usize) -> Vec<IpAddr> {
    let last = number as u8 + 1;
    vec![v4(10, 0, node as u8, last), v6(u16::from(last) + 7 * node as u16)]
}

/// Two nodes, seven pods on each, and three others.
fn hosts() -> Vec<Host> {
    let mut hosts: Vec<Host> = (0..2)
        .map(|node| Host { name: format!("n{node}"), place: Place::Node, addresses: node_addresses(node) })
        .collect();
    for (node, place) in [(0, Place::Link), (1, Place::Bridge)] {
        hosts.extend((0..PODS_EACH).map(|number| Host {
            name: format!("p{}", node * PODS_EACH + number),
            place: place.clone(),
            addresses: pod_addresses(node, number),
        }));
    }
    let outside = [
        ("e0", vec![v4(8, 8, 8, 8), "2001:db8::1".parse().unwrap()]),
        ("e1", vec![v4(10, 0, 2, 129), v6(0x80)]),
        ("e2", vec![v4(169, 254, 169, 254), v6(0x201)]),
    ];
    hosts.extend(outside.map(|(name, addresses)| Host { name: name.into(), place: Place::Link, addresses }));
    hosts
}

fn labels(dice: &mut Dice) -> LabelMap {
    let mut label = |key: &str| (key.to_owned(), format!("v{}", 1 + dice.below(3)));
    vec![label("a"), label("b")]
}

/// A cluster with these hosts. Policies are made until there are enough.
pub(crate) fn cluster(seed: u64) -> Model {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1CE);
    for _ in 0..4 {
        dice.below(2);
    }
    let mut model = Model::default();
    for node in 0..2 {
        let labels = labels(&mut dice);
        model.nodes.push((labels, node_addresses(node)));
    }
    for number in 0..3 {
        let labels = labels(&mut dice);
        model.namespaces.push(Namespace { name: format!("ns{number}"), labels });
    }
    for number in 0..2 * PODS_EACH {
        let node = number / PODS_EACH;
        let port = |dice: &mut Dice| {
            let name = dice.pick(&["http", "dns", "db"]).to_owned();
            (name, dice.pick(&generate::PROTOCOLS), dice.pick(&generate::PORTS))
        };
        model.pods.push(Pod {
            namespace: dice.below(3),
            name: format!("p{number}"),
            labels: labels(&mut dice),
            addresses: pod_addresses(node, number % PODS_EACH),
            ports: (0..dice.below(4)).map(|_| port(&mut dice)).collect(),
            host: false,
            node,
        });
    }
    for number in 0..POLICIES {
        let policy = generate::policy(&mut dice, &model, number);
        model.policies.push(policy);
    }
    if seed % 2 == 1 {
        for number in 0..4 {
            let policy = generate::wide(&mut dice, &model, number);
            model.wide.push(policy);
        }
    }
    model
}

/// Something happens: policies come and go, a pod gets other labels.
pub(crate) fn event(model: &mut Model, dice: &mut Dice, number: usize) {
    match dice.below(4) {
        0 => {
            let gone = dice.below(model.policies.len());
            model.policies.remove(gone);
        }
        1 => {
            let policy = generate::policy(dice, model, 1_000 + number);
            model.policies.push(policy);
        }
        2 => {
            let changed = dice.below(model.policies.len());
            let new = generate::policy(dice, model, 2_000 + number);
            let old = &mut model.policies[changed];
            (old.ingress, old.egress) = (new.ingress, new.egress);
        }
        _ => {
            let pod = dice.below(model.pods.len());
            model.pods[pod].labels = labels(dice);
        }
    }
}

/// Tries every pair on these ports over every protocol and family; answers how many were open and shut.
pub(crate) fn compare(lab: &mut Lab, reach: &Reach, ports: &[u16], what: &str) -> (usize, usize) {
    let mut probes = Vec::new();
    let ends = |hosts: &[Host]| -> Vec<(usize, IpAddr)> {
        let of_host = |(number, host): (usize, &Host)| {
            host.addresses.iter().map(move |&address| (number, address)).collect::<Vec<_>>()
        };
        hosts.iter().enumerate().flat_map(of_host).collect()
    };
    let ends = ends(&lab.hosts);
    for &from in &ends {
        for &to in ends.iter().filter(|to| to.1.is_ipv4() == from.1.is_ipv4()) {
            for protocol in Protocol::ALL {
                probes.extend(ports.iter().map(|&port| Probe { from, to, protocol, port }));
            }
        }
    }
    let wanted: Vec<bool> = probes
        .iter()
        .map(|probe| {
            let answer = reach.between_addresses(probe.from.1, probe.to.1);
            answer.allows(probe.protocol, probe.port).unwrap()
        })
        .collect();
    let mut found = lab.probe(&probes, 350);
    // A busy machine may be late: what should be open is tried again, with patience.
    for patience in [1_000, 4_000] {
        let late: Vec<usize> = (0..probes.len()).filter(|&at| wanted[at] && !found[at]).collect();
        if late.is_empty() {
            break;
        }
        let again: Vec<Probe> = late.iter().map(|&at| probes[at].clone()).collect();
        for (at, open) in late.into_iter().zip(lab.probe(&again, patience)) {
            found[at] = open;
        }
    }
    let told = |at: usize| {
        let Probe { from, to, protocol, port } = &probes[at];
        let (from, to) = ((&lab.hosts[from.0].name, from.1), (&lab.hosts[to.0].name, to.1));
        format!(
            "{from:?} to {to:?} {} {port}: {}",
            protocol.as_str(),
            if found[at] { "open" } else { "shut" }
        )
    };
    let wrong: Vec<String> = (0..probes.len()).filter(|&at| wanted[at] != found[at]).map(told).collect();
    let some = &wrong[..wrong.len().min(20)];
    assert!(wrong.is_empty(), "{what}: {} of {} differ:\n{}", wrong.len(), probes.len(), some.join("\n"));
    let open = found.iter().filter(|&&open| open).count();
    (open, found.len() - open)
}

/// The two nodes' networks: the second one's bridge is seen by either family in turns.
fn networks(lab: &mut Lab, seed: u64) -> [PodNetwork; 2] {
    let sees = (seed / 2).is_multiple_of(2);
    for name in ["iptables", "ip6tables"] {
        lab.set(1, &format!("net/bridge/bridge-nf-call-{name}"), if sees { "1" } else { "0" });
    }
    [PodNetwork::Routed, if sees { PodNetwork::BridgedFiltered } else { PodNetwork::Bridged }]
}

fn plans(reach: &Reach, networks: [PodNetwork; 2]) -> [Plan; 2] {
    [0, 1].map(|node| NodePlan::new(reach, &format!("n{node}"), networks[node]).plan)
}

pub(crate) fn clusters() {
    let mut lab = Lab::new(hosts(), &PORTS);
    let open = reach("");
    let (all, none) = compare(&mut lab, &open, &PORTS[..2], "without rules");
    assert!(all > 1_000 && none == 0);
    let mut loaded: [Plan; 2] = [Plan::EMPTY, Plan::EMPTY];
    let (mut open, mut shut) = (0, 0);
    for seed in 0..CLUSTERS {
        let mut model = cluster(seed);
        let mut dice = Dice(seed ^ 0xE7E);
        let networks = networks(&mut lab, seed);
        // First the whole text where nothing of another kind is loaded, then changes only.
        for step in 0..2 {
            let engine = reach(&model.text());
            let new = plans(&engine, networks);
            for (node, (old, new)) in loaded.iter().zip(&new).enumerate() {
                let is_fresh = step == 0 && old.tables.keys().all(|family| new.tables.contains_key(family));
                let text = if is_fresh { new.text() } else { Change::between(old, new).to_string() };
                lab.load(node, &text);
            }
            loaded = new;
            let ports: Vec<u16> = (0..PORTS_TRIED).map(|_| dice.pick(&PORTS)).collect();
            let what = format!("cluster {seed}, step {step}, {networks:?}");
            let counts = compare(&mut lab, &engine, &ports, &what);
            (open, shut) = (open + counts.0, shut + counts.1);
            for number in 0..3 {
                event(&mut model, &mut dice, step * 10 + number);
            }
        }
    }
    eprintln!("{} probes: {open} open, {shut} shut", open + shut);
    assert!(open * 10 > shut && shut * 10 > open, "{open} open, {shut} shut");
}
