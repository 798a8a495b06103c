//! A graph that is too large or too dense for a picture, as a table: from which group to which, and how many edges; of a
//! small one from which vertex to which.

use super::text::fit;
use super::{Drawing, Node, NodeKind};
use crate::escape::Html;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Groups in the table; the others are counted together.
const MOST_GROUPS: usize = 40;

/// Columns of an edge's words in a cell.
const WORDS: usize = 16;

/// Writes the table; `told` says which edges are explained below it.
pub(super) fn write(drawing: &Drawing, told: &[bool], out: &mut dyn Write) -> io::Result<()> {
    let single = drawing.nodes.len() <= MOST_GROUPS;
    let key = |node: &'_ Node| if single { node.name.clone() } else { node.group.clone() };
    let groups = groups(drawing, &key);
    let of = |node: usize| {
        let group = drawing.nodes.get(node).map(key).unwrap_or_default();
        groups.get(&group).copied().unwrap_or(MOST_GROUPS)
    };
    let mut cells: BTreeMap<(usize, usize), (usize, usize)> = BTreeMap::new();
    for (number, edge) in drawing.edges.iter().enumerate() {
        let (count, _) = cells.entry((of(edge.from), of(edge.to))).or_insert((0, number));
        *count += 1;
    }
    let most = cells.values().map(|(count, _)| *count).max().unwrap_or(1);
    let mut names: Vec<(usize, &str)> =
        groups.iter().map(|(name, number)| (*number, name.as_str())).collect();
    names.sort_unstable();
    if cells.keys().any(|(from, to)| *from == MOST_GROUPS || *to == MOST_GROUPS) {
        names.push((MOST_GROUPS, "all others"));
    }
    writeln!(
        out,
        "<p>There are {} vertices and {} edges, too many for a picture: this table says what leads from each row to \
         each column.</p>\n<figure tabindex=\"0\"><table class=\"matrix\"><thead><tr><th>from \\ to</th>",
        drawing.nodes.len(),
        drawing.edges.len()
    )?;
    for (_, name) in &names {
        writeln!(out, "<th scope=\"col\"><span>{}</span></th>", Html(shown(name)))?;
    }
    writeln!(out, "</tr></thead><tbody>")?;
    let outside = drawing.nodes.iter().enumerate().filter(|(_, node)| node.kind == NodeKind::Outside);
    let entrances: BTreeSet<usize> = outside.map(|(number, _)| of(number)).collect();
    for (row, name) in &names {
        // What is open to everybody must be seen at once.
        let class = if entrances.contains(row) { " class=\"entrance\"" } else { "" };
        write!(out, "<tr{class}><th scope=\"row\">{}</th>", Html(shown(name)))?;
        for (column, _) in &names {
            match cells.get(&(*row, *column)) {
                None => write!(out, "<td></td>")?,
                // Three steps can be told apart.
                Some((count, first)) => {
                    let much = if count * 10 < most {
                        1
                    } else if count * 3 < most {
                        2
                    } else {
                        3
                    };
                    let words = match drawing.edges.get(*first).filter(|_| single && *count == 1) {
                        Some(edge) => fit(&edge.label, WORDS),
                        None => count.to_string(),
                    };
                    let words = Html(&words);
                    match told.get(*first) {
                        Some(true) => write!(
                            out,
                            "<td class=\"much-{much}\"><a href=\"#edge-{}\">{words}</a></td>",
                            first + 1
                        )?,
                        _ => write!(out, "<td class=\"much-{much}\">{words}</td>")?,
                    }
                }
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
fn groups(drawing: &Drawing, key: &dyn Fn(&Node) -> String) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for node in &drawing.nodes {
        counts.entry(key(node)).or_insert(0);
    }
    for end in drawing.edges.iter().flat_map(|edge| [edge.from, edge.to]) {
        if let Some(node) = drawing.nodes.get(end) {
            *counts.entry(key(node)).or_insert(0) += 1;
        }
    }
    let mut all: Vec<(String, usize)> = counts.into_iter().collect();
    all.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    all.truncate(MOST_GROUPS);
    all.sort_unstable();
    all.into_iter().enumerate().map(|(number, (name, _))| (name, number)).collect()
}
