//! Chores of the repository. Each subcommand is one file.

mod catalogue;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "xtask", about = "Chores of the repository")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Writes what is generated from the catalogue; with `--check` says what is stale and fails.
    Gen {
        /// Write nothing; exit 1 when something is stale.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().chore {
        Chore::Gen { check } => catalogue::run(check),
    }
}
