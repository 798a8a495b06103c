//! What controls are told holds for every connection.

use super::generate;
use super::properties::objects;
use seawall_model::{Cluster, Object};
use seawall_network::{Dialect, Direction, End, Network, PortSet, Reach, needless_policies, needless_rules};
use std::sync::Arc;

const CLUSTERS: u64 = 300;

fn engine(cluster: &Cluster) -> (Network, Reach) {
    let network = Network::new(cluster);
    let reach = Reach::new(cluster, &network, Dialect::UPSTREAM);
    (network, reach)
}

/// Everything that is open, pair by pair.
fn open(reach: &Reach) -> Vec<[Arc<PortSet>; 2]> {
    let ends = || (0..reach.pods().len()).map(End::Pod).chain([End::Internet]);
    let pairs = ends().flat_map(|from| ends().map(move |to| reach.between(from, to)));
    pairs.map(|answer| [answer.sure, answer.possible]).collect()
}

#[test]
fn nothing_changes_without_what_is_needless() {
    let (mut policies, mut rules) = (0, 0);
    for seed in 0..CLUSTERS {
        let all = objects(&generate::cluster(seed).text());
        // Each policy twice: the copy is needless, whatever it says.
        let copies = all.iter().filter(|object| object.kind() == "NetworkPolicy").map(|object| {
            let text = object.document().source().text();
            let span = object.document().span();
            let text = text[span.start as usize..span.end as usize].to_owned();
            let name = format!("name: {}", object.name());
            objects(&text.replacen(&name, &format!("{name}-copy"), 1))
        });
        let doubled: Vec<Arc<Object>> = all.iter().cloned().chain(copies.flatten()).collect();
        let cluster = Cluster::new(doubled.iter().cloned());
        let (network, reach) = engine(&cluster);
        let found = needless_policies(&network, &reach);
        let gone: Vec<Arc<Object>> = found.iter().map(|one| one.at.object().clone()).collect();
        policies += gone.len();
        let left = doubled.iter().filter(|object| !gone.iter().any(|gone| Arc::ptr_eq(gone, object)));
        let (network, after) = engine(&Cluster::new(left.cloned()));
        assert_eq!(open(&reach), open(&after), "seed {seed}");
        for one in needless_rules(&network, &after) {
            assert!(!after.is_needed(one.at.object(), Some(one.at.nearest().id())), "seed {seed}");
            rules += 1;
        }
    }
    assert!(policies > 100 && rules > 0, "{policies} policies, {rules} rules");
}

#[test]
fn what_is_not_needed_changes_nothing() {
    let mut spare = 0;
    for seed in 0..CLUSTERS {
        let all = objects(&generate::cluster(seed).text());
        let (_, reach) = engine(&Cluster::new(all.iter().cloned()));
        for policy in all.iter().filter(|object| object.kind().ends_with("Policy")) {
            if reach.is_needed(policy, None) {
                continue;
            }
            spare += 1;
            let left = all.iter().filter(|object| !Arc::ptr_eq(policy, object));
            let (_, after) = engine(&Cluster::new(left.cloned()));
            assert_eq!(open(&reach), open(&after), "seed {seed}: {}", policy.name());
        }
        for (rule, _) in reach.never_asked() {
            assert!(!reach.is_needed(rule.object(), Some(rule.nearest().id())), "seed {seed}");
        }
    }
    assert!(spare > 10, "{spare} policies");
}

#[test]
fn what_is_closed_for_everybody_is_closed_for_each() {
    for seed in 0..CLUSTERS {
        let all = objects(&generate::cluster(seed).text());
        let (_, reach) = engine(&Cluster::new(all.iter().cloned()));
        let ends = || (0..reach.pods().len()).map(End::Pod).chain([End::Internet]);
        for (pod, _) in reach.samples().filter(|(_, host)| !host) {
            for direction in Direction::ALL {
                let opened = reach.opened(pod, direction);
                let [sure, possible] = reach.open_to_some(pod, direction);
                let mut any = PortSet::default();
                for other in ends() {
                    let answer = match direction {
                        Direction::Ingress => reach.between(other, End::Pod(pod)),
                        Direction::Egress => reach.between(End::Pod(pod), other),
                    };
                    if answer.exempt.is_none() {
                        any.unite(&answer.possible);
                    }
                }
                assert!(any.difference(&possible).is_empty() && sure.difference(&possible).is_empty());
                if direction == Direction::Ingress && reach.isolates(pod, direction) {
                    assert!(any.difference(&opened).is_empty(), "seed {seed}: {any} beside {opened}");
                }
            }
        }
        for direction in Direction::ALL {
            for rule in reach.refused_rules(direction) {
                let (from, to) = match direction {
                    Direction::Ingress => (rule.other, rule.own),
                    Direction::Egress => (rule.own, rule.other),
                };
                let answer = reach.between(End::Pod(from), End::Pod(to));
                assert!(answer.possible.intersection(&rule.ports).is_empty(), "seed {seed}");
            }
        }
    }
}
