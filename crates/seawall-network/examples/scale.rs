//! How long does the full connectivity of a large cluster take, and how much memory? 10,000 pods and 2,000 policies,
//! written as text and read like any input, beside the slow and obvious form of the tests in the same run.
//! `cargo xtask bench` runs it.

#![allow(clippy::print_stdout, clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]

use seawall_model::{Cluster, Object, Origin, objects_of};
use seawall_network::{Dialect, End, Network, Protocol, Reach, Totals};
use seawall_yaml::{Source, parse_one};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Instant;

#[path = "../tests/reach/model.rs"]
#[allow(dead_code, unreachable_pub)]
mod model;
#[path = "../tests/reach/naive.rs"]
#[allow(dead_code)]
mod naive;
#[path = "scale/world.rs"]
mod world;

/// Seconds, bytes, seconds of a change, seconds of a question that may be taken.
const SECONDS: f64 = 1.0;
const BYTES: u64 = 200 << 20;
const CHANGE: f64 = 0.050;
const QUESTION: f64 = 1e-6;

fn main() -> ExitCode {
    if let Some(file) = std::env::args().nth(1) {
        measure(&file);
        return ExitCode::SUCCESS;
    }
    println!("| connectivity of 10,000 pods and 2,000 policies | 10 replicas | 1 replica | target |");
    println!("|---|---|---|---|");
    let columns = [world::large(10), world::large(1)].map(|model| column(&model));
    let names = [
        "ingress and egress classes, columns, port sets",
        "pairs: every port, some, none",
        "read, build, and every pair of pods, CPU",
        "of it the engine",
        "memory at the peak, reading included",
        "one policy changed and its classes made again: median, worst of 40",
        "one question",
        "the same by the obvious form",
        "every pair by the obvious form, if each took as long",
        "questions answered alike",
    ];
    for (at, name) in names.iter().enumerate() {
        println!("| {name} | {} | {} | {} |", columns[0].0[at], columns[1].0[at], target(at));
    }
    // Clusters run replicas; the second column is the worst that labels can do.
    if columns[0].1 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn target(row: usize) -> &'static str {
    match row {
        2 => "≤ 1 s",
        4 => "≤ 200 MiB",
        5 => "≤ 50 ms",
        6 => "≤ 1 µs",
        9 => "all",
        _ => "",
    }
}

/// Measures one cluster in a process of its own, and compares answers in this one.
fn column(model: &model::Model) -> (Vec<String>, bool) {
    let text = world::list(model);
    let file = std::env::temp_dir().join(format!("seawall-scale-{}.json", std::process::id()));
    std::fs::write(&file, &text).expect("the text is written");
    let output = Command::new(std::env::current_exe().expect("the program")).arg(&file).output();
    let output = String::from_utf8(output.expect("the measured process").stdout).expect("its numbers");
    let _ = std::fs::remove_file(&file);
    let number =
        |at: usize| output.split_whitespace().nth(at).and_then(|n| n.parse::<f64>().ok()).unwrap_or(f64::MAX);
    let (cpu, engine, bytes, median, worst, question) =
        (number(0), number(1), number(2), number(3), number(4), number(5));
    let (naive, alike) = compare(model, &text);
    let pairs = (model.pods.len() as f64).powi(2);
    let holds = cpu <= SECONDS && bytes <= BYTES as f64 && worst <= CHANGE && question <= QUESTION && alike;
    let sizes =
        |from: usize, to: usize| (from..to).map(|at| number(at).to_string()).collect::<Vec<_>>().join(", ");
    let lines = vec![
        sizes(6, 10),
        sizes(10, 13),
        format!("{:.2} s{}", cpu, missed(cpu > SECONDS)),
        format!("{engine:.2} s"),
        format!("{} MiB{}", bytes as u64 >> 20, missed(bytes > BYTES as f64)),
        format!("{:.1} ms, {:.1} ms{}", median * 1e3, worst * 1e3, missed(worst > CHANGE)),
        format!("{:.2} µs{}", question * 1e6, missed(question > QUESTION)),
        format!("{:.1} µs", naive * 1e6),
        format!("{:.0} s", naive * pairs),
        (if alike { "all" } else { "NOT ALL" }).to_owned(),
    ];
    (lines, holds)
}

fn missed(is: bool) -> &'static str {
    if is { " MISSED" } else { "" }
}

/// What the measured process does: prints its numbers.
fn measure(file: &str) {
    let objects = objects(std::fs::read_to_string(file).expect("the text"));
    let cluster = Cluster::new(objects);
    let before = cpu();
    let network = Network::new(&cluster);
    let mut reach = Reach::new(&cluster, &network, Dialect::UPSTREAM);
    reach.build();
    let Totals { all, some, none } = reach.totals();
    let (done, peak) = (cpu(), resident("VmHWM:"));
    let question = questions(&reach);
    let (median, worst) = changes(&cluster, &network, &mut reach);
    let ([ingress, egress], columns, sets) = reach.size();
    println!(
        "{} {} {peak} {median} {worst} {question} {ingress} {egress} {columns} {sets} {all} {some} {none}",
        done,
        done - before
    );
}

/// Seconds of one question, among a million of them.
fn questions(reach: &Reach) -> f64 {
    let mut dice = model::Dice(5);
    let pods = reach.pods().len();
    let pairs: Vec<_> =
        (0..1 << 16).map(|_| (End::Pod(dice.below(pods)), End::Pod(dice.below(pods)))).collect();
    let before = cpu();
    let mut open = 0_u64;
    for _ in 0..16 {
        for &(from, to) in &pairs {
            open += u64::from(reach.between(from, to).allows(Protocol::Tcp, 8080) == Some(true));
        }
    }
    assert!(open > 0, "something must be open");
    (cpu() - before) / f64::from(16 << 16)
}

/// Median and worst seconds of a changed policy.
fn changes(cluster: &Cluster, network: &Network, reach: &mut Reach) -> (f64, f64) {
    let policies: Vec<Arc<Object>> = reach.policies().map(|(object, _)| object.clone()).collect();
    let mut dice = model::Dice(7);
    let mut times: Vec<f64> = (0..40)
        .map(|number| {
            let old = &policies[number * policies.len() / 40];
            // Another policy of the same pods, with a range that nobody named before.
            let base = format!("11.{}.{}.0/25", dice.below(200), dice.below(200));
            let rule = format!(
                r#"{{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{{"name":"{}","namespace":"{}"}},"spec":{{"podSelector":{},"policyTypes":["Ingress","Egress"],"ingress":[{{"from":[{{"ipBlock":{{"cidr":"{base}"}}}}]}}],"egress":[{{"ports":[{{"port":{}}}]}}]}}}}"#,
                old.name(),
                old.namespace().unwrap_or(""),
                json(old.root().get("spec").and_then(|spec| spec.get("podSelector"))),
                1 + dice.below(60_000),
            );
            let new = objects(rule).remove(0);
            let before = cpu();
            assert!(reach.change(cluster, network, Some(old), Some(&new)), "the policy is there");
            reach.build();
            cpu() - before
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[times.len() - 1])
}

fn json(node: Option<seawall_yaml::NodeRef<'_>>) -> String {
    let mut out = String::new();
    node.into_iter().for_each(|node| node.write_json(&mut out));
    if out.is_empty() { "{}".to_owned() } else { out }
}

/// Seconds of one question by the obvious form, and whether both forms say the same.
fn compare(model: &model::Model, text: &str) -> (f64, bool) {
    let cluster = Cluster::new(objects(text.to_owned()));
    let reach = Reach::new(&cluster, &Network::new(&cluster), Dialect::UPSTREAM);
    let mut dice = model::Dice(3);
    let (mut alike, mut seconds, mut count) = (true, 0.0, 0);
    for _ in 0..2_000 {
        let (from, to) = (dice.below(model.pods.len()), dice.below(model.pods.len()));
        let name = |pod: usize| {
            let pod = &model.pods[pod];
            reach.find(&format!("{}/{}", model.namespaces[pod.namespace].name, pod.name)).expect("the pod")
        };
        let answer = reach.between(name(from), name(to));
        for (protocol, port) in [("TCP", 80), ("TCP", 8080), ("UDP", 53)] {
            let before = cpu();
            let wanted = naive::allows(model, naive::Point::Pod(from), naive::Point::Pod(to), protocol, port);
            seconds += cpu() - before;
            count += 1;
            alike &= answer.allows(Protocol::parse(protocol).expect("a protocol"), port) == Some(wanted);
        }
    }
    (seconds / f64::from(count), alike)
}

fn objects(text: String) -> Vec<Arc<Object>> {
    let document = parse_one(&Source::new("bench.json", text)).expect("the generated text is YAML");
    let objects = objects_of(&Arc::new(document), &Origin::File).expect("the generated text is a list");
    objects.into_iter().map(Arc::new).collect()
}

/// Seconds that this process has run, or has existed: other work on the machine must not count.
fn cpu() -> f64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let started = START.get_or_init(Instant::now);
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let ran = text.split(' ').next().and_then(|number| number.parse::<u64>().ok());
    ran.map_or_else(|| started.elapsed().as_secs_f64(), |nanoseconds| nanoseconds as f64 / 1e9)
}

/// A line of the process' status, in bytes; 0 where there is none.
fn resident(line: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|one| one.starts_with(line));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) << 10
}
