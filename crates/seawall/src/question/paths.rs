//! `seawall paths`: how one identity or place becomes another, shortest first, each step with its evidence.

mod answer;
mod picture;
mod text;

pub(crate) use answer::PathsAnswer;
pub(super) use answer::{PathEntry, entry, place_of};
pub(super) use text::write_path;

use super::Asked;
use crate::Exit;
use crate::cli::{Common, PathsFormat, PathsQuestion};
use anyhow::Result;
use seawall_paths::{Path, Paths, Place};
use seawall_report::Picture;
use std::io::{BufWriter, Write};

/// What is told.
struct Answer {
    paths: Vec<Path>,
    /// Paths that are left out for the limit.
    more: usize,
    notes: Vec<String>,
    complete: bool,
}

/// Runs the command.
pub(crate) fn run(question: &PathsQuestion, common: &Common) -> Result<Exit> {
    let asked = Asked::load(&question.paths, &question.what_if, common)?;
    let places: Vec<Place> = [&question.from, &question.to].into_iter().flatten().cloned().collect();
    let graph = graph(&asked, &places);
    let answer = ask(question, &graph, &asked);
    asked.say_holes();
    let mut out = BufWriter::new(std::io::stdout().lock());
    match question.output {
        PathsFormat::Json => {
            let entry = PathsAnswer::new(&answer.paths, answer.complete, answer.more, &answer.notes);
            serde_json::to_writer_pretty(&mut out, &entry)?;
            writeln!(out)?;
        }
        PathsFormat::Full => text::write(question, &answer, common, &mut out)?,
        PathsFormat::Dot => draw(question, &answer, &asked, Picture::Dot, &mut out)?,
        PathsFormat::Svg => draw(question, &answer, &asked, Picture::Svg, &mut out)?,
        PathsFormat::Html => draw(question, &answer, &asked, Picture::Html, &mut out)?,
    }
    out.flush()?;
    Ok(if question.fail && !answer.paths.is_empty() {
        Exit::Findings
    } else if is_open(&asked) || !answer.complete {
        Exit::Incomplete
    } else {
        Exit::Clean
    })
}

fn draw(
    question: &PathsQuestion,
    answer: &Answer,
    asked: &Asked,
    picture: Picture,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    seawall_report::draw(&picture::drawing(question, answer, &asked.holes), picture, out)
}

/// Whether something of the input could not be read, and so may open further paths.
pub(super) fn is_open(asked: &Asked) -> bool {
    !asked.holes.is_empty() || !asked.rbac().is_clear()
}

/// The graph, with the places that the question names.
pub(super) fn graph(asked: &Asked, places: &[Place]) -> Paths {
    Paths::new(asked.world.paths_input(), places)
}

/// What is said about places that the input does not know.
pub(super) fn unknown<'p>(graph: &Paths, places: impl IntoIterator<Item = &'p Place>) -> Vec<String> {
    let unknown = places.into_iter().filter(|place| !graph.knows(place));
    unknown.map(|place| format!("{place} is not in the input")).collect()
}

fn ask(question: &PathsQuestion, graph: &Paths, asked: &Asked) -> Answer {
    let mut notes = asked.notes.clone();
    notes.extend(unknown(graph, question.from.iter().chain(&question.to)));
    let limit = question.limit;
    let nodes: Vec<Place> =
        graph.default_targets().into_iter().filter(|place| *place != Place::ClusterAdmin).collect();
    let administrator = [Place::ClusterAdmin];
    let targets: Vec<&[Place]> = match &question.to {
        Some(to) => vec![std::slice::from_ref(to)],
        None => vec![&administrator, &nodes],
    };
    if let (Some(from), Some(to)) = (&question.from, &question.to) {
        let found = graph.find(from, to, limit);
        return Answer { paths: found.paths, more: 0, notes, complete: found.complete };
    }
    let sources = question.from.as_ref().map_or_else(|| graph.default_sources(), |from| vec![from.clone()]);
    let mut answer = Answer { paths: Vec::new(), more: 0, notes, complete: true };
    // What leads to the whole cluster comes first.
    for targets in targets {
        if question.from.is_some() && question.to.is_none() {
            let mut paths: Vec<Path> = sources.iter().flat_map(|from| graph.reach(from, targets)).collect();
            paths.sort_by_key(|path| path.steps.len());
            answer.more += paths.len().saturating_sub(limit);
            answer.paths.extend(paths.into_iter().take(limit));
        } else {
            let (paths, more, complete) = graph.nearest(&sources, targets, limit);
            answer.paths.extend(paths);
            answer.more += more;
            answer.complete &= complete;
        }
    }
    if !answer.complete {
        answer.notes.push("not every start could be followed: name one with --from".to_owned());
    }
    answer
}
