//! `--statistics`: how often each rule fired.

use crate::names;
use crate::style::Paint;
use crate::table::{Align, Cell, Table};
use crate::view::{RuleCount, View};
use std::io::{self, Write};

/// Writes one line per rule, worst first.
pub(crate) fn write(view: &View<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(&[Align::Right, Align::Right, Align::Left, Align::Left], 0);
    table.row(
        ["findings", "files", "severity", "rule"].map(|head| Cell::painted(head, paint.dim(head))).to_vec(),
    );
    for count in view.rules(&view.blocks) {
        table.row(vec![
            names::thousands(count.findings).into(),
            names::thousands(count.files.len()).into(),
            severity(&count, paint),
            count.rule.into(),
        ]);
    }
    table.write(out)?;
    writeln!(out)
}

/// The severity of a rule as a cell; `unknown` when nothing failed.
pub(super) fn severity(count: &RuleCount, paint: Paint) -> Cell {
    let word = if count.unknown { "unknown" } else { count.severity.as_str() };
    Cell::painted(word, paint.severity(count.severity, word))
}
