//! `seawall network generate`: policies for what is wanted, with the proof.

mod answer;
mod flows;
mod metadata;
mod wanted;

pub(crate) use answer::GenerateAnswer;

use super::Asked;
use super::reach::{engine, load};
use crate::Exit;
use crate::cli::{Common, Generate, GenerateFormat, NetworkCommand, NetworkTask};
use anyhow::{Context, Result, anyhow, bail};
use seawall_network::{Reach, Wanted, declared, generate, name_lookups, prove};
use std::io::{BufWriter, Write};

/// Pods there are run by whoever runs the cluster; policies for them are written when asked for.
const SYSTEM: &str = "kube-system";

/// Runs the command.
pub(crate) fn run(command: &NetworkCommand, common: &Common) -> Result<Exit> {
    match &command.task {
        NetworkTask::Generate(task) => write(task, common),
    }
}

fn write(task: &Generate, common: &Common) -> Result<Exit> {
    let asked = load(&task.paths, &task.what_if, &task.network, common)?;
    let reach = &*engine(&asked, &task.network);
    asked.say_holes();
    if reach.workloads().is_empty() {
        bail!("there are no pods or workloads in the input to write policies for");
    }
    let (wanted, mut notes) = collect(task, &asked, reach)?;
    for name in &task.only {
        if !reach.workloads().iter().any(|one| one.is_in(name)) {
            bail!("--only {name}: no workload of the input is in this namespace");
        }
    }
    let is_covered = |number: usize| {
        let Some(workload) = reach.workloads().get(number) else { return false };
        match task.only.is_empty() {
            true => !workload.is_in(SYSTEM),
            false => task.only.iter().any(|name| workload.is_in(name)),
        }
    };
    let cluster = asked.world.cluster();
    let generated = generate(cluster, reach, &wanted, is_covered);
    let (after, proof) = prove(cluster, reach, &wanted, &generated)
        .map_err(|error| anyhow!("{error}"))
        .context("a policy that was written cannot be read; this is a defect of seawall")?;
    notes.extend(generated.notes.iter().cloned());
    let more =
        if task.deny_metadata { metadata::deny(cluster, &after, &generated, &mut notes) } else { None };
    notes.extend(super::reach::network_notes(reach, &asked));
    let answer = GenerateAnswer::new(reach, &wanted, generated, more, &proof, notes);
    let mut out = BufWriter::new(std::io::stdout().lock());
    match task.output {
        GenerateFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &answer)?;
            writeln!(out)?;
        }
        GenerateFormat::Yaml => {
            answer.yaml(&mut out)?;
            answer.summary(&mut std::io::stderr().lock())?;
        }
    }
    out.flush()?;
    Ok(if answer.holds() && asked.holes.is_empty() { Exit::Clean } else { Exit::Incomplete })
}

/// Everything that is wanted, and what cannot be known of it.
fn collect(task: &Generate, asked: &Asked, reach: &Reach) -> Result<(Vec<Wanted>, Vec<String>)> {
    let (mut all, mut notes) = (Vec::new(), Vec::new());
    for file in &task.wanted {
        all.extend(wanted::read(file, reach)?);
    }
    if !task.flows.is_empty() {
        let (seen, said) = flows::read(&task.flows, reach)?;
        all.extend(seen);
        notes.extend(said);
    }
    if task.declared || task.wanted.is_empty() && task.flows.is_empty() {
        let (declared, said) = declared(asked.world.cluster(), asked.world.network(), reach);
        all.extend(declared);
        notes.extend(said);
    }
    if !task.no_dns {
        all.extend(name_lookups(reach));
    }
    Ok((all, notes))
}
