//! For people.

use super::Answer;
use crate::cli::{Common, PathsQuestion};
use crate::output;
use seawall_paths::{Evidence, Path, Step};
use std::io::Write;

pub(super) fn line(text: &str) -> String {
    seawall_report::line(text).into_owned()
}

pub(super) fn write(
    question: &PathsQuestion,
    answer: &Answer,
    common: &Common,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    if answer.paths.is_empty() {
        let word = |place: &Option<seawall_paths::Place>, all: &str| {
            place.as_ref().map_or_else(|| all.to_owned(), |place| line(&place.to_string()))
        };
        let from = word(&question.from, "anything in the input");
        let to = word(&question.to, "cluster-admin or a node");
        writeln!(out, "No path from {from} to {to}.")?;
    }
    for (at, path) in answer.paths.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        write_path(path, out)?;
    }
    if answer.more > 0 {
        writeln!(out, "\nand {} more (--limit shows them)", answer.more)?;
    }
    if !common.quiet {
        for note in &answer.notes {
            writeln!(out, "note: {}", line(note))?;
        }
    }
    Ok(())
}

pub(crate) fn write_path(path: &Path, out: &mut dyn Write) -> std::io::Result<()> {
    let steps = match path.steps.len() {
        1 => "1 step".to_owned(),
        number => format!("{number} steps"),
    };
    let title = format!("{} → {} ({steps})", line(&path.from.to_string()), line(&path.to.to_string()));
    writeln!(out, "{}", output::strong(&title))?;
    for (at, step) in path.steps.iter().enumerate() {
        write_step(at + 1, step, out)?;
    }
    Ok(())
}

fn write_step(number: usize, step: &Step, out: &mut dyn Write) -> std::io::Result<()> {
    let info = step.row.info();
    let from = match step.uses.as_slice() {
        [] => step.from.to_string(),
        uses => uses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" with "),
    };
    let alike = if step.alike > 1 { format!(" (one of {} alike)", step.alike) } else { String::new() };
    writeln!(out, "{number:>3}. {} {} → {}{alike}", line(&from), info.says, line(&step.to.to_string()))?;
    writeln!(out, "       {} · ATT&CK {}", info.name, info.technique)?;
    for evidence in &step.because {
        writeln!(out, "       because  {}", line(&because(evidence)))?;
    }
    for assumption in &step.requires {
        writeln!(out, "       only if  {}", line(assumption))?;
    }
    Ok(())
}

/// `Role shop/ci rule 2  deploy/rbac.yaml:14`.
pub(super) fn because(evidence: &Evidence) -> String {
    let object = evidence.object();
    let field = evidence.field();
    let name = match object.namespace() {
        Some(namespace) => format!("{namespace}/{}", object.name()),
        None => object.name().to_owned(),
    };
    let what = match evidence {
        Evidence::Rule(_, rule) => format!("rule {rule}"),
        Evidence::Subject(..) => "binds it".to_owned(),
        Evidence::Field(_) => field.field(),
    };
    let place = field.location().start;
    format!("{} {name} {what}  {}:{}", object.kind(), object.file(), place.line)
}
