//! How long does the graph of a large cluster take, and how much memory? 1,000 nodes, 25,000 pods, 5,000 service
//! accounts, written as text and read like any input. `cargo xtask bench` runs it.

#![allow(clippy::print_stdout, clippy::expect_used, clippy::indexing_slicing)]

use seawall_auth::rbac::authorizer::{Options, RbacAuthorizer};
use seawall_model::{Cluster, Components, Coverage, Object, Origin, Version, objects_of};
use seawall_network::Network;
use seawall_paths::{Input, Paths, Place};
use seawall_yaml::{Source, parse_one};
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

#[path = "scale/world.rs"]
mod world;

/// Seconds and bytes that may be taken.
const SECONDS: f64 = 2.0;
const BYTES: u64 = 300 << 20;

fn main() -> ExitCode {
    let objects = objects(&world::text());
    let cluster = Cluster::new(objects);
    let before = resident("VmRSS:");
    let version = Version::NEWEST;
    let started = now(Instant::now());
    let clock = Instant::now();
    let rbac = RbacAuthorizer::new(&cluster, Options::stored(version));
    let (network, components) = (Network::new(&cluster), Components::of(&cluster));
    let engines = now(clock) - started;
    let coverage = Coverage::closed();
    let input = Input {
        cluster: &cluster,
        version,
        coverage: &coverage,
        rbac: &rbac,
        network: &network,
        reach: &OnceLock::new(),
        components: &components,
    };
    let paths = Paths::new(input, &[]);
    let built = now(clock) - started;
    let (reached, complete) = paths.distances(&paths.default_sources(), &[Place::ClusterAdmin]);
    assert!(complete, "some start could not be followed");
    let all = now(clock) - started;
    let from = Place::ServiceAccount("team-000".into(), "app-0".into());
    let found = paths.find(&from, &Place::ClusterAdmin, 1);
    let one = now(clock) - started - all;
    let (vertices, edges) = paths.size();
    let (peak, own) = (resident("VmHWM:"), resident("VmRSS:").saturating_sub(before));
    println!("| attack paths: 1,000 nodes, 25,000 pods, 5,000 service accounts | measured | target |");
    println!("|---|---|---|");
    println!("| vertices, edges | {vertices}, {edges} | |");
    println!("| RBAC, network and component engines | {} | |", time(engines));
    println!("| engines and graph | {} | |", time(built));
    let steps = found.paths.first().map_or(0, |path| path.steps.len());
    println!(
        "| engines, graph, and the shortest way of all {} places that reach cluster-admin | {} | ≤ 2 s{} |",
        reached.len(),
        time(all),
        missed(seconds(all) > SECONDS)
    );
    println!("| one path of {steps} steps, told | {} | |", time(one));
    println!("| memory of engines and graph | {} MiB | |", own >> 20);
    println!(
        "| memory at the peak, the objects' text and trees among it | {} MiB | ≤ 300 MiB{} |",
        peak >> 20,
        missed(peak > BYTES)
    );
    if seconds(all) > SECONDS || peak > BYTES { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn missed(is: bool) -> &'static str {
    if is { " MISSED" } else { "" }
}

fn objects(text: &str) -> Vec<Arc<Object>> {
    let document =
        parse_one(&Source::new("bench.json", text.to_owned())).expect("the generated text is YAML");
    let objects = objects_of(&Arc::new(document), &Origin::File).expect("the generated text is a list");
    objects.into_iter().map(Arc::new).collect()
}

/// Nanoseconds that this process has run, or has existed: other work on the machine must not count.
fn now(started: Instant) -> u64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let ran = text.split(' ').next().and_then(|number| number.parse().ok());
    ran.unwrap_or_else(|| started.elapsed().as_nanos() as u64)
}

/// A line of the process' status, in bytes; 0 where there is none.
fn resident(line: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|one| one.starts_with(line));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    number.unwrap_or(0) << 10
}

fn seconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e9
}

fn time(nanoseconds: u64) -> String {
    format!("{:.1} ms", seconds(nanoseconds) * 1e3)
}
