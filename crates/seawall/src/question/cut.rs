//! `seawall cut`: the smallest set of changes after which no path is left, proven by asking again.

use super::Asked;
use super::paths::{graph, is_open, place_of, unknown, write_path};
use crate::cli::{Common, CutFormat, CutQuestion};
use crate::{Exit, output};
use anyhow::Result;
use schemars::JsonSchema;
use seawall_paths::{Cut, CutChange, Paths, Place};
use serde::Serialize;
use std::io::{BufWriter, Write};

/// `-o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CutAnswer {
    /// `seawall.dev/cut/v1`.
    schema: &'static str,
    /// Where the attacker starts, as asked.
    from: String,
    /// Where the attacker must not come, as asked.
    to: String,
    /// What to change; empty where there is no path, or none can be ended.
    changes: Vec<ChangeEntry>,
    /// Whether it is proven that these changes leave no path and that no smaller set does.
    minimum: bool,
    /// Whether, with these changes made, no path was found any more; false where changes of the kind that are
    /// allowed cannot end every path.
    ends: bool,
    /// What is taken for granted, and why a path cannot be ended.
    notes: Vec<String>,
}

/// A change.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ChangeEntry {
    /// The object.
    object: ObjectEntry,
    /// The field; empty where the object goes.
    field: String,
    /// What to do.
    change: &'static str,
    /// Where it stands.
    location: super::answer::Place,
    /// What else would stop working, as far as the input shows it.
    effects: Vec<String>,
}

/// An object.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ObjectEntry {
    /// API version.
    api_version: String,
    /// Kind.
    kind: String,
    /// Namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    /// Name.
    name: String,
}

/// Runs the command.
pub(crate) fn run(question: &CutQuestion, common: &Common) -> Result<Exit> {
    let asked = Asked::load(&question.paths, &question.what_if, common)?;
    let places = [question.from.clone(), question.to.clone()];
    let paths = graph(&asked, &places);
    let cut = paths.cut(&question.from, &question.to);
    let mut notes = asked.notes.clone();
    notes.extend(unknown(&paths, &places));
    let ends = cut.lasting.is_none() && proven(&cut, &asked, &places, &mut notes);
    asked.say_holes();
    let mut out = BufWriter::new(std::io::stdout().lock());
    match question.output {
        CutFormat::Json => {
            let answer = CutAnswer {
                schema: "seawall.dev/cut/v1",
                from: question.from.to_string(),
                to: question.to.to_string(),
                changes: cut.changes.iter().map(|change| entry(change, &asked)).collect(),
                minimum: cut.minimum && ends,
                ends,
                notes,
            };
            serde_json::to_writer_pretty(&mut out, &answer)?;
            writeln!(out)?;
        }
        CutFormat::Full => {
            write_text(question, &cut, ends, &asked, &mut out)?;
            if !common.quiet {
                notes.iter().try_for_each(|note| writeln!(out, "note: {}", seawall_report::line(note)))?;
            }
        }
    }
    out.flush()?;
    Ok(if is_open(&asked) || !ends { Exit::Incomplete } else { Exit::Clean })
}

/// Makes the changes and asks again: is no path left?
fn proven(cut: &Cut, asked: &Asked, places: &[Place; 2], notes: &mut Vec<String>) -> bool {
    let changed = match cut.apply(asked.world.cluster()) {
        Ok(cluster) => asked.world.with_cluster(cluster),
        Err(why) => {
            notes.push(format!("the changes could not be tried: {why}"));
            return false;
        }
    };
    let after = Paths::new(changed.paths_input(), places);
    let [from, to] = places;
    match after.find(from, to, 1).paths.first() {
        None => true,
        Some(path) => {
            let rows: Vec<&str> = path.steps.iter().map(|step| step.row.info().name).collect();
            notes.push(format!("after the changes a path is left: {}", rows.join(", ")));
            false
        }
    }
}

fn entry(change: &CutChange, asked: &Asked) -> ChangeEntry {
    let object = &change.at.object;
    let namespace = object.namespace().or_else(|| (!object.is_cluster_scoped()).then_some("default"));
    ChangeEntry {
        object: ObjectEntry {
            api_version: object.api_version().to_owned(),
            kind: object.kind().to_owned(),
            namespace: namespace.map(str::to_owned),
            name: object.name().to_owned(),
        },
        field: if change.deletes() { String::new() } else { change.at.field() },
        change: change.says(),
        location: place_of(&change.at),
        effects: change.effects(asked.world.cluster(), asked.rbac()),
    }
}

fn write_text(
    question: &CutQuestion,
    cut: &Cut,
    ends: bool,
    asked: &Asked,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let line = |text: &str| seawall_report::line(text).into_owned();
    let between = format!("{} → {}", line(&question.from.to_string()), line(&question.to.to_string()));
    if let Some(path) = &cut.lasting {
        writeln!(out, "No change of a binding, role, pod, workload or secret ends this path:\n")?;
        return write_path(path, out);
    }
    if cut.changes.is_empty() {
        return writeln!(out, "No path {between}: nothing to change.");
    }
    let what = match cut.changes.len() {
        1 => "1 change ends".to_owned(),
        number => format!("{number} changes end"),
    };
    let title = format!("{what} every path {between}");
    writeln!(out, "{}", output::strong(&title))?;
    for (at, change) in cut.changes.iter().enumerate() {
        let entry = entry(change, asked);
        let name = match &entry.object.namespace {
            Some(namespace) => format!("{namespace}/{}", entry.object.name),
            None => entry.object.name.clone(),
        };
        let field = if entry.field.is_empty() { String::new() } else { format!(" {}", entry.field) };
        let place = format!("{}:{}", entry.location.file, entry.location.line);
        writeln!(
            out,
            "{:>3}. {}",
            at + 1,
            line(&format!("{} {name}{field}: {}  {place}", entry.object.kind, entry.change))
        )?;
        for effect in &entry.effects {
            writeln!(out, "       then {}", line(effect))?;
        }
    }
    match (ends, cut.minimum) {
        (true, true) => {
            writeln!(out, "Proven: with these changes made no path is found, and no smaller set does it.")
        }
        (true, false) => writeln!(out, "With these changes made no path is found; a smaller set may do it."),
        (false, _) => writeln!(out, "Not proven: see the notes."),
    }
}
