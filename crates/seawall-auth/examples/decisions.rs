//! How long does an RBAC decision take, beside upstream's own form? Both judge the same requests of one generated
//! cluster in one process, and every answer is compared. `cargo xtask bench` runs it.

#![allow(clippy::print_stdout, clippy::expect_used, clippy::indexing_slicing)]

use seawall_auth::Attributes;
use seawall_auth::authorizer::Decision;
use seawall_auth::rbac::Subject;
use seawall_auth::rbac::authorizer::{Options, RbacAuthorizer};
use seawall_model::{Cluster, Object, Origin, Version, objects_of};
use seawall_yaml::{Source, parse_one};
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

#[path = "decisions/linear.rs"]
mod linear;
#[path = "decisions/world.rs"]
mod world;

use world::{Ask, Dice, World};

/// Requests of one measurement.
const REQUESTS: usize = 30_000;

fn main() -> ExitCode {
    println!(
        "| RBAC: 5,000 roles, 10,000 bindings, 2,000 service accounts, 200 namespaces | time | target |"
    );
    println!("|---|---|---|");
    let mut good = true;
    for cluster_bindings in [1_000, 5_000, 100] {
        good &= measure(cluster_bindings);
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints the rows of one mix; whether all targets are met.
fn measure(cluster_bindings: usize) -> bool {
    let world = World::new(cluster_bindings);
    let objects = objects(&world.text());
    let cluster = Cluster::new(objects.iter().cloned());
    let upstream = linear::Authorizer::new(&objects);
    let options = || Options::stored(Version::NEWEST);
    let build = least(5, || drop(black_box(RbacAuthorizer::new(&cluster, options()))));
    let mut rbac = RbacAuthorizer::new(&cluster, options());
    let mut dice = Dice(7);
    let asks: Vec<Ask> = (0..REQUESTS).map(|_| world.ask(&mut dice)).collect();
    let groups: Vec<Vec<&str>> =
        asks.iter().map(|ask| ask.groups.iter().map(String::as_str).collect()).collect();
    let questions: Vec<(Subject<'_>, Attributes<'_>)> = asks
        .iter()
        .zip(&groups)
        .map(|(ask, groups)| (Subject { user: &ask.user, groups }, ask.attributes()))
        .collect();
    compare(&rbac, &upstream, &asks, &questions);
    let per = |seconds: f64| seconds / REQUESTS as f64;
    let ours = per(passes(3, &questions, |(who, ask)| {
        let _ = black_box(rbac.decide(*who, ask));
    }));
    let interned: Vec<_> = questions.iter().map(|(who, ask)| rbac.intern(*who, ask)).collect();
    let by_number = per(passes(10, &interned, |ask| {
        let _ = black_box(rbac.decide_interned(ask));
    }));
    let theirs = per(passes(1, &asks, |ask| {
        let _ = black_box(upstream.allows(ask));
    }));
    let some = questions.get(..2_000).unwrap_or(&questions);
    let who_can = passes(1, some, |(_, ask)| drop(black_box(rbac.who_can(ask, 1)))) / some.len() as f64;
    let bindings: Vec<&Arc<Object>> =
        objects.iter().filter(|object| object.kind() == "RoleBinding").collect();
    let change = passes(1, &bindings, |binding| rbac.set(binding)) / bindings.len() as f64;
    let mix = format!("{} + {cluster_bindings}", 10_000 - cluster_bindings);
    let mut good = true;
    let mut row = |work: &str, seconds: f64, target: f64, shown: &str| {
        let holds = target == 0.0 || seconds <= target;
        good &= holds;
        println!("| {mix}: {work} | {} | {shown}{} |", time(seconds), if holds { "" } else { " MISSED" });
    };
    row("decision from strings", ours, 1e-6, "≤ 1 µs");
    row("decision on interned numbers", by_number, 100e-9, "≤ 100 ns");
    row("upstream's linear form", theirs, 0.0, "");
    row("index of everything", build, 50e-3, "≤ 50 ms");
    row("who can", who_can, 100e-6, "≤ 100 µs");
    row("one binding changes", change, 0.0, "");
    good
}

/// Every answer of both forms, once.
fn compare(
    rbac: &RbacAuthorizer,
    upstream: &linear::Authorizer,
    asks: &[Ask],
    questions: &[(Subject<'_>, Attributes<'_>)],
) {
    let mut allowed = 0;
    for (ask, (who, attributes)) in asks.iter().zip(questions) {
        let expected = upstream.allows(ask);
        let answer = rbac.decide(*who, attributes);
        let by_number = rbac.decide_interned(&rbac.intern(*who, attributes));
        assert!(
            (answer == Decision::Allow) == expected && answer == by_number,
            "different answers: {ask:?}: {answer:?}, {by_number:?}, upstream's form {expected}"
        );
        allowed += usize::from(expected);
    }
    assert!(allowed * 100 > asks.len() && allowed * 2 < asks.len(), "one-sided questions: {allowed} allowed");
}

fn objects(text: &str) -> Vec<Arc<Object>> {
    let document = parse_one(&Source::new("bench.yaml", text)).expect("the generated text is YAML");
    let objects = objects_of(&Arc::new(document), &Origin::File).expect("the generated text is a list");
    objects.into_iter().map(Arc::new).collect()
}

/// The seconds for all items, gone over several times: the system counts processor time in ticks. The least of five
/// measurements, since other work on the machine only adds.
fn passes<T>(times: u32, items: &[T], mut work: impl FnMut(&T)) -> f64 {
    least(5, || (0..times).for_each(|_| items.iter().for_each(&mut work))) / f64::from(times)
}

fn least(runs: usize, mut work: impl FnMut()) -> f64 {
    let started = Instant::now();
    let once = |_| {
        let before = now(started);
        work();
        (now(started) - before) as f64 / 1e9
    };
    (0..runs).map(once).fold(f64::INFINITY, f64::min)
}

/// Nanoseconds that this process has run, or has existed: other work on the machine must not count.
fn now(started: Instant) -> u64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let ran = text.split(' ').next().and_then(|number| number.parse().ok());
    ran.unwrap_or_else(|| started.elapsed().as_nanos() as u64)
}

fn time(seconds: f64) -> String {
    match seconds {
        _ if seconds < 1e-6 => format!("{:.0} ns", seconds * 1e9),
        _ if seconds < 1e-3 => format!("{:.2} µs", seconds * 1e6),
        _ => format!("{:.1} ms", seconds * 1e3),
    }
}
