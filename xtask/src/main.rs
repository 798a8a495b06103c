//! Chores of the repository. Each subcommand is one file.

mod arch;
mod bench;
mod catalogue;
mod conformance;
mod docs;
mod kube;
mod schema;
mod size;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "xtask", about = "Chores of the repository")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Writes what is generated: the catalogue, then the pages made from it; with `--check` says what is stale and fails.
    Gen {
        /// Write nothing; exit 1 when something is stale.
        #[arg(long, global = true)]
        check: bool,
        #[command(subcommand)]
        what: Option<Generated>,
    },
    /// Checks that crates point down only and that pure crates do no I/O.
    Arch,
    /// Checks that no file is too long.
    Size,
    /// Measures time and memory beside baselines.
    Bench(bench::Options),
    /// Runs a command and prints what it cost, as JSON.
    #[command(hide = true)]
    Measure {
        /// The command.
        #[arg(last = true)]
        command: Vec<std::ffi::OsString>,
    },
    /// A control plane on loopback for the tests: build, start, stop.
    Kube {
        #[command(subcommand)]
        action: kube::Action,
    },
    /// Compares seawall with Kubernetes' own code; every difference is printed and fails the command.
    Conformance {
        #[command(subcommand)]
        suite: conformance::Suite,
    },
}

#[derive(Subcommand)]
enum Generated {
    /// The tables of Kubernetes releases in seawall-model; needs Go, run when a release is added.
    Schema,
    /// Pages, practices.md, JSON schemas and man pages, from the catalogue and the program's own definitions.
    Docs,
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().chore {
        Chore::Arch => arch::run(),
        Chore::Size => size::run(),
        Chore::Bench(options) => bench::run(&options),
        Chore::Measure { command } => bench::child(&command),
        Chore::Kube { action } => kube::run(&action),
        Chore::Conformance { suite } => conformance::run(&suite),
        Chore::Gen { check, what: None } => {
            catalogue::run(check)?;
            docs::run(check)
        }
        Chore::Gen { check, what: Some(Generated::Schema) } => schema::run(check),
        Chore::Gen { check, what: Some(Generated::Docs) } => docs::run(check),
    }
}
