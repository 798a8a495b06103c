//! Which connections a change opens and closes, by the network engine: workload by workload.

use super::super::{Asked, answer};
use crate::output;
use anyhow::Result;
use schemars::JsonSchema;
use seawall_network::{ConnectionChange, ConnectionEnd, ConnectionPorts, RangeText};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

/// Rows of each part in text, and in a comment.
const ROWS: usize = 40;
/// Names in one cell.
const NAMED: usize = 4;

/// Connections that only one side has.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Connections {
    /// What surely is open in NEW and surely was not in OLD.
    gained: Vec<Row>,
    /// What surely was open in OLD and surely is not in NEW.
    lost: Vec<Row>,
    /// What may be gained or lost: labels or addresses decide that are not in the input.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<Row>,
    /// Why not everything is told.
    #[serde(skip)]
    pub(super) doubts: Vec<String>,
}

/// A connection, or many that changed alike.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, JsonSchema)]
struct Row {
    /// Who opens it: `NAMESPACE/NAME[Kind]`, or addresses as CIDR or `first-last`.
    from: Vec<String>,
    /// Who listens.
    to: Vec<String>,
    /// The ports that are gained or lost, such as `TCP 80,443`, `TCP` (all its ports) or `all`.
    ports: String,
    /// All that was open between them in OLD; `none` for a new connection.
    before: String,
    /// All that is open between them in NEW; `none` for one that is gone.
    after: String,
}

impl Connections {
    pub(super) fn between(old: &Asked, new: &Asked) -> Self {
        let difference = old.world.reach().difference(new.world.reach());
        let (mut gained, mut lost, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for change in &difference.changes {
            let row = |ports: String| Row {
                from: vec![end(&change.from)],
                to: vec![end(&change.to)],
                ports,
                before: change.before.sure.to_string(),
                after: change.after.sure.to_string(),
            };
            let more = change.after.sure.difference(&change.before.possible);
            let less = change.before.sure.difference(&change.after.possible);
            if !more.is_empty() {
                gained.push(row(more.to_string()));
            }
            if !less.is_empty() {
                lost.push(row(less.to_string()));
            }
            unknown.extend(open_question(change).map(row));
        }
        let mut doubts = Vec::new();
        if difference.is_cut {
            doubts.push("all connections: there are too many".to_owned());
        }
        if !unknown.is_empty() {
            let count = unknown.len();
            let (are, depend) =
                if count == 1 { ("connection is", "it depends") } else { ("connections are", "they depend") };
            doubts.push(format!("whether {count} {are} gained or lost: {depend} on labels or addresses that are not in the input"));
        }
        let [gained, lost, unknown] = [gained, lost, unknown].map(merge);
        Self { gained, lost, unknown, doubts }
    }

    /// `; 3 connections opened, 1 closed`; nothing where nothing changed.
    pub(super) fn summary(&self) -> String {
        let count = |rows: &[Row]| rows.iter().map(|row| row.from.len() * row.to.len()).sum::<usize>();
        match (count(&self.gained), count(&self.lost)) {
            (0, 0) => String::new(),
            (gained, lost) => {
                let s = if gained == 1 { "" } else { "s" };
                format!("; {gained} connection{s} opened, {lost} closed")
            }
        }
    }

    fn parts(&self) -> [(&'static str, &[Row]); 3] {
        [
            ("Connections opened", &self.gained),
            ("Connections closed", &self.lost),
            ("Connections that may be opened or closed", &self.unknown),
        ]
    }

    pub(super) fn text(&self, out: &mut dyn Write) -> Result<()> {
        for (title, rows) in self.parts().into_iter().filter(|(_, rows)| !rows.is_empty()) {
            writeln!(out, "\n{}", output::strong(title))?;
            let safe = |text: &str| seawall_report::line(text).into_owned();
            let cells = |row: &Row| {
                vec![
                    format!("{} -> {}", safe(&named(&row.from)), safe(&named(&row.to))),
                    row.ports.clone(),
                    row.context(),
                ]
            };
            let table: Vec<Vec<String>> = rows.iter().take(ROWS).map(cells).collect();
            answer::table(&table, 2, out)?;
            if rows.len() > ROWS {
                writeln!(out, "  and {} more: -o json lists them", rows.len() - ROWS)?;
            }
        }
        Ok(())
    }

    pub(super) fn markdown(&self, out: &mut String) {
        for (title, rows) in self.parts().into_iter().filter(|(_, rows)| !rows.is_empty()) {
            *out += &format!("<details><summary>{title}: {}</summary>\n\n", rows.len());
            *out += "| from | to | ports | |\n|---|---|---|---|\n";
            for row in rows.iter().take(ROWS) {
                let cell = seawall_report::markdown;
                let (from, to) = (cell(&named(&row.from)), cell(&named(&row.to)));
                *out += &format!("| {from} | {to} | {} | {} |\n", cell(&row.ports), cell(&row.context()));
            }
            if rows.len() > ROWS {
                *out += &format!("\nand {} more: `-o json` lists them\n", rows.len() - ROWS);
            }
            *out += "\n</details>\n\n";
        }
    }
}

impl Row {
    /// What was open before, where something was; what is left, where something is.
    fn context(&self) -> String {
        match (self.before.as_str(), self.after.as_str()) {
            ("none", _) => "new".to_owned(),
            (_, "none") => "gone".to_owned(),
            (before, after) => format!("{before} before, {after} now"),
        }
    }
}

/// The ports whose answer is known on one side alone.
fn open_question(change: &ConnectionChange) -> Option<String> {
    let doubt = |ports: &ConnectionPorts| ports.possible.difference(&ports.sure);
    let (before, after) = (doubt(&change.before), doubt(&change.after));
    let mut ports = after.difference(&before);
    ports.unite(&before.difference(&after));
    (!ports.is_empty()).then(|| ports.to_string())
}

fn end(end: &ConnectionEnd) -> String {
    match end {
        ConnectionEnd::Workload(workload) => workload.to_string(),
        ConnectionEnd::Range(first, last) => RangeText(*first, *last).to_string(),
    }
}

/// What changed alike in one row: first from all places to one, then to all places from the same.
fn merge(rows: Vec<Row>) -> Vec<Row> {
    let mut by_target: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for row in rows {
        by_target.entry((row.to, row.ports, row.before, row.after)).or_default().extend(row.from);
    }
    let mut by_source: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for ((to, ports, before, after), from) in by_target {
        by_source.entry((from, ports, before, after)).or_default().extend(to);
    }
    let row = |((from, ports, before, after), to)| Row { from, to, ports, before, after };
    by_source.into_iter().map(row).collect()
}

/// `a, b, c, d and 12 more`.
fn named(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
