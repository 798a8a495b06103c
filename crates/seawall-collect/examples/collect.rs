//! What does reading a large cluster cost? 25,000 pods of a server on loopback, which is in the same process and counted
//! with it. `cargo xtask bench` runs it.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code)] // the tests use all of it
#[path = "../tests/cluster/fake.rs"]
mod fake;
#[path = "../tests/cluster/large.rs"]
mod large;

use std::process::ExitCode;

const PODS: usize = 25_000;
const BYTES: u64 = 300_000_000;

fn main() -> ExitCode {
    let read = large::read(PODS);
    println!("| reading a cluster: 25,000 pods, its server in the same process | measured | target |");
    println!("|---|---|---|");
    let Some((snapshot, memory)) = read.peaks else {
        println!("| peak memory | not measured: this system does not tell | |");
        return ExitCode::SUCCESS;
    };
    let row = |what: &str, bytes: u64| {
        let missed = if bytes > BYTES { " MISSED" } else { "" };
        println!("| peak memory, {what} | {} MB | ≤ 300 MB{missed} |", bytes / 1_000_000);
    };
    row("written into a snapshot", snapshot);
    row("kept in memory", memory);
    println!("| the snapshot file | {} KB | |", read.file / 1_000);
    if memory > BYTES { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
