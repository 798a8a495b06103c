//! For people, spreadsheets and comments.

use super::outside::{Exposed, Way};
use super::{ConnectionsAnswer, Row};
use crate::cli::Common;
use crate::output;
use seawall_report::{csv_cell, line, markdown as escape};
use std::io::Write;

pub(super) fn table(answer: &ConnectionsAnswer, common: &Common, out: &mut dyn Write) -> std::io::Result<()> {
    let sections =
        [("Allowed", &answer.connections), ("Possibly allowed; the input does not say", &answer.unknown)];
    for (at, (title, rows)) in sections.into_iter().filter(|(_, rows)| !rows.is_empty()).enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}", output::strong(&format!("{title} ({})", rows.len())))?;
        let cells = |row: &Row| {
            vec![line(&row.from).into_owned(), "→".to_owned(), line(&row.to).into_owned(), row.ports.clone()]
        };
        let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
        crate::question::table(&rows, 2, out)?;
    }
    if answer.connections.is_empty() && answer.unknown.is_empty() {
        writeln!(out, "No connection is allowed.")?;
    }
    outside(answer, out)?;
    if !common.quiet {
        for note in &answer.notes {
            writeln!(out, "note: {}", line(note))?;
        }
    }
    Ok(())
}

fn outside(answer: &ConnectionsAnswer, out: &mut dyn Write) -> std::io::Result<()> {
    if !answer.internet.is_empty() {
        writeln!(out, "\n{}", output::strong(&format!("Ways in from outside ({})", answer.internet.len())))?;
        let cells = |way: &Way| {
            let says = match way.allowed {
                Some(true) => way.ports.clone(),
                Some(false) => format!("closed by policies ({})", way.ports),
                None => format!("cannot be known ({})", way.ports),
            };
            vec![line(&way.to).into_owned(), "←".to_owned(), line(&way.through).into_owned(), says]
        };
        crate::question::table(&answer.internet.iter().map(cells).collect::<Vec<_>>(), 2, out)?;
    }
    let Some(exposure) = answer.exposure.as_ref().filter(|exposure| !exposure.is_empty()) else {
        return Ok(());
    };
    writeln!(out, "\n{}", output::strong(&format!("Open to pods that may come ({})", exposure.len())))?;
    let cells = |one: &Exposed| {
        let arrow = if one.direction == "ingress" { "←" } else { "→" };
        let perhaps = if one.r#final { "" } else { ", unless a policy of the whole cluster closes it" };
        let ports = format!("{}{perhaps}", one.ports);
        vec![line(&one.workload).into_owned(), arrow.to_owned(), line(&one.peers).into_owned(), ports]
    };
    crate::question::table(&exposure.iter().map(cells).collect::<Vec<_>>(), 2, out)
}

pub(super) fn csv(answer: &ConnectionsAnswer, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "from,to,ports,certain")?;
    for (rows, certain) in [(&answer.connections, "yes"), (&answer.unknown, "no")] {
        for row in rows {
            let cells = [&row.from, &row.to, &row.ports].map(|cell| csv_cell(cell));
            writeln!(out, "{},{certain}", cells.join(","))?;
        }
    }
    Ok(())
}

pub(super) fn markdown(answer: &ConnectionsAnswer, out: &mut dyn Write) -> std::io::Result<()> {
    for (title, rows) in [("Allowed", &answer.connections), ("Possibly allowed", &answer.unknown)] {
        if rows.is_empty() {
            continue;
        }
        writeln!(out, "### {title}\n\n| from | to | ports |\n|---|---|---|")?;
        for row in rows {
            let cells = [&row.from, &row.to, &row.ports].map(|cell| escape(cell));
            writeln!(out, "| {} |", cells.join(" | "))?;
        }
        writeln!(out)?;
    }
    for note in &answer.notes {
        writeln!(out, "> {}\n", escape(note))?;
    }
    Ok(())
}
