//! Clusters made by chance: small, and full of corners.

use super::model::*;
use std::net::IpAddr;

pub(crate) const PORTS: [u16; 9] = [1, 53, 79, 80, 81, 443, 8080, 8085, 65_535];
pub(crate) const PROTOCOLS: [&str; 3] = ["TCP", "UDP", "SCTP"];
const NAMES: [&str; 3] = ["http", "dns", "db"];

pub(crate) fn cluster(seed: u64) -> Model {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 77);
    for _ in 0..4 {
        dice.below(2);
    }
    let dual = dice.below(3);
    let mut model = Model::default();
    for number in 0..2 {
        model
            .nodes
            .push((labels(&mut dice), addresses(dual, [172, 16, 0, number + 1], 0x100 + u16::from(number))));
    }
    for number in 0..1 + dice.below(4) {
        model.namespaces.push(Namespace { name: format!("ns{number}"), labels: labels(&mut dice) });
    }
    for number in 0..2 + dice.below(9) {
        let mut pod = Pod {
            namespace: dice.below(model.namespaces.len()),
            name: format!("p{number}"),
            labels: labels(&mut dice),
            addresses: addresses(dual, [10, 0, (number / 4) as u8, number as u8 + 1], number as u16 + 1),
            ports: Vec::new(),
            host: dice.chance(8),
            node: dice.below(2),
        };
        if dual == 2 && dice.chance(20) {
            pod.addresses.remove(dice.below(2));
        }
        for _ in 0..dice.below(4) {
            pod.ports.push((dice.pick(&NAMES).to_owned(), dice.pick(&PROTOCOLS), dice.pick(&PORTS)));
        }
        if pod.host {
            pod.addresses = model.nodes[pod.node].1.clone();
        }
        // Some pods are alike but for their address.
        if number > 0 && dice.chance(40) {
            let twin = model.pods[number - 1].clone();
            (pod.namespace, pod.labels, pod.ports) = (twin.namespace, twin.labels, twin.ports);
        }
        model.pods.push(pod);
    }
    for number in 0..dice.below(7) {
        model.policies.push(policy(&mut dice, &model, number));
    }
    if dice.chance(60) {
        for number in 0..1 + dice.below(4) {
            model.wide.push(wide(&mut dice, &model, number));
        }
    }
    model
}

fn labels(dice: &mut Dice) -> LabelMap {
    ["a", "b"]
        .iter()
        .filter_map(|key| {
            let value = dice.below(4);
            (value > 0).then(|| ((*key).to_owned(), format!("v{value}")))
        })
        .collect()
}

fn addresses(dual: usize, [a, b, c, d]: [u8; 4], last: u16) -> Vec<IpAddr> {
    match dual {
        0 => vec![v4(a, b, c, d)],
        1 => vec![v6(last)],
        _ => vec![v4(a, b, c, d), v6(last)],
    }
}

fn selector(dice: &mut Dice, names: &[Namespace]) -> Selector {
    (0..dice.below(3))
        .map(|_| {
            let key = dice.pick(&["a", "b", "c"]).to_owned();
            let mut value = |_| format!("v{}", 1 + dice.below(3));
            let values: Vec<String> = (0..2).map(&mut value).collect();
            if !names.is_empty() && dice.chance(15) {
                return ("kubernetes.io/metadata.name".to_owned(), Asked::In(vec![dice.pick(names).name]));
            }
            let asked = match dice.below(6) {
                0 => Asked::NotIn(values),
                1 => Asked::Exists,
                2 => Asked::Missing,
                _ => Asked::In(values[..1 + dice.below(2)].to_vec()),
            };
            (key, asked)
        })
        .collect()
}

fn block(dice: &mut Dice) -> Peer {
    if dice.chance(25) {
        let bits = dice.pick(&[0, 8, 120, 124, 126, 128]);
        let cidr = (if bits == 0 { "::".parse().unwrap() } else { v6(dice.below(12) as u16) }, bits);
        let except =
            if bits < 124 && dice.chance(40) { vec![(v6(dice.below(12) as u16), 126)] } else { Vec::new() };
        // An except must be inside its range.
        let inside = |one: &(IpAddr, u8)| bits == 0 || bits == 8 || (bits == 120 && one.1 > 120);
        return Peer::Block { cidr, except: except.into_iter().filter(inside).collect() };
    }
    match dice.below(5) {
        0 => {
            let except = [(v4(10, 0, 0, 0), 8), (v4(169, 254, 169, 254), 32), (v4(10, 0, 1, 0), 24)];
            let count = dice.below(4);
            Peer::Block { cidr: (v4(0, 0, 0, 0), 0), except: except[..count].to_vec() }
        }
        1 => Peer::Block {
            cidr: (v4(10, 0, dice.below(3) as u8, dice.below(12) as u8), 32),
            except: Vec::new(),
        },
        2 => Peer::Block { cidr: (v4(172, 16, 0, 0), dice.pick(&[16, 24, 30, 31])), except: Vec::new() },
        _ => {
            let third = dice.below(3) as u8;
            let except = match dice.below(3) {
                0 => vec![(v4(10, 0, third, 4), 30)],
                1 => vec![(v4(10, 0, third, 0), 25), (v4(10, 0, third, 2), 31)],
                _ => Vec::new(),
            };
            Peer::Block { cidr: (v4(10, 0, third, 0), 24), except }
        }
    }
}

fn ports(dice: &mut Dice) -> Vec<Port> {
    (0..dice.below(4))
        .map(|_| {
            let protocol = dice.pick(&PROTOCOLS);
            match dice.below(6) {
                0 => Port::Any(protocol),
                1 | 2 => Port::Named(protocol, dice.pick(&NAMES).to_owned()),
                3 => {
                    let first = dice.pick(&PORTS);
                    Port::Range(protocol, first, first.saturating_add(1 + dice.below(10) as u16))
                }
                _ => {
                    let port = dice.pick(&PORTS);
                    Port::Range(protocol, port, port)
                }
            }
        })
        .collect()
}

fn rules(dice: &mut Dice, model: &Model, most: usize) -> Vec<Rule> {
    (0..dice.below(most + 1))
        .map(|_| {
            let peers = (0..dice.below(3)).map(|_| match dice.below(4) {
                0 => block(dice),
                1 => Peer::Pods { namespaces: None, pods: Some(selector(dice, &[])) },
                2 => Peer::Pods { namespaces: Some(selector(dice, &model.namespaces)), pods: None },
                _ => Peer::Pods {
                    namespaces: Some(selector(dice, &model.namespaces)),
                    pods: Some(selector(dice, &[])),
                },
            });
            let peers = peers.collect();
            Rule { action: "Accept", peers, ports: ports(dice) }
        })
        .collect()
}

pub(crate) fn policy(dice: &mut Dice, model: &Model, number: usize) -> Policy {
    let types = match dice.below(5) {
        0 => Some(vec!["Ingress"]),
        1 => Some(vec!["Egress"]),
        2 | 3 => Some(vec!["Ingress", "Egress"]),
        _ => None,
    };
    Policy {
        namespace: dice.below(model.namespaces.len()),
        name: format!("np{number}"),
        selector: selector(dice, &[]),
        types,
        ingress: dice.chance(80).then(|| rules(dice, model, 3)),
        egress: dice.chance(70).then(|| rules(dice, model, 3)),
    }
}

fn wide_rules(dice: &mut Dice, model: &Model, egress: bool, kind: &str) -> Vec<Rule> {
    let actions: &[&str] =
        if kind == "BaselineAdminNetworkPolicy" { &["Accept", "Deny"] } else { &["Accept", "Deny", "Pass"] };
    (0..dice.below(4))
        .map(|_| {
            let peers = (0..1 + dice.below(2)).map(|_| match dice.below(if egress { 6 } else { 4 }) {
                0 | 1 => Peer::Pods { namespaces: Some(selector(dice, &model.namespaces)), pods: None },
                2 | 3 => Peer::Pods {
                    namespaces: Some(selector(dice, &model.namespaces)),
                    pods: Some(selector(dice, &[])),
                },
                4 => Peer::Nodes(selector(dice, &[])),
                _ => match block(dice) {
                    Peer::Block { cidr, .. } => Peer::Block { cidr, except: Vec::new() },
                    other => other,
                },
            });
            let peers = peers.collect();
            Rule { action: dice.pick(actions), peers, ports: ports(dice) }
        })
        .collect()
}

pub(crate) fn wide(dice: &mut Dice, model: &Model, number: usize) -> Wide {
    let mut kind = dice.pick(&[
        "ClusterNetworkPolicy",
        "ClusterNetworkPolicy",
        "AdminNetworkPolicy",
        "BaselineAdminNetworkPolicy",
    ]);
    // There is one of these at most.
    if kind == "BaselineAdminNetworkPolicy" && model.wide.iter().any(|known| known.kind == kind) {
        kind = "AdminNetworkPolicy";
    }
    let tier = match kind {
        "AdminNetworkPolicy" => "Admin",
        "BaselineAdminNetworkPolicy" => "Baseline",
        _ => dice.pick(&["Admin", "Baseline"]),
    };
    Wide {
        kind,
        name: format!("w{number}"),
        tier,
        // All different: what ties do is undefined.
        priority: if kind == "BaselineAdminNetworkPolicy" { 0 } else { 1 + number * 10 + dice.below(9) },
        namespaces: selector(dice, &model.namespaces),
        pods: dice.chance(50).then(|| selector(dice, &[])),
        ingress: wide_rules(dice, model, false, kind),
        egress: wide_rules(dice, model, true, kind),
    }
}
