//! Processes with a record on disk, so that nothing is left behind: not after a panic, a kill or a crash.
//!
//! Each control plane has a folder. `pids` in it holds a line `pid start-time` for each process: a number that was
//! given to another process meanwhile is never taken for ours.

use anyhow::{Context, Result};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Names the process whose control plane this is; a folder whose owner is gone is swept by the next start.
const OWNER: &str = "owner";
const PIDS: &str = "pids";

/// Starts a command with its output in `NAME.log`, and records it.
pub(super) fn spawn(folder: &Path, name: &str, command: &mut Command) -> Result<std::process::Child> {
    let log = File::create(folder.join(format!("{name}.log")))?;
    let child = command
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .process_group(0)
        .spawn()
        .with_context(|| format!("starting {name}"))?;
    record(&folder.join(PIDS), child.id())?;
    Ok(child)
}

/// Writes down who owns a folder.
pub(super) fn own(folder: &Path) -> Result<()> {
    record(&folder.join(OWNER), std::process::id())
}

/// Gives a folder up: it lives until `kube stop`.
pub(super) fn disown(folder: &Path) -> Result<()> {
    Ok(fs::remove_file(folder.join(OWNER))?)
}

fn record(file: &Path, pid: u32) -> Result<()> {
    let started = start_time(pid).unwrap_or_default();
    let mut file = OpenOptions::new().create(true).append(true).open(file)?;
    Ok(writeln!(file, "{pid} {started}")?)
}

/// The field `starttime` of `/proc/PID/stat`; `None` when there is no such process or it has ended.
fn start_time(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command's name, in parentheses, may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    (fields.next()? != "Z").then(|| fields.nth(18).map(str::to_owned))?
}

/// The recorded processes that still run.
fn running(file: &Path) -> Vec<u32> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    lines
        .filter_map(|(pid, started)| {
            let pid: u32 = pid.parse().ok()?;
            (start_time(pid)? == started).then_some(pid)
        })
        .collect()
}

/// Ends the processes of one folder and removes it.
pub(super) fn stop(folder: &Path) -> Result<usize> {
    let pids = folder.join(PIDS);
    let ended = running(&pids).len();
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        let left = running(&pids);
        if left.is_empty() || Instant::now() > end {
            break;
        }
        for pid in left {
            // Data is thrown away, so there is nothing to shut down in order.
            let pid = nix::unistd::Pid::from_raw(pid.try_into()?);
            let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL);
        }
        sleep(Duration::from_millis(20));
    }
    fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
    Ok(ended)
}

/// Stops every control plane that nobody owns any more, or that `kube start` left running.
pub(super) fn stop_all(runs: &Path) -> Result<usize> {
    sweep(runs, true)
}

/// Stops the control planes of processes that are gone.
pub(super) fn stop_orphans(runs: &Path) -> Result<usize> {
    sweep(runs, false)
}

fn sweep(runs: &Path, detached_too: bool) -> Result<usize> {
    let Ok(entries) = fs::read_dir(runs) else { return Ok(0) };
    let mut ended = 0;
    for entry in entries {
        let folder = entry?.path();
        let owner = folder.join(OWNER);
        let ours = if owner.exists() { running(&owner).is_empty() } else { detached_too };
        if ours && folder.is_dir() {
            ended += stop(&folder)?;
        }
    }
    Ok(ended)
}
