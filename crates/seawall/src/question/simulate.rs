//! `seawall simulate`: what the API server would answer if these objects were created or updated now.

mod answer;
mod one;
mod pod_security;
mod pods;
mod review;
mod text;
mod upgrade;

pub(crate) use answer::SimulateAnswer;
pub(crate) use pod_security::PodSecurityAnswer;
pub(crate) use upgrade::UpgradeAnswer;

use super::Asked;
use super::can_i::user;
use crate::cli::{Common, Simulate, SimulateFormat, WhatIf};
use crate::{Exit, output};
use anyhow::{Result, bail};
use one::{Judge, Judged};
use seawall_model::Object;
use std::io::{BufWriter, Write};
use std::sync::Arc;

/// Runs the command.
pub(crate) fn run(question: &Simulate, common: &Common) -> Result<Exit> {
    let namespace = question.namespace.as_deref();
    let (mut objects, mut holes) = if question.paths.is_empty() {
        (Vec::new(), Vec::new())
    } else {
        Asked::objects_of(&question.paths, &question.files, namespace, common)?
    };
    let what_if = WhatIf { files: question.files.clone(), ..WhatIf::default() };
    let alone = question.against.is_empty() && !question.files.names_cluster();
    let asked = if alone && !question.paths.is_empty() {
        // The objects are their own surroundings: each comes to what the others make.
        Asked::nothing(&question.files)?.and(&objects)
    } else {
        Asked::load_in(&question.against, &what_if, namespace, common)?
    };
    holes.extend(asked.holes.iter().cloned());
    if question.paths.is_empty() {
        objects = asked.world.cluster().objects().cloned().collect();
    }
    for hole in &holes {
        output::say(format_args!("error: {}", seawall_report::line(hole)));
    }
    if question.pod_security.is_some() || question.migrate {
        return pod_security::run(question, &asked, &objects, &holes, common);
    }
    objects.retain(|object| !object.well_known().is_configuration());
    if objects.is_empty() && question.review.is_none() {
        bail!("no object of Kubernetes in the input");
    }
    let somebody = match question.user.is_some() || !question.groups.is_empty() {
        true => Some(user(question.user.as_deref(), &question.groups)?),
        false => None,
    };
    let judge = Judge { question, asked: &asked, user: somebody, alone };
    if let Some(file) = &question.review {
        return review::run(&judge, file);
    }
    if let Some(version) = &question.upgrade {
        return upgrade::run(&judge, &objects, version, common);
    }
    tell(&judge, &objects, &holes, common)
}

/// Judges each object and prints the answers.
fn tell(judge: &Judge<'_>, objects: &[Arc<Object>], holes: &[String], common: &Common) -> Result<Exit> {
    let results: Vec<Judged> = objects.iter().map(|object| judge.judge(object)).collect();
    let mut notes = judge.notes();
    notes.dedup();
    let mut out = BufWriter::new(std::io::stdout().lock());
    match judge.question.output {
        SimulateFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &SimulateAnswer::new(&results, &notes))?;
            writeln!(out)?;
        }
        SimulateFormat::Text => text::write(&results, &notes, common.quiet, &mut out)?,
    }
    out.flush()?;
    Ok(exit(&results, holes))
}

fn exit(results: &[Judged], holes: &[String]) -> Exit {
    let denied = |judged: &Judged| {
        judged.allowed() == Some(false)
            || judged.pods.as_ref().is_some_and(|pods| pods.allowed == Some(false))
    };
    let open = |judged: &Judged| {
        judged.allowed().is_none() || judged.pods.as_ref().is_some_and(|pods| pods.allowed.is_none())
    };
    match () {
        () if results.iter().any(denied) => Exit::Findings,
        () if !holes.is_empty() || results.iter().any(open) => Exit::Incomplete,
        () => Exit::Clean,
    }
}
