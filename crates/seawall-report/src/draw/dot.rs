//! `dot`: the language of Graphviz.

use super::text::wrap;
use super::{Drawing, NodeKind};
use crate::line;
use std::io::{self, Write};

/// Details that a tooltip tells.
const TOLD: usize = 12;

pub(super) fn write(drawing: &Drawing, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "digraph seawall {{")?;
    writeln!(
        out,
        "  graph [rankdir=LR, label={}, labelloc=t, fontname=\"sans-serif\"];",
        quoted(&heading(drawing))
    )?;
    writeln!(out, "  node [shape=box, style=\"rounded\", fontname=\"sans-serif\"];")?;
    writeln!(out, "  edge [fontname=\"sans-serif\", fontsize=10];")?;
    let mut groups: Vec<&str> = drawing.nodes.iter().map(|node| node.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    if !drawing.lanes {
        groups.clear();
    }
    for (number, group) in groups.iter().enumerate() {
        writeln!(out, "  subgraph cluster_{number} {{\n    label={};", quoted(group))?;
        for (at, node) in drawing.nodes.iter().enumerate().filter(|(_, node)| node.group == *group) {
            write_node(at, node, "    ", out)?;
        }
        writeln!(out, "  }}")?;
    }
    if !drawing.lanes {
        for (at, node) in drawing.nodes.iter().enumerate() {
            write_node(at, node, "  ", out)?;
        }
    }
    for edge in &drawing.edges {
        let label = wrap(&edge.label, 28, 4).join("\n");
        let told: Vec<String> =
            edge.details.iter().take(TOLD).map(|(word, text)| format!("{word}: {text}")).collect();
        let style = if edge.assumed { ", style=dashed" } else { "" };
        writeln!(
            out,
            "  n{} -> n{} [label={}, tooltip={}{style}];",
            edge.from,
            edge.to,
            quoted(&label),
            quoted(&told.join("\n"))
        )?;
    }
    writeln!(out, "}}")
}

fn heading(drawing: &Drawing) -> String {
    let all = [&drawing.title, &drawing.summary].into_iter().chain(&drawing.notes);
    all.filter(|text| !text.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n")
}

fn write_node(at: usize, node: &super::Node, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    if node.kind == NodeKind::Join {
        return writeln!(
            out,
            "{indent}n{at} [label=\"&\", shape=circle, style=solid, tooltip=\"all of these are needed\"];"
        );
    }
    let lines: Vec<&str> =
        [node.shown(), &node.caption].into_iter().filter(|text| !text.is_empty()).collect();
    let look = match node.kind {
        NodeKind::Outside => ", shape=oval, style=solid",
        NodeKind::Role => ", style=\"rounded,dashed\"",
        NodeKind::Machine => ", shape=box3d, style=solid",
        NodeKind::Goal => ", style=\"rounded,filled\", fillcolor=\"#a3123a\", fontcolor=white",
        _ => "",
    };
    let told: Vec<&str> =
        std::iter::once(&node.name).chain(&node.details).map(String::as_str).take(TOLD).collect();
    writeln!(
        out,
        "{indent}n{at} [label={}, tooltip={}{look}];",
        quoted(&lines.join("\n")),
        quoted(&told.join("\n"))
    )
}

/// A quoted string: what would end it, or mean something in a label, stays text.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for (number, part) in text.split('\n').enumerate() {
        if number > 0 {
            out.push_str("\\n");
        }
        for c in line(part).chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                // Labels hold entities of HTML.
                '&' => out.push_str("&amp;"),
                c => out.push(c),
            }
        }
    }
    out.push('"');
    out
}
