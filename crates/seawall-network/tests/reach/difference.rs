//! What is told to change is what changes, and nothing else does.

use super::generate::{self, PORTS, PROTOCOLS};
use super::model::{Dice, Model};
use super::naive::{self, Point};
use super::properties::{fewer, objects};
use seawall_model::Cluster;
use seawall_network::{
    ConnectionEnd, ConnectionPorts, Dialect, Network, Party, PortSet, Protocol, Reach, Workload,
};
use std::collections::BTreeMap;
use std::net::IpAddr;

fn reach(model: &Model) -> Reach {
    let cluster = Cluster::new(objects(&model.text()));
    Reach::new(&cluster, &Network::new(&cluster), Dialect::UPSTREAM)
}

/// A cluster in which some policies are others, and some pods are gone.
fn another(model: &Model, dice: &mut Dice) -> Model {
    let mut other = model.clone();
    other.policies.retain(|_| dice.chance(70));
    other.wide.retain(|_| dice.chance(80));
    for number in 0..dice.below(3) {
        let policy = generate::policy(dice, &other, 200 + number);
        other.policies.push(policy);
    }
    if dice.chance(30) {
        other.pods.remove(dice.below(other.pods.len()));
    }
    other
}

/// By both ends; ranges cut where either state begins a new one, so that both states have the same.
type All = BTreeMap<(ConnectionEnd, ConnectionEnd), ConnectionPorts>;

fn all(reach: &Reach, cuts: &[(IpAddr, IpAddr)]) -> All {
    let mut out = All::new();
    for one in reach.connections(|_| true).list {
        let ports = ConnectionPorts { sure: one.sure, possible: one.possible };
        let ends = |party| match party {
            Party::Workload(number) => vec![ConnectionEnd::Workload(reach.workloads()[number].clone())],
            Party::Range(first, last) => cuts
                .iter()
                .filter(|cut| cut.0.is_ipv4() == first.is_ipv4() && first <= cut.0 && cut.1 <= last)
                .map(|&(first, last)| ConnectionEnd::Range(first, last))
                .collect(),
        };
        for from in ends(one.from) {
            for to in ends(one.to) {
                assert!(out.insert((from.clone(), to), ports.clone()).is_none());
            }
        }
    }
    out
}

/// The smallest parts into which ranges cut the address space, of those that any of them covers.
fn parts(ranges: &[(IpAddr, IpAddr)]) -> Vec<(IpAddr, IpAddr)> {
    let number = |address: IpAddr| match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    };
    let mut out = Vec::new();
    for is_v4 in [true, false] {
        let address = |number: u128| -> IpAddr {
            if is_v4 { IpAddr::V4((number as u32).into()) } else { IpAddr::V6(number.into()) }
        };
        let own: Vec<_> = ranges.iter().filter(|range| range.0.is_ipv4() == is_v4).collect();
        let mut starts: Vec<u128> = Vec::new();
        for (first, last) in &own {
            starts.push(number(*first));
            starts.extend(number(*last).checked_add(1));
        }
        starts.sort_unstable();
        starts.dedup();
        let highest = own.iter().map(|range| number(range.1)).max().unwrap_or(0);
        for (at, first) in starts.iter().enumerate() {
            let last = starts.get(at + 1).map_or(highest, |next| next - 1);
            if last >= *first {
                out.push((address(*first), address(last)));
            }
        }
    }
    out
}

#[test]
fn a_difference_applied_to_the_one_state_gives_the_other() {
    let mut changed = 0;
    for seed in fewer().step_by(2) {
        let mut dice = Dice(seed ^ 0xD1FF);
        let model = generate::cluster(seed);
        let states = [reach(&model), reach(&another(&model, &mut dice))];
        let difference = states[0].difference(&states[1]);
        assert!(!difference.is_cut);
        let mut ranges: Vec<(IpAddr, IpAddr)> = Vec::new();
        for state in &states {
            for one in state.connections(|_| true).list {
                for party in [one.from, one.to] {
                    if let Party::Range(first, last) = party {
                        ranges.push((first, last));
                    }
                }
            }
        }
        for change in &difference.changes {
            for end in [&change.from, &change.to] {
                if let ConnectionEnd::Range(first, last) = end {
                    ranges.push((*first, *last));
                }
            }
        }
        let cuts = parts(&ranges);
        let mut applied = all(&states[0], &cuts);
        for change in &difference.changes {
            assert_ne!(change.before, change.after, "seed {seed}: nothing changes");
            let ends = |end: &ConnectionEnd| match end {
                ConnectionEnd::Range(first, last) => cuts
                    .iter()
                    .filter(|cut| cut.0.is_ipv4() == first.is_ipv4() && *first <= cut.0 && cut.1 <= *last)
                    .map(|&(first, last)| ConnectionEnd::Range(first, last))
                    .collect(),
                workload @ ConnectionEnd::Workload(_) => vec![workload.clone()],
            };
            for from in ends(&change.from) {
                for to in ends(&change.to) {
                    let was = applied.remove(&(from.clone(), to.clone())).unwrap_or_default();
                    assert_eq!(was, change.before, "seed {seed}: {from:?} to {to:?}");
                    if change.after != ConnectionPorts::default() {
                        applied.insert((from.clone(), to), change.after.clone());
                    }
                }
            }
            changed += 1;
        }
        assert_eq!(applied, all(&states[1], &cuts), "seed {seed}");
        assert_eq!(states[0].difference(&states[0]).changes, [], "seed {seed}");
    }
    assert!(changed > 100, "{changed}");
}

#[test]
fn what_is_gained_and_lost_is_what_the_obvious_form_says() {
    let mut told = 0;
    for seed in fewer().step_by(4) {
        let mut dice = Dice(seed ^ 0x6A1);
        let model = generate::cluster(seed);
        let other = another(&model, &mut dice);
        let difference = reach(&model).difference(&reach(&other));
        let name = |model: &Model, pod: usize| Workload {
            namespace: Some(model.namespaces[model.pods[pod].namespace].name.as_str().into()),
            name: model.pods[pod].name.as_str().into(),
            kind: "Pod".into(),
        };
        // Pods of the later cluster stand in the earlier one, too.
        for from in 0..other.pods.len() {
            for to in (0..other.pods.len()).filter(|to| *to != from) {
                let before = |pod: usize| {
                    let name = &other.pods[pod].name;
                    model.pods.iter().position(|old| old.name == *name).unwrap()
                };
                let ends = [name(&other, from), name(&other, to)].map(ConnectionEnd::Workload);
                let change = difference.changes.iter().find(|one| one.from == ends[0] && one.to == ends[1]);
                let none = PortSet::default();
                let (gained, lost) = change.map_or((none.clone(), none), |one| (one.gained(), one.lost()));
                for protocol in PROTOCOLS {
                    let port = dice.pick(&PORTS);
                    let asked = Protocol::parse(protocol).unwrap();
                    let old = naive::allows(
                        &model,
                        Point::Pod(before(from)),
                        Point::Pod(before(to)),
                        protocol,
                        port,
                    );
                    let new = naive::allows(&other, Point::Pod(from), Point::Pod(to), protocol, port);
                    assert_eq!(
                        gained.contains(asked, port),
                        new && !old,
                        "seed {seed}: {ends:?} {protocol} {port}"
                    );
                    assert_eq!(
                        lost.contains(asked, port),
                        old && !new,
                        "seed {seed}: {ends:?} {protocol} {port}"
                    );
                    told += usize::from(old != new);
                }
            }
        }
    }
    assert!(told > 100, "{told}");
}
