//! `svg`: the picture, light or dark as the reader's system is.

use super::layout::{Box, Lane, Layout, Line, layout};
use super::text::{SMALL, wrap};
use super::{Drawing, Edge, Node, NodeKind};
use crate::escape::Html;
use std::io::{self, Write};

/// The colours and fonts, of the picture alone and inside of a page.
pub(super) const STYLE: &str = include_str!("svg.css");
/// Details that a tooltip tells.
const TOLD: usize = 12;

pub(super) fn write(drawing: &Drawing, out: &mut dyn Write) -> io::Result<()> {
    picture(drawing, &layout(drawing), true, out)
}

/// The picture; inside of a page (`!alone`) edges are links to what explains them, and the page has the style.
pub(super) fn picture(
    drawing: &Drawing,
    layout: &Layout,
    alone: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let head = if alone { 44.0 } else { 0.0 };
    let width = if alone { layout.width.max(480.0) } else { layout.width }.ceil();
    // A page has the notes beside the picture.
    let notes: Vec<String> = if alone { notes(drawing, width) } else { Vec::new() };
    let below = if notes.is_empty() { 0.0 } else { 12.0 + 16.0 * notes.len() as f64 };
    let height = (head + layout.height + below).ceil();
    let namespace = if alone { " xmlns=\"http://www.w3.org/2000/svg\"" } else { "" };
    writeln!(
        out,
        "<svg{namespace} class=\"drawing\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"group\" aria-label=\"{}\">",
        Html(&drawing.title)
    )?;
    if alone {
        writeln!(out, "<title>{}</title>\n<style>{STYLE}</style>", Html(&drawing.title))?;
        writeln!(out, "<rect class=\"page\" width=\"100%\" height=\"100%\"/>")?;
        writeln!(out, "<text class=\"title\" x=\"16\" y=\"24\">{}</text>", Html(&drawing.title))?;
        writeln!(out, "<text class=\"caption\" x=\"16\" y=\"42\">{}</text>", Html(&drawing.summary))?;
        for (at, note) in notes.iter().enumerate() {
            let y = Number(head + layout.height + 14.0 + 16.0 * at as f64);
            writeln!(out, "<text class=\"caption\" x=\"16\" y=\"{y}\">{}</text>", Html(note))?;
        }
        writeln!(out, "<g transform=\"translate(0 {head})\">")?;
    }
    for one in &layout.lanes {
        lane(one, layout, out)?;
    }
    for (number, (edge, line)) in drawing.edges.iter().zip(&layout.lines).enumerate() {
        write_edge(drawing, (number, edge, line), alone, out)?;
    }
    for (number, (node, shape)) in drawing.nodes.iter().zip(&layout.boxes).enumerate() {
        write_node(number, node, shape, out)?;
    }
    if alone {
        writeln!(out, "</g>")?;
    }
    writeln!(out, "</svg>")
}

/// The notes, in lines that fit.
fn notes(drawing: &Drawing, width: f64) -> Vec<String> {
    let columns = ((width - 32.0) / SMALL) as usize;
    drawing.notes.iter().take(TOLD).flat_map(|note| wrap(note, columns, 3)).collect()
}

fn lane(lane: &Lane, layout: &Layout, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<g class=\"lane\"><rect x=\"4\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"8\"/><text x=\"12\" y=\"{}\">{}</text></g>",
        Number(lane.y - 26.0),
        Number(layout.width - 8.0),
        Number(lane.height + 38.0),
        Number(lane.y - 10.0),
        Html(if lane.name.is_empty() { "(no namespace)" } else { &lane.name })
    )
}

fn write_edge(
    drawing: &Drawing,
    (number, edge, line): (usize, &Edge, &Line),
    alone: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let assumed = if edge.assumed { " assumed" } else { "" };
    let is_outside = |at: usize| drawing.nodes.get(at).is_some_and(|node| node.kind == NodeKind::Outside);
    // What is open to everybody must be seen at once.
    let entrance = if is_outside(edge.from) { " entrance" } else { "" };
    let name = |at: usize| drawing.nodes.get(at).map_or("", |node| &node.name);
    let (from, to) = (name(edge.from), name(edge.to));
    let is_link = !alone && !edge.is_silent();
    write!(out, "<{} class=\"edge{assumed}{entrance}\"", if is_link { "a" } else { "g" })?;
    if is_link {
        write!(out, " href=\"#edge-{}\"", number + 1)?;
    }
    if !alone {
        write!(out, " data-edge=\"{}\" data-from=\"{}\" data-to=\"{}\"", number + 1, edge.from, edge.to)?;
    }
    let colon = if edge.label.is_empty() { "" } else { ": " };
    write!(out, "><title>{}", Html(&format!("{from} → {to}{colon}{}", edge.label)))?;
    for (word, text) in edge.details.iter().take(TOLD) {
        write!(out, "\n{}", Html(&format!("{word}: {text}")))?;
    }
    let path = path(line);
    write!(out, "</title><path class=\"hit\" d=\"{path}\"/><path class=\"line\" d=\"{path}\"/>")?;
    if drawing.nodes.get(edge.to).is_some_and(|node| node.kind != NodeKind::Join) {
        write!(out, "<path class=\"head\" d=\"{}\"/>", head(&line.points))?;
    }
    if let Some((x, y, lines)) = &line.label {
        let first = y - (lines.len() as f64 - 1.0) * 7.0 + 4.0;
        write!(out, "<text class=\"label\">")?;
        for (at, line) in lines.iter().enumerate() {
            write!(
                out,
                "<tspan x=\"{}\" y=\"{}\">{}</tspan>",
                Number(*x),
                Number(first + at as f64 * 14.0),
                Html(line)
            )?;
        }
        write!(out, "</text>")?;
    }
    writeln!(out, "</{}>", if is_link { "a" } else { "g" })
}

fn write_node(number: usize, node: &Node, shape: &Box, out: &mut dyn Write) -> io::Result<()> {
    let Box { x, y, width, height, name, caption } = shape;
    write!(
        out,
        "<g class=\"node {}\" data-node=\"{number}\"><title>{}",
        node.kind.class(),
        Html(&node.name)
    )?;
    for detail in
        std::iter::once(&node.caption).chain(&node.details).filter(|text| !text.is_empty()).take(TOLD)
    {
        write!(out, "\n{}", Html(detail))?;
    }
    let round = match node.kind {
        NodeKind::Outside | NodeKind::Join => height / 2.0,
        NodeKind::Machine => 0.0,
        _ => 7.0,
    };
    write!(
        out,
        "</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
        Number(*x),
        Number(*y),
        Number(*width),
        Number(*height),
        Number(round)
    )?;
    let middle = Number(x + width / 2.0);
    if node.kind == NodeKind::Join {
        return writeln!(
            out,
            "<text class=\"name\" x=\"{middle}\" y=\"{}\">&amp;</text></g>",
            Number(y + height / 2.0 + 5.0)
        );
    }
    let baseline = if caption.is_empty() { y + height / 2.0 + 5.0 } else { y + 19.0 };
    write!(out, "<text class=\"name\" x=\"{middle}\" y=\"{}\">{}</text>", Number(baseline), Html(name))?;
    if !caption.is_empty() {
        write!(
            out,
            "<text class=\"caption\" x=\"{middle}\" y=\"{}\">{}</text>",
            Number(y + 35.0),
            Html(caption)
        )?;
    }
    writeln!(out, "</g>")
}

/// A curve through the points, level at each.
fn path(line: &Line) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    for (at, (x, y)) in line.points.iter().enumerate() {
        let lifted = at == 0 || line.gap.is_some_and(|gap| gap + 1 == at);
        let before = at.checked_sub(1).and_then(|at| line.points.get(at)).filter(|_| !lifted);
        let _ = match before {
            None => write!(out, "M{} {}", Number(*x), Number(*y)),
            Some((_, last)) if (last - y).abs() < 0.05 => write!(out, "H{}", Number(*x)),
            Some((before, _)) if (before - x).abs() < 0.05 => write!(out, "V{}", Number(*y)),
            Some((before, last)) => {
                let middle = Number((before + x) / 2.0);
                write!(
                    out,
                    "C{middle} {} {middle} {} {} {}",
                    Number(*last),
                    Number(*y),
                    Number(*x),
                    Number(*y)
                )
            }
        };
    }
    out
}

/// The tip of an arrow at the last point.
fn head(points: &[(f64, f64)]) -> String {
    let Some((x, y)) = points.last().copied() else { return String::new() };
    // A column as wide as its box leaves no way between the two.
    let apart = |(one, other): &&(f64, f64)| (one - x).abs() > 0.05 || (other - y).abs() > 0.05;
    let Some((before, above)) = points.iter().rev().find(apart) else { return String::new() };
    let tip = |x1, y1, x2, y2| {
        format!("M{} {}L{} {}L{} {}Z", Number(x), Number(y), Number(x1), Number(y1), Number(x2), Number(y2))
    };
    if (before - x).abs() < 0.05 {
        let back = if *above < y { -8.0 } else { 8.0 };
        return tip(x - 4.0, y + back, x + 4.0, y + back);
    }
    let back = if *before < x { -8.0 } else { 8.0 };
    tip(x + back, y - 4.0, x + back, y + 4.0)
}

/// A number with at most one digit behind the point.
struct Number(f64);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tenths = (self.0 * 10.0).round() as i64;
        let sign = if tenths < 0 { "-" } else { "" };
        match (tenths.abs() / 10, tenths.abs() % 10) {
            (whole, 0) => write!(f, "{sign}{whole}"),
            (whole, rest) => write!(f, "{sign}{whole}.{rest}"),
        }
    }
}
