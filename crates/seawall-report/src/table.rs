//! Aligned columns for terminals.

use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// How a column is set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A cell: what it says, and how that looks (with colours, which take no space).
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    text: String,
    shown: String,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { shown: text.clone(), text }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Cell {
    /// `text` painted as `shown`.
    pub(crate) fn painted(text: impl Into<String>, shown: String) -> Self {
        Self { text: text.into(), shown }
    }
}

/// Rows of cells, the last column unaligned and cut to what is left of `width`.
#[derive(Debug)]
pub(crate) struct Table {
    align: &'static [Align],
    rows: Vec<Vec<Cell>>,
    indent: usize,
}

impl Table {
    pub(crate) fn new(align: &'static [Align], indent: usize) -> Self {
        Self { align, rows: Vec::new(), indent }
    }

    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut widths = vec![0; self.align.len()];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.text.width());
            }
        }
        for row in &self.rows {
            write!(out, "{:1$}", "", self.indent)?;
            let last = row.iter().rposition(|cell| !cell.text.is_empty()).unwrap_or(0);
            for (at, ((cell, width), align)) in row.iter().zip(&widths).zip(self.align).enumerate() {
                if at > last {
                    break;
                }
                let gap = width.saturating_sub(cell.text.width());
                let gap_before = if *align == Align::Right { gap } else { 0 };
                let gap_after = if at == last { 0 } else { gap - gap_before + 2 };
                write!(out, "{:gap_before$}{}{:gap_after$}", "", cell.shown, "")?;
            }
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}

/// `text` broken into lines of at most `width` columns at blanks; words are never broken.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut columns = 0;
    for word in text.split_whitespace() {
        let size = word.width();
        if columns > 0 && columns + 1 + size > width {
            lines.push(std::mem::take(&mut line));
            columns = 0;
        }
        if columns > 0 {
            line.push(' ');
            columns += 1;
        }
        line.push_str(word);
        columns += size;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligns_by_columns_on_the_screen() {
        let mut table = Table::new(&[Align::Left, Align::Right, Align::Left], 2);
        table.row(vec!["漢".into(), "1".into(), "x".into()]);
        table.row(vec!["abc".into(), "12".into(), "".into()]);
        let mut out = Vec::new();
        table.write(&mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "  漢    1  x\n  abc  12\n");
    }

    #[test]
    fn wraps_at_blanks() {
        assert_eq!(wrap("a bb  ccc dddd", 6), ["a bb", "ccc", "dddd"]);
        assert_eq!(wrap("", 6), Vec::<String>::new());
    }
}
