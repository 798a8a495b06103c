//! A graph that is too large for a picture, as a table: from which group to which, and how many edges.

use super::Drawing;
use crate::escape::Html;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Groups in the table; the others are counted together.
const MOST_GROUPS: usize = 40;

pub(super) fn write(drawing: &Drawing, out: &mut dyn Write) -> io::Result<()> {
    let groups = groups(drawing);
    let of = |node: usize| {
        let group = drawing.nodes.get(node).map_or("", |node| node.group.as_str());
        groups.get(group).copied().unwrap_or(MOST_GROUPS)
    };
    let mut cells: BTreeMap<(usize, usize), (usize, usize)> = BTreeMap::new();
    for (number, edge) in drawing.edges.iter().enumerate() {
        let (count, _) = cells.entry((of(edge.from), of(edge.to))).or_insert((0, number + 1));
        *count += 1;
    }
    let most = cells.values().map(|(count, _)| *count).max().unwrap_or(1);
    let mut names: Vec<(usize, &str)> = groups.iter().map(|(name, number)| (*number, *name)).collect();
    names.sort_unstable();
    if cells.keys().any(|(from, to)| *from == MOST_GROUPS || *to == MOST_GROUPS) {
        names.push((MOST_GROUPS, "all others"));
    }
    writeln!(
        out,
        "<p>There are {} vertices and {} edges, too many for a picture: this table counts the edges from each row to \
         each column.</p>\n<figure tabindex=\"0\"><table class=\"matrix\"><thead><tr><th>from \\ to</th>",
        drawing.nodes.len(),
        drawing.edges.len()
    )?;
    for (_, name) in &names {
        writeln!(out, "<th scope=\"col\"><span>{}</span></th>", Html(shown(name)))?;
    }
    writeln!(out, "</tr></thead><tbody>")?;
    for (row, name) in &names {
        write!(out, "<tr><th scope=\"row\">{}</th>", Html(shown(name)))?;
        for (column, _) in &names {
            match cells.get(&(*row, *column)) {
                None => write!(out, "<td></td>")?,
                // A fourth root would hide less, but three steps can be told apart.
                Some((count, first)) => write!(
                    out,
                    "<td class=\"much-{}\"><a href=\"#edge-{first}\">{count}</a></td>",
                    if count * 10 < most {
                        1
                    } else if count * 3 < most {
                        2
                    } else {
                        3
                    }
                )?,
            }
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody></table></figure>")
}

fn shown(name: &str) -> &str {
    if name.is_empty() { "(none)" } else { name }
}

/// The groups with the most edges, each with its place in the table, by name.
fn groups(drawing: &Drawing) -> BTreeMap<&str, usize> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for node in &drawing.nodes {
        counts.entry(&node.group).or_insert(0);
    }
    for end in drawing.edges.iter().flat_map(|edge| [edge.from, edge.to]) {
        if let Some(node) = drawing.nodes.get(end) {
            *counts.entry(&node.group).or_insert(0) += 1;
        }
    }
    let mut all: Vec<(&str, usize)> = counts.into_iter().collect();
    all.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
    all.truncate(MOST_GROUPS);
    all.sort_unstable();
    all.into_iter().enumerate().map(|(number, (name, _))| (name, number)).collect()
}
