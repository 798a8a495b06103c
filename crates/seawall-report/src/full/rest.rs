//! What is not drawn: counted per rule, with the command that shows it.

use super::statistics;
use crate::names;
use crate::style::Paint;
use crate::table::{Align, Cell, Table};
use crate::view::{Block, View};
use std::io::{self, Write};

/// Writes the table of the blocks that were not drawn.
pub(super) fn write(view: &View<'_>, rest: &[Block], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let rules = view.rules(rest);
    let findings: usize = rules.iter().map(|count| count.findings).sum();
    writeln!(
        out,
        "{} of {} not drawn above:",
        paint.bold(names::count(findings, "more finding")),
        names::count(rules.len(), "rule")
    )?;
    let mut table = Table::new(&[Align::Right, Align::Right, Align::Left, Align::Left, Align::Left], 2);
    let heads = ["findings", "files", "severity", "rule", "shown by"];
    table.row(heads.map(|head| Cell::painted(head, paint.dim(head))).to_vec());
    for count in &rules {
        let command = super::header::command(view, &format!("--select {}", count.rule));
        table.row(vec![
            names::thousands(count.findings).into(),
            names::thousands(count.files.len()).into(),
            statistics::severity(count, paint),
            count.rule.into(),
            Cell::painted(command.clone(), paint.command(command)),
        ]);
    }
    table.write(out)?;
    writeln!(out)
}
