//! A large cluster: 100 namespaces, 50 labels, policies with every sort of peer and port.

use crate::model::*;

const PODS: usize = 10_000;
const POLICIES: usize = 2_000;
const NAMESPACES: usize = 100;
const KEYS: usize = 10;
const VALUES: usize = 5;
const PORTS: [u16; 8] = [80, 443, 8080, 5432, 6379, 9090, 53, 3306];

/// `replicas` pods of each workload have the same labels.
pub(crate) fn large(replicas: usize) -> Model {
    let mut dice = Dice(41 + replicas as u64);
    let mut model = Model { nodes: vec![(Vec::new(), vec![v4(172, 16, 0, 1)])], ..Model::default() };
    for number in 0..NAMESPACES {
        model.namespaces.push(Namespace { name: format!("team-{number:02}"), labels: labels(&mut dice, 60) });
    }
    while model.pods.len() < PODS {
        let (namespace, labels) = (dice.below(NAMESPACES), labels(&mut dice, 80));
        let port = dice.pick(&[None, Some(80), Some(8080)]);
        let ports: Vec<_> = port.map(|port| ("http".to_owned(), "TCP", port)).into_iter().collect();
        for _ in 0..replicas {
            let number = model.pods.len();
            model.pods.push(Pod {
                namespace,
                name: format!("p{number}"),
                labels: labels.clone(),
                addresses: vec![v4(10, 244, (number >> 8) as u8, number as u8)],
                ports: ports.clone(),
                host: false,
                node: 0,
            });
        }
    }
    for number in 0..POLICIES {
        let kind = dice.below(10);
        let policy = Policy {
            namespace: dice.below(NAMESPACES),
            name: format!("np{number}"),
            selector: selector(&mut dice, 2),
            types: Some(if kind < 6 {
                vec!["Ingress"]
            } else if kind < 8 {
                vec!["Ingress", "Egress"]
            } else {
                vec!["Egress"]
            }),
            ingress: (kind < 8).then(|| rules(&mut dice)),
            egress: (kind >= 6).then(|| rules(&mut dice)),
        };
        model.policies.push(policy);
    }
    model
}

fn labels(dice: &mut Dice, percent: usize) -> LabelMap {
    let mut labels = LabelMap::new();
    for key in 0..KEYS {
        if dice.chance(percent) {
            labels.push((format!("k{key}"), format!("v{}", dice.below(VALUES))));
        }
    }
    labels
}

fn selector(dice: &mut Dice, most: usize) -> Selector {
    let mut selector = Selector::new();
    for _ in 0..dice.below(most + 1) {
        let value = dice.below(VALUES);
        let text = |value: usize| format!("v{}", value % VALUES);
        let asked = match dice.below(10) {
            0 => Asked::NotIn(vec![text(value)]),
            1 => Asked::Exists,
            2 => Asked::In(vec![text(value), text(value + 1)]),
            3 => Asked::Missing,
            _ => Asked::In(vec![text(value)]),
        };
        selector.push((format!("k{}", dice.below(KEYS)), asked));
    }
    selector
}

fn rules(dice: &mut Dice) -> Vec<Rule> {
    let mut rules = Vec::new();
    for _ in 0..1 + dice.below(3) {
        let mut peers = Vec::new();
        for _ in 0..dice.below(3) {
            peers.push(match dice.below(10) {
                0 | 1 => block(dice),
                2..=5 => Peer::Pods { namespaces: None, pods: Some(selector(dice, 2)) },
                6 | 7 => Peer::Pods { namespaces: Some(selector(dice, 2)), pods: None },
                _ => Peer::Pods { namespaces: Some(selector(dice, 1)), pods: Some(selector(dice, 2)) },
            });
        }
        let mut ports = Vec::new();
        for _ in 0..dice.below(3) {
            let port = dice.pick(&PORTS);
            let protocol = if port == 53 { "UDP" } else { "TCP" };
            ports.push(match dice.below(10) {
                0 => Port::Any(dice.pick(&["TCP", "UDP", "SCTP"])),
                1 => {
                    let first = 1 + dice.below(60_000) as u16;
                    Port::Range("TCP", first, first + 1_000)
                }
                2 => Port::Named("TCP", "http".to_owned()),
                _ => Port::Range(protocol, port, port),
            });
        }
        rules.push(Rule { action: "Accept", peers, ports });
    }
    rules
}

fn block(dice: &mut Dice) -> Peer {
    let bits = 8 + dice.below(17) as u32;
    let base = match dice.chance(30) {
        true => 0x0AF4_0000 + (dice.below(40) as u32) * 256,
        false => dice.below(1 << 30) as u32 * 4,
    };
    let base = base & (u32::MAX << (32 - bits));
    let half = base | 1 << (31 - bits);
    let except = if dice.chance(50) { vec![(half, bits + 1)] } else { Vec::new() };
    let text = |address: u32| std::net::IpAddr::V4(address.into());
    Peer::Block {
        cidr: (text(base), bits as u8),
        except: except.into_iter().map(|(base, bits)| (text(base), bits as u8)).collect(),
    }
}

/// The cluster as one List in JSON.
pub(crate) fn list(model: &Model) -> String {
    let text = model.text();
    let items: Vec<&str> = text.split("---\n").map(str::trim).filter(|item| !item.is_empty()).collect();
    format!("{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{}]}}", items.join(","))
}
