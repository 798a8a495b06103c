//! `bench`: how long does it take, and how much memory, beside baselines measured in the same call?
//!
//! Whole processes are measured by the operating system's own accounting (user + system CPU time, peak resident
//! memory): the median of several runs after one warm-up. Ratios within one call are what to trust.

mod input;
mod measure;

use crate::catalogue::root;
use anyhow::{Context, Result, bail};
pub use measure::child;
use measure::{Figures, median};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Counted runs of each command.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Leave out the peers and the Go baseline.
    #[arg(long)]
    alone: bool,
    /// Only write the generated input into this folder, for profiling.
    #[arg(long, value_name = "FOLDER")]
    write: Option<PathBuf>,
}

/// A row of the table.
struct Row {
    work: String,
    figures: Figures,
    target: String,
    holds: Option<bool>,
}

/// Runs all benchmarks and prints the table.
pub fn run(options: &Options) -> Result<()> {
    if let Some(folder) = &options.write {
        input::write(&folder.join("mixed-1000"), 1_000, input::mixed)?;
        input::write(&folder.join("deployments-1000"), 1_000, input::deployment)?;
        input::write(&folder.join("mixed-10000"), 10_000, input::mixed)?;
        return Ok(());
    }
    let program = build()?;
    let folder = tempfile::Builder::new().prefix("seawall-bench-").tempdir()?;
    let mixed = input::write(&folder.path().join("mixed-1000"), 1_000, input::mixed)?;
    let deployments = input::write(&folder.path().join("deployments-1000"), 1_000, input::deployment)?;
    let large = input::write(&folder.path().join("mixed-10000"), 10_000, input::mixed)?;
    let mut rows = Vec::new();
    let mut scan = |work: &str, path: &Path, cpu: Option<f64>, mebibytes: Option<f64>| -> Result<Figures> {
        let figures = median(&program, &["scan".as_ref(), path.as_os_str()], options.runs)?;
        rows.push(Row::bounded(work, figures, cpu, mebibytes));
        Ok(figures)
    };
    let thousand = scan("scan 1,000 mixed manifests", &mixed, Some(0.06), Some(32.0))?;
    scan("scan 1,000 Deployments", &deployments, Some(0.12), Some(32.0))?;
    scan("scan 10,000 mixed manifests", &large, Some(0.5), Some(48.0))?;
    let one = deployments.join("00000.yaml");
    scan("scan one file", &one, Some(0.010), None)?;
    match data() {
        Some(data) => drop(scan("scan all public manifests", &data.join("manifests"), Some(0.2), None)?),
        None => println!("not measured: the public manifests are not here (SEAWALL_DATA)"),
    }
    let version = median(&program, &["--version".as_ref()], options.runs)?;
    rows.push(Row::bounded("--version", version, Some(0.010), None));
    if !options.alone {
        peers(&mixed, thousand, options.runs, &mut rows)?;
    }
    print(&rows);
    let texts = data().map_or(mixed, |data| data.join("manifests"));
    // All tables are printed before the first failure is told.
    let tables = [
        // Text to tree, on one core, beside serde_yaml in the same process.
        example("seawall-yaml", "speed", &[&texts]),
        // RBAC decisions beside upstream's linear form in the same process.
        example("seawall-auth", "decisions", &[]),
        // The graph of a large cluster and the shortest ways in it.
        example("seawall-paths", "scale", &[]),
        // A live cluster, into a snapshot and into memory.
        example("seawall-collect", "collect", &[]),
        // Connectivity of a large cluster beside the slow and obvious form in the same run.
        example("seawall-network", "scale", &[]),
    ];
    tables.into_iter().collect()
}

impl Row {
    fn bounded(work: &str, figures: Figures, cpu: Option<f64>, mebibytes: Option<f64>) -> Self {
        let mut target = Vec::new();
        target.extend(cpu.map(|cpu| format!("≤ {cpu} CPU s")));
        target.extend(mebibytes.map(|mebibytes| format!("≤ {mebibytes} MiB")));
        let holds = cpu.is_none_or(|cpu| figures.cpu <= cpu)
            && mebibytes.is_none_or(|mebibytes| figures.mebibytes <= mebibytes);
        Self { work: work.into(), figures, target: target.join(", "), holds: Some(holds) }
    }
}

/// Fastest peer and the floor of Go's YAML parser, each against seawall on the same input.
fn peers(mixed: &Path, ours: Figures, runs: usize, rows: &mut Vec<Row>) -> Result<()> {
    let Ok(cache) = go_programs() else {
        println!("not measured: kube-score and Go's yaml.v3 need Go on the PATH");
        return Ok(());
    };
    let files: Vec<PathBuf> = {
        let mut files: Vec<_> = std::fs::read_dir(mixed)?.flatten().map(|entry| entry.path()).collect();
        files.sort();
        files
    };
    for (name, program, before, bound) in [
        ("kube-score score (1,000 mixed)", "kube-score", Some("score"), 0.2),
        ("Go yaml.v3, parse only (1,000 mixed)", "yamlfloor", None, 0.6),
    ] {
        let mut arguments: Vec<&std::ffi::OsStr> =
            before.iter().map(|word| std::ffi::OsStr::new(*word)).collect();
        arguments.extend(files.iter().map(|file| file.as_os_str()));
        let figures = median(&cache.join(program), &arguments, runs)?;
        let ratio = ours.cpu / figures.cpu;
        rows.push(Row {
            work: name.into(),
            figures,
            target: format!("seawall ≤ {bound} times; is {ratio:.2}"),
            holds: Some(ratio <= bound),
        });
    }
    Ok(())
}

fn build() -> Result<PathBuf> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--release", "--package", "seawall"])
        .current_dir(root())
        .status()?;
    if !status.success() {
        bail!("the release build failed");
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target.join("release/seawall"))
}

/// Runs an example of a crate, which prints a table of its own and fails where a target is missed.
fn example(package: &str, name: &str, arguments: &[&Path]) -> Result<()> {
    println!();
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let example = ["run", "--quiet", "--release", "--package", package, "--example", name, "--"];
    let status = Command::new(cargo).args(example).args(arguments).current_dir(root()).status()?;
    if status.success() { Ok(()) } else { bail!("{name} of {package} missed a target or failed") }
}

/// Builds kube-score and a small program of ours into a cache folder.
fn go_programs() -> Result<PathBuf> {
    let home = std::env::var_os("HOME").context("no home folder")?;
    let cache = PathBuf::from(home).join(".cache/seawall-bench");
    std::fs::create_dir_all(&cache)?;
    let go = |arguments: &[&str], folder: &Path| -> Result<()> {
        let status = Command::new("go").args(arguments).env("GOBIN", &cache).current_dir(folder).status()?;
        if status.success() { Ok(()) } else { bail!("go {} failed", arguments.join(" ")) }
    };
    if !cache.join("kube-score").is_file() {
        go(&["install", "github.com/zegl/kube-score/cmd/kube-score@v1.20.0"], &cache)?;
    }
    if !cache.join("yamlfloor").is_file() {
        go(&["install", "."], &root().join("xtask/yamlfloor"))?;
    }
    Ok(cache)
}

/// The public manifests, if they are on this machine.
fn data() -> Option<PathBuf> {
    let folder =
        std::env::var_os("SEAWALL_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    folder.join("manifests").is_dir().then_some(folder)
}

fn print(rows: &[Row]) {
    println!(
        "\n{:<40} {:>8} {:>8} {:>8}  {:<5} target",
        "work, whole process", "CPU s", "wall s", "MiB", "holds"
    );
    for row in rows {
        let holds = row.holds.map_or("", |holds| if holds { "yes" } else { "NO" });
        println!(
            "{:<40} {:>8.3} {:>8.3} {:>8.1}  {:<5} {}",
            row.work, row.figures.cpu, row.figures.wall, row.figures.mebibytes, holds, row.target
        );
    }
}
