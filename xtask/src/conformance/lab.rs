//! `conformance lab`: a cluster with real kubelets is read and probed, and attack paths through running pods are carried
//! out in it. It needs root and a folder with the lab's scripts; without them it says that it did not run.

mod attack;
mod chains;

use super::cluster::{program, same_findings};
use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::Value;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Instant;

/// Options of `conformance lab`.
#[derive(Args)]
pub(crate) struct Options {
    /// The folder with `up.sh`, `in.sh` and `down.sh`, which start nodes on this machine; else SEAWALL_LAB.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// The program to test instead of one that is built now.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

/// Nodes that are started.
const NODES: usize = 2;

/// Runs the suite.
pub(crate) fn run(options: &Options) -> Result<()> {
    let root = crate::catalogue::root();
    let named = options.folder.clone().or_else(|| std::env::var_os("SEAWALL_LAB").map(PathBuf::from));
    let folder = named.unwrap_or_else(|| root.join("../shared/lab"));
    if !folder.join("up.sh").is_file() {
        println!("conformance lab: NOT RUN, the scripts are not in {} (SEAWALL_LAB)", folder.display());
        return Ok(());
    }
    if std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() != 0) {
        println!("conformance lab: NOT RUN, nodes need root");
        return Ok(());
    }
    let program = program(options.program.as_deref())?;
    let started = Instant::now();
    let work = tempfile::tempdir()?;
    let lab = Lab::start(&folder, work.path(), &program)?;
    let findings = lab.reads_the_same()?;
    lab.probes()?;
    let paths = attack::prove(&lab)?;
    println!(
        "conformance lab: {NODES} nodes: {findings} findings live and in a snapshot agree; kubelets refuse somebody \
         unknown, nobody listens on 10255, no node may change another; {} chains through running pods carried out and \
         ended by their cut, {paths} questions about paths answered alike live and by snapshot, {:.0} s",
        chains::ALL.len(),
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

/// A running lab; stopped when dropped.
struct Lab<'l> {
    folder: &'l Path,
    work: &'l Path,
    program: &'l Path,
}

impl<'l> Lab<'l> {
    fn start(folder: &'l Path, work: &'l Path, program: &'l Path) -> Result<Self> {
        let lab = Self { folder, work, program };
        // What it starts keeps its outputs open: waiting for their end would wait for the end of the nodes.
        let (out, err) =
            (std::fs::File::create(work.join("up.log"))?, std::fs::File::create(work.join("up.err"))?);
        let mut up = lab.script("up.sh");
        let ended = up.args(["--nodes", &NODES.to_string()]).stdout(out).stderr(err).status()?;
        let told = std::fs::read_to_string(work.join("up.err")).unwrap_or_default();
        ensure!(ended.success(), "up.sh: {told}");
        Ok(lab)
    }

    fn script(&self, name: &str) -> Command {
        let mut command = Command::new(self.folder.join(name));
        // Beside whatever else runs on this machine.
        command.env("SEAWALL_LAB_NAME", "seawall-conformance").current_dir(self.work);
        command
    }

    /// Runs the program beside the control plane.
    fn seawall(&self, words: &[&str]) -> Result<Output> {
        let mut command = self.script("in.sh");
        command.arg("cp").arg(self.program).args(words);
        command.output().context("in.sh")
    }

    fn json(&self, words: &[&str]) -> Result<Value> {
        let output = self.seawall(words)?;
        let told = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).with_context(|| format!("{words:?}: {told}"))
    }

    /// Runs kubectl with what it reads from standard input; as the lab's administrator, unless the words say otherwise.
    fn kubectl(&self, words: &[&str], input: &str) -> Result<Output> {
        let mut command = self.script("in.sh");
        command.args(["cp", "kubectl"]).args(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context("in.sh")?;
        // Who does not read it is told by its status.
        child.stdin.take().context("a pipe")?.write_all(input.as_bytes()).ok();
        Ok(child.wait_with_output()?)
    }

    /// Runs kubectl, which must succeed; what it prints.
    fn admin(&self, words: &[&str], input: &str) -> Result<String> {
        let output = self.kubectl(words, input)?;
        ensure!(output.status.success(), "kubectl {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The same findings live and from a snapshot; how many.
    fn reads_the_same(&self) -> Result<usize> {
        let file = self.work.join("lab.seawall");
        let file = file.to_str().context("a path")?;
        let written = self.seawall(&["snapshot", "--cluster", "-o", file])?;
        ensure!(written.status.success(), "snapshot: {}", String::from_utf8_lossy(&written.stderr));
        let live = self.json(&["scan", "--cluster", "-o", "json"])?;
        let saved = self.json(&["scan", file, "-o", "json"])?;
        same_findings(&live, &saved)?;
        let all = live["findings"].as_array().context("findings")?;
        let nodes = live["summary"]["objects"].as_u64().unwrap_or_default();
        ensure!(!all.is_empty() && nodes > 0, "nothing was found: {live:#}");
        Ok(all.len())
    }

    fn probes(&self) -> Result<()> {
        let words = ["scan", "--cluster", "--probe", "--select", "probe/", "-o", "json"];
        let output = self.seawall(&words)?;
        let told = String::from_utf8_lossy(&output.stderr);
        let answer: Value =
            serde_json::from_slice(&output.stdout).with_context(|| told.clone().into_owned())?;
        // The lab's certificates live a month.
        let findings = answer["findings"].as_array().context("findings")?;
        let bad = findings.iter().find(|one| one["rule"] != "listener-certificate-ends");
        ensure!(bad.is_none(), "a hardened node has findings: {bad:#?}");
        let lines = |start: &str, end: &str| {
            let line = |line: &&str| line.starts_with(start) && line.ends_with(end);
            told.lines().filter(line).count()
        };
        ensure!(lines("probe: kubelet of ", "without credentials 401") == NODES, "{told}");
        ensure!(lines("probe: kubelet of ", "TLSv1.2, TLSv1.3; without credentials 401") == NODES, "{told}");
        ensure!(lines("probe: kubeletReadOnly of ", "nobody listens") == NODES, "{told}");
        ensure!(lines("probe: node1 changes node2", ": refused") == 1, "{told}");
        Ok(())
    }
}

impl Drop for Lab<'_> {
    fn drop(&mut self) {
        let ended = self.script("down.sh").output();
        if !ended.is_ok_and(|output| output.status.success()) {
            println!(
                "conformance lab: down.sh failed; run it by hand with SEAWALL_LAB_NAME=seawall-conformance"
            );
        }
    }
}
