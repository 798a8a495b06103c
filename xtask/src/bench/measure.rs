//! Figures of whole processes.

use anyhow::{Context, Result};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde::{Deserialize, Serialize};
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What one run cost.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub struct Figures {
    /// User and system time, in seconds.
    pub cpu: f64,
    /// Elapsed time, in seconds.
    pub wall: f64,
    /// Peak resident memory.
    pub mebibytes: f64,
}

/// Runs one command and prints its figures as JSON. The accounting of finished children is cumulative, so that
/// every run is measured by a process of its own.
pub fn child(command: &[OsString]) -> Result<()> {
    let (program, arguments) = command.split_first().context("no command")?;
    let start = Instant::now();
    Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    let wall = start.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e6;
    let figures = Figures { cpu, wall, mebibytes: usage.max_rss() as f64 / 1024.0 };
    println!("{}", serde_json::to_string(&figures)?);
    Ok(())
}

/// The median figures of `runs` runs, after one that does not count.
pub fn median(program: &Path, arguments: &[&OsStr], runs: usize) -> Result<Figures> {
    let own = std::env::current_exe()?;
    let mut all = Vec::new();
    for run in 0..=runs.max(1) {
        let output = Command::new(&own).arg("measure").arg("--").arg(program).args(arguments).output()?;
        let figures: Figures = serde_json::from_slice(&output.stdout)
            .with_context(|| format!("failed to measure {}", program.display()))?;
        if run > 0 {
            all.push(figures);
        }
    }
    let middle = |field: fn(&Figures) -> f64| {
        let mut values: Vec<f64> = all.iter().map(field).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Ok(Figures { cpu: middle(|f| f.cpu), wall: middle(|f| f.wall), mebibytes: middle(|f| f.mebibytes) })
}
