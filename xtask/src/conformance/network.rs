//! `conformance network`: the network engine against the tables of other projects, and against the slow and obvious form of
//! itself on clusters made by chance. Both are tests of seawall-network; here they run with other clusters, and what they
//! compared and left out is printed.

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

/// Options of `conformance network`.
#[derive(Args)]
pub(crate) struct Options {
    /// Clusters made by chance.
    #[arg(long, default_value_t = 10_000)]
    clusters: u64,
    /// The number of the first one; the same numbers give the same clusters. Without it, a new one.
    #[arg(long)]
    seed: Option<u64>,
}

/// What the tests put before a line of their report.
const MARK: &str = "conformance network: ";
/// Reports that must be there: tables that are data of the repository.
const EXPECTED: [&str; 4] = ["cyclonus:", "kubernetes e2e:", "kube-network-policies:", "random clusters:"];

/// Runs the suite.
pub(crate) fn run(options: &Options) -> Result<()> {
    let fresh = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |time| time.as_secs());
    let seed = options.seed.unwrap_or(fresh);
    println!("{MARK}{} clusters from number {seed} on", options.clusters);
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let mut child = Command::new(cargo)
        .args(["test", "--quiet", "-p", "seawall-network", "--test", "conformance", "--test", "reach"])
        .args(["--", "--nocapture"])
        .env("SEAWALL_CLUSTERS", options.clusters.to_string())
        .env("SEAWALL_SEED", seed.to_string())
        .current_dir(crate::catalogue::root())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("starting the tests")?;
    let output = child.stderr.take().context("tests without output")?;
    let mut reports = Vec::new();
    let mut rest = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line?;
        if let Some(report) = line.strip_prefix(MARK) {
            println!("{line}");
            reports.push(report.to_owned());
        } else if line.contains("SKIPPED") {
            println!("{MARK}{line}");
        } else {
            rest.push(line);
        }
    }
    if !child.wait()?.success() {
        bail!("{}\nthe network engine differs", rest.join("\n"));
    }
    for name in EXPECTED {
        ensure!(reports.iter().any(|report| report.starts_with(name)), "nothing was told of {name}");
    }
    Ok(())
}
