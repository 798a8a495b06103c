//! What must hold for every cluster.

use super::generate::{self, PORTS, PROTOCOLS};
use super::model::{Dice, Model, v4, v6};
use super::naive::{self, Point};
use seawall_model::{Cluster, Object, Origin, objects_of};
use seawall_network::{Dialect, End, Network, Protocol, Reach};
use seawall_yaml::{Source, parse_documents};
use std::net::IpAddr;
use std::ops::Range;
use std::sync::Arc;

/// The numbers of the clusters to try: the same for the same settings, so that a failure can be had again.
pub(crate) fn clusters() -> Range<u64> {
    let setting = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let first = setting("SEAWALL_SEED").unwrap_or(0);
    first..first + setting("SEAWALL_CLUSTERS").unwrap_or(2_000)
}

/// A third of them, for what takes longer.
pub(crate) fn fewer() -> Range<u64> {
    let all = clusters();
    all.start..all.start + (all.end - all.start) / 3
}

pub(crate) fn objects(text: &str) -> Vec<Arc<Object>> {
    let documents = parse_documents(&Source::new("test.yaml", text));
    let objects = documents
        .into_iter()
        .flat_map(|document| objects_of(&Arc::new(document.unwrap()), &Origin::File).unwrap_or_default());
    objects.map(Arc::new).collect()
}

pub(crate) fn outside() -> [IpAddr; 11] {
    [
        v4(10, 0, 0, 1),
        v4(10, 0, 0, 6),
        v4(10, 0, 1, 200),
        v4(10, 0, 2, 129),
        v4(8, 8, 8, 8),
        v4(169, 254, 169, 254),
        v4(172, 16, 0, 1),
        v4(172, 16, 0, 3),
        v6(3),
        v6(0x101),
        "2001:db8::1".parse().unwrap(),
    ]
}

/// Random questions, each answered by both.
fn compare(model: &Model, reach: &Reach, dice: &mut Dice, seed: u64) {
    let pods: Vec<End> = model
        .pods
        .iter()
        .map(|pod| reach.find(&format!("{}/{}", model.namespaces[pod.namespace].name, pod.name)).unwrap())
        .collect();
    for _ in 0..25 {
        let mut point = || {
            if dice.chance(75) {
                let pod = dice.below(pods.len());
                return (Point::Pod(pod), pods[pod]);
            }
            let address = dice.pick(&outside());
            match model.pods.iter().position(|pod| !pod.host && pod.addresses.contains(&address)) {
                Some(pod) => (Point::Pod(pod), reach.end_of(address)),
                None => (Point::Address(address), End::Address(address)),
            }
        };
        let (from, to) = (point(), point());
        let answer = reach.between(from.1, to.1);
        for round in 0..4 {
            let (protocol, port) =
                (dice.pick(&PROTOCOLS), dice.pick(&PORTS).saturating_add(dice.below(2) as u16));
            let asked = Protocol::parse(protocol).unwrap();
            let wanted = naive::allows(model, from.0, to.0, protocol, port);
            assert_eq!(
                answer.allows(asked, port),
                Some(wanted),
                "seed {seed}: {from:?} to {to:?} {protocol} {port}\n{}",
                model.text()
            );
            if round > 0 {
                continue;
            }
            let explained = reach.explain(from.1, to.1, Some((asked, port)));
            assert_eq!(explained.allowed, Some(wanted), "seed {seed}");
            let sides = [explained.egress.allowed, explained.ingress.allowed];
            if wanted {
                assert_eq!(sides, [Some(true); 2], "seed {seed}");
            }
            for side in [&explained.egress, &explained.ingress] {
                let selected = side.policies.iter().any(|policy| policy.decides);
                assert!(side.allowed != Some(false) || selected, "seed {seed}: nobody denies it");
            }
        }
    }
}

#[test]
fn the_engine_answers_as_the_obvious_form() {
    for seed in clusters() {
        let model = generate::cluster(seed);
        let cluster = Cluster::new(objects(&model.text()));
        let reach = Reach::new(&cluster, &Network::new(&cluster), Dialect::UPSTREAM);
        compare(&model, &reach, &mut Dice(seed), seed);
    }
    let clusters = clusters();
    eprintln!(
        "conformance network: random clusters: {} from number {}, {} questions, no difference",
        clusters.end - clusters.start,
        clusters.start,
        (clusters.end - clusters.start) * 100
    );
}

#[test]
fn a_change_of_one_policy_gives_what_a_fresh_build_gives() {
    for seed in fewer() {
        let mut model = generate::cluster(seed);
        let mut dice = Dice(seed ^ 0x5EED);
        let all = objects(&model.text());
        let cluster = Cluster::new(all.iter().cloned());
        let network = Network::new(&cluster);
        let mut reach = Reach::new(&cluster, &network, Dialect::UPSTREAM);
        reach.build();
        let mut kept: Vec<Arc<Object>> =
            all.iter().filter(|object| object.kind() == "NetworkPolicy").cloned().collect();
        for step in 0..4 {
            let old =
                (!model.policies.is_empty() && dice.chance(60)).then(|| dice.below(model.policies.len()));
            let new =
                (old.is_none() || dice.chance(60)).then(|| generate::policy(&mut dice, &model, 100 + step));
            let object = new.as_ref().map(|policy| objects(&model.policy(policy)).remove(0));
            assert!(reach.change(&cluster, &network, old.map(|at| &kept[at]), object.as_ref()));
            if let Some(at) = old {
                model.policies.remove(at);
                kept.remove(at);
            }
            model.policies.extend(new);
            kept.extend(object);
            compare(&model, &reach, &mut dice, seed);
        }
    }
}

#[test]
fn what_is_not_known_keeps_the_truth_between_the_bounds() {
    let mut open = 0_u64;
    for seed in fewer() {
        let model = generate::cluster(seed);
        let mut dice = Dice(seed ^ 0xB0B);
        // Labels of some namespaces and addresses of some pods are not in the input.
        let mut partial = model.clone();
        partial.namespaces.retain(|_| dice.chance(60));
        let names: Vec<_> = partial.namespaces.iter().map(|namespace| namespace.name.clone()).collect();
        let text = model.text();
        let documents = text.split("---\n").filter(|document| {
            !document.contains(r#""kind":"Namespace""#)
                || names.iter().any(|name| document.contains(&format!(r#""name":"{name}""#)))
        });
        let text: Vec<_> = documents
            .map(|document| {
                let hide = document.contains(r#""hostNetwork":false"#) && dice.chance(30);
                if hide { document.replace("podIPs", "gone") } else { document.to_owned() }
            })
            .collect();
        let cluster = Cluster::new(objects(&text.join("---\n")));
        let reach = Reach::new(&cluster, &Network::new(&cluster), Dialect::UPSTREAM);
        // A pod whose family of addresses is not known is taken to have those that the others have.
        let hidden = model.pods.iter().any(|pod| pod.addresses.len() != model.nodes[0].1.len());
        if hidden {
            continue;
        }
        let name = |pod: usize| {
            format!("{}/{}", model.namespaces[model.pods[pod].namespace].name, model.pods[pod].name)
        };
        for _ in 0..40 {
            let (from, to) = (dice.below(model.pods.len()), dice.below(model.pods.len()));
            let answer = reach.between(reach.find(&name(from)).unwrap(), reach.find(&name(to)).unwrap());
            let (protocol, port) = (dice.pick(&PROTOCOLS), dice.pick(&PORTS));
            let truth = naive::allows(&model, Point::Pod(from), Point::Pod(to), protocol, port);
            match answer.allows(Protocol::parse(protocol).unwrap(), port) {
                Some(told) => assert_eq!(
                    told,
                    truth,
                    "seed {seed}: {from} to {to} {protocol} {port}\n{}",
                    text.join("---\n")
                ),
                None => open += 1,
            }
        }
    }
    let clusters = fewer();
    assert!(
        open > (clusters.end - clusters.start) * 3 / 4,
        "hiding things must leave questions open: {open}"
    );
}
