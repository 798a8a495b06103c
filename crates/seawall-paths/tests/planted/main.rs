//! Random worlds of roles and bindings, some with a planted chain, against an oracle that knows nothing of the graph:
//! it plays the attacker, asks the authorizer before each move, and changes the world by what it does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing
)]

mod oracle;
mod worlds;

use oracle::Oracle;
use seawall_auth::rbac::authorizer::{Options, RbacAuthorizer};
use seawall_model::{Cluster, Components, Coverage, Object, Origin, Version, objects_of};
use seawall_network::Network;
use seawall_paths::{Input, Paths, Place};
use seawall_yaml::{Source, parse_documents};
use std::sync::{Arc, OnceLock};
use worlds::Dice;

/// Reads a world.
fn cluster(text: &str) -> Cluster {
    let documents = parse_documents(&Source::new("world.yaml", text.to_owned()));
    let objects = documents.into_iter().flat_map(|document| {
        objects_of(&Arc::new(document.expect("the world is YAML")), &Origin::File).unwrap_or_default()
    });
    Cluster::new(objects.map(Arc::new).collect::<Vec<Arc<Object>>>())
}

fn graph(cluster: &Cluster, places: &[Place]) -> Paths {
    let version = Version::NEWEST;
    let rbac = RbacAuthorizer::new(cluster, Options::files(version));
    let (network, components) = (Network::new(cluster), Components::of(cluster));
    let coverage = Coverage::open();
    let input = Input {
        cluster,
        version,
        coverage: &coverage,
        rbac: &rbac,
        network: &network,
        reach: &OnceLock::new(),
        components: &components,
    };
    Paths::new(input, places)
}

/// Worlds: the oracle is slow where it is not optimized.
fn rounds() -> usize {
    if cfg!(debug_assertions) { 6 } else { 120 }
}

/// Every answer of the graph is the oracle's, both ways.
#[test]
fn as_the_oracle_plays_it() {
    let mut dice = Dice(3);
    let (mut found, mut asked) = (0, 0);
    for round in 0..rounds() {
        let text = worlds::world(&mut dice);
        let cluster = cluster(&text);
        let (sources, targets) = (worlds::identities(), worlds::targets());
        let all: Vec<Place> = sources.iter().chain(&targets).cloned().collect();
        let graph = graph(&cluster, &all);
        for from in &sources {
            let reached: Vec<Place> = graph.reach(from, &targets).into_iter().map(|path| path.to).collect();
            let mut oracle = Oracle::new(&cluster, from);
            oracle.play();
            for to in targets.iter().filter(|to| *to != from) {
                asked += 1;
                found += usize::from(reached.contains(to));
                assert_eq!(
                    reached.contains(to),
                    oracle.holds(to),
                    "world {round}: {from} → {to}: {:?}\n{text}",
                    graph.find(from, to, 1).paths.first().map(|path| {
                        path.steps.iter().map(|step| step.row.info().name).collect::<Vec<_>>()
                    })
                );
            }
        }
    }
    assert!(found * 50 > asked && found * 2 < asked, "one-sided worlds: {found} of {asked}");
}

/// What was planted is found: the planted chain, or a shorter one.
#[test]
fn planted_chains_are_found() {
    let mut dice = Dice(9);
    for round in 0..4 * rounds() {
        let (text, from, length) = worlds::planted(&mut dice);
        let to = Place::ClusterAdmin;
        let found = graph(&cluster(&text), &[from.clone(), to.clone()]).find(&from, &to, 1);
        let path =
            found.paths.first().unwrap_or_else(|| panic!("world {round}: no path from {from}\n{text}"));
        assert!(
            path.steps.len() <= length,
            "world {round}: {} steps, planted {length}\n{text}",
            path.steps.len()
        );
        for pair in path.steps.windows(2) {
            assert_eq!(pair[0].to, pair[1].from);
        }
        assert_eq!((&path.steps[0].from, &path.steps.last().unwrap().to), (&from, &to));
    }
}
