//! Policies that are written let everything pass that is wanted, and what they leave open beside it is counted rightly: asked
//! of the slow form, which reads the texts by itself.

use super::generate::{self, PORTS, PROTOCOLS};
use super::model::{Asked, Dice, Model, Peer, Policy, Port, Rule, Selector};
use super::naive::{self, Point};
use super::properties::{fewer, objects, outside};
use seawall_model::{At, Cluster};
use seawall_network::{
    Cidr, Dialect, Network, Party, PortSet, Proof, Protocol, Reach, Side, Wanted, generate as write, prove,
};
use std::net::IpAddr;

/// Connections that somebody wants, by pods of the model.
fn wanted(model: &Model, reach: &Reach, dice: &mut Dice) -> Vec<(usize, usize, PortSet)> {
    let pods: Vec<usize> = (0..model.pods.len()).filter(|&pod| !model.pods[pod].host).collect();
    let mut out: Vec<(usize, usize, PortSet)> = Vec::new();
    for _ in 0..dice.below(8) {
        if pods.len() < 2 {
            break;
        }
        let (from, to) = (dice.pick(&pods), dice.pick(&pods));
        if from == to || workload(model, reach, from) == workload(model, reach, to) {
            continue;
        }
        let mut ports = PortSet::default();
        for _ in 0..1 + dice.below(3) {
            let first = dice.pick(&PORTS);
            let protocol = Protocol::parse(dice.pick(&PROTOCOLS)).unwrap();
            ports.insert(protocol, first, first.saturating_add(dice.below(5) as u16));
        }
        out.push((from, to, ports));
    }
    out
}

fn workload(model: &Model, reach: &Reach, pod: usize) -> usize {
    let name = &model.pods[pod].name;
    reach.workloads().iter().position(|workload| *workload.name == **name).unwrap()
}

fn labels(at: At<'_>) -> Selector {
    at.get("matchLabels")
        .entries()
        .map(|(key, value)| (key.to_string(), Asked::In(vec![value.text().unwrap().to_owned()])))
        .collect()
}

/// Ranges of addresses that somebody wants to reach, or to be reached from, by pod and direction.
type Block = (usize, bool, (IpAddr, u8), PortSet);

fn blocks(model: &Model, dice: &mut Dice) -> Vec<Block> {
    let pods: Vec<usize> = (0..model.pods.len()).filter(|&pod| !model.pods[pod].host).collect();
    let mut out = Vec::new();
    for _ in 0..dice.below(6) {
        if pods.is_empty() {
            break;
        }
        let address = dice.pick(&outside());
        let bits = dice.pick(&[if address.is_ipv4() { 32 } else { 128 }, 31, 24]);
        let ports = PortSet::one(Protocol::Tcp, dice.pick(&PORTS[..3]));
        out.push((dice.pick(&pods), dice.chance(50), (address, bits), ports));
    }
    out
}

fn wanted_block((_, egress, block, ports): &Block, own: Side) -> Wanted {
    let block = Side::Block(cidr(*block));
    let (from, to) = if *egress { (own, block) } else { (block, own) };
    Wanted { from, to, ports: ports.clone(), because: String::new() }
}

fn cidr((address, bits): (IpAddr, u8)) -> Cidr {
    Cidr::parse(&format!("{address}/{bits}")).unwrap()
}

/// What the proof tells of addresses outside is what the slow form says.
fn compare_outside(
    (model, next): (&Model, &Model),
    (reach, proof): (&Reach, &Proof),
    (asked, covered): (&[Block], &[usize]),
    seed: u64,
) -> usize {
    let mut beyond = 0;
    for pod in 0..next.pods.len() {
        let own = workload(model, reach, pod);
        let nodes = &next.nodes[next.pods[pod].node].1;
        for address in outside() {
            let is_pod = next.pods.iter().any(|pod| pod.addresses.contains(&address));
            if !covered.contains(&own) || is_pod || nodes.contains(&address) {
                continue;
            }
            for (egress, port) in
                [true, false].into_iter().flat_map(|egress| PORTS.map(|port| (egress, port)))
            {
                let (from, to) = match egress {
                    true => (Point::Pod(pod), Point::Address(address)),
                    false => (Point::Address(address), Point::Pod(pod)),
                };
                let told = naive::allows(next, from, to, "TCP", port);
                let is_asked = asked.iter().any(|one| {
                    (one.0, one.1) == (pod, egress)
                        && cidr(one.2).contains(address)
                        && one.3.contains(Protocol::Tcp, port)
                });
                let listed = proof.extra.iter().any(|one| {
                    let (own_party, other) = if egress { (one.from, one.to) } else { (one.to, one.from) };
                    own_party == Party::Workload(own)
                        && matches!(other, Party::Range(first, last)
                            if first.is_ipv4() == address.is_ipv4() && first <= address && address <= last)
                        && one.sure.contains(Protocol::Tcp, port)
                });
                assert_eq!(listed, told && !is_asked, "seed {seed}: {pod} {egress} {address} {port}");
                beyond += usize::from(listed);
            }
        }
    }
    beyond
}

/// A text that was written, read without the engine.
fn read(model: &Model, text: &str) -> Policy {
    let object = objects(text).remove(0);
    let spec = object.at().get("spec");
    let rules = |field: &str, peers: &str| -> Option<Vec<Rule>> {
        let rules = spec.get(field).items().map(|rule| {
            let peers = rule.get(peers).items().map(|peer| {
                let block = peer.get("ipBlock.cidr");
                if let Some(text) = block.text() {
                    let (address, bits) = text.split_once('/').unwrap();
                    let cidr = (address.parse().unwrap(), bits.parse().unwrap());
                    return Peer::Block { cidr, except: Vec::new() };
                }
                let selector = |field: &str| peer.get(field).exists().then(|| labels(peer.get(field)));
                Peer::Pods { namespaces: selector("namespaceSelector"), pods: selector("podSelector") }
            });
            let ports = rule.get("ports").items().map(|port| {
                let spoken = port.get("protocol").text().unwrap();
                let protocol = PROTOCOLS.into_iter().find(|one| *one == spoken).unwrap();
                let number = |field: &str| port.get(field).text().map(|text| text.parse::<u16>().unwrap());
                match (number("port"), number("endPort")) {
                    (Some(first), last) => Port::Range(protocol, first, last.unwrap_or(first)),
                    (None, _) => Port::Any(protocol),
                }
            });
            Rule { action: "Accept", peers: peers.collect(), ports: ports.collect() }
        });
        Some(rules.collect())
    };
    let namespace = object.namespace().unwrap();
    Policy {
        namespace: model.namespaces.iter().position(|one| one.name == namespace).unwrap(),
        name: object.name().to_owned(),
        selector: labels(spec.get("podSelector")),
        types: Some(vec!["Ingress", "Egress"]),
        ingress: rules("ingress", "from"),
        egress: rules("egress", "to"),
    }
}

/// The model with the new policies in the place of those of their namespaces.
fn with(model: &Model, policies: &[Policy]) -> Model {
    let mut next = model.clone();
    next.policies.retain(|old| !policies.iter().any(|new| new.namespace == old.namespace));
    next.policies.extend(policies.iter().cloned());
    next
}

#[test]
fn written_policies_let_pass_what_is_wanted_and_tell_what_else_they_do() {
    let (mut passed, mut beyond, mut outside_beyond) = (0, 0, 0);
    for seed in fewer().step_by(5) {
        let mut dice = Dice(seed ^ 0x9E4);
        let mut model = generate::cluster(seed);
        // What the whole cluster's policies forbid, no NetworkPolicy lets pass.
        model.wide.clear();
        let cluster = Cluster::new(objects(&model.text()));
        let reach = Reach::new(&cluster, &Network::new(&cluster), Dialect::UPSTREAM);
        let asked = wanted(&model, &reach, &mut dice);
        let sides = |pod: usize| Side::Workload(workload(&model, &reach, pod));
        let ranges = blocks(&model, &mut dice);
        let mut list: Vec<Wanted> = asked
            .iter()
            .map(|(from, to, ports)| Wanted {
                from: sides(*from),
                to: sides(*to),
                ports: ports.clone(),
                because: String::new(),
            })
            .collect();
        list.extend(ranges.iter().map(|range| wanted_block(range, sides(range.0))));
        let written = write(&cluster, &reach, &list, |_| true);
        let (after, proof) = prove(&cluster, &reach, &list, &written).unwrap();
        let policies: Vec<Policy> = written.policies.iter().map(|one| read(&model, &one.text)).collect();
        let next = with(&model, &policies);
        let covered: Vec<usize> = written.policies.iter().map(|policy| policy.workload).collect();
        let text = || written.policies.iter().map(|one| one.text.clone()).collect::<Vec<_>>().join("---\n");
        outside_beyond += compare_outside((&model, &next), (&reach, &proof), (&ranges, &covered), seed);
        let (mut none, mut every) = (0, 0);
        for from in 0..next.pods.len() {
            for to in (0..next.pods.len()).filter(|to| *to != from) {
                let ends = [from, to].map(|pod| workload(&next, &reach, pod));
                let extra = proof
                    .extra
                    .iter()
                    .find(|one| (one.from, one.to) == (Party::Workload(ends[0]), Party::Workload(ends[1])));
                let counts = covered.contains(&ends[0]) || covered.contains(&ends[1]);
                let reachable = after
                    .between(after.find(&name(&next, from)).unwrap(), after.find(&name(&next, to)).unwrap());
                let (mut open, mut shut) = (false, false);
                for protocol in PROTOCOLS {
                    let spoken = Protocol::parse(protocol).unwrap();
                    let near = PORTS.iter().flat_map(|port| [*port, port.saturating_add(11)]);
                    for port in near.chain([2, 12_345]) {
                        let told = naive::allows(&next, Point::Pod(from), Point::Pod(to), protocol, port);
                        (open, shut) = (open || told, shut || !told);
                        let is_wanted = asked
                            .iter()
                            .any(|one| (one.0, one.1) == (from, to) && one.2.contains(spoken, port));
                        assert_eq!(reachable.allows(spoken, port), Some(told), "seed {seed}\n{}", text());
                        if is_wanted {
                            // Without an address of one family on both sides nothing passes, whatever policies say.
                            let told_missing =
                                proof.missing.iter().any(|one| one.ports.contains(spoken, port));
                            assert!(
                                told || told_missing,
                                "seed {seed}: {from} {to} {protocol} {port}\n{}",
                                text()
                            );
                            passed += usize::from(told);
                        } else if counts {
                            let listed = extra.is_some_and(|one| one.sure.contains(spoken, port));
                            assert_eq!(
                                listed,
                                told,
                                "seed {seed}: {from} {to} {protocol} {port}\n{}",
                                text()
                            );
                            beyond += usize::from(told);
                        }
                    }
                }
                none += u64::from(!open);
                every += u64::from(!shut);
            }
        }
        assert_eq!((proof.after.none, proof.after.all), (none, every), "seed {seed}\n{}", text());
    }
    assert!(passed > 100 && beyond > 100, "{passed} {beyond}");
    eprintln!("{passed} pass, {beyond} beyond inside, {outside_beyond} outside");
}

fn name(model: &Model, pod: usize) -> String {
    format!("{}/{}", model.namespaces[model.pods[pod].namespace].name, model.pods[pod].name)
}
