//! `html`: one page with the picture, and what explains each edge. It works without its script, by keyboard, on a
//! phone and on paper.

use super::layout::{Layout, layout};
use super::matrix;
use super::svg;
use super::{Drawing, Edge};
use crate::escape::{Html, HtmlMessage};
use crate::html::hash;
use std::io::{self, Write};

const STYLE: &str = include_str!("html.css");
const SCRIPT: &str = include_str!("html.js");

/// More vertices than this become a table of groups.
pub(super) const MOST_DRAWN: usize = 200;
/// So many edges are drawn however few vertices there are.
const DENSE: usize = 60;
/// Edges that are explained, and details of each.
const MOST_TOLD: usize = 5_000;
const MOST_DETAILS: usize = 50;

pub(super) fn write(drawing: &Drawing, out: &mut dyn Write) -> io::Result<()> {
    let layout = (!is_table(drawing)).then(|| layout(drawing));
    let order = order(drawing);
    start(drawing, layout.as_ref(), out)?;
    writeln!(out, "<header><p class=\"soft\">seawall</p><h1>{}</h1>", Html(&drawing.title))?;
    if !drawing.summary.is_empty() {
        writeln!(out, "<p>{}</p>", HtmlMessage(&drawing.summary))?;
    }
    writeln!(out, "</header>")?;
    if !drawing.nodes.is_empty() {
        match &layout {
            None => {
                let mut told = vec![false; drawing.edges.len()];
                for edge in &order {
                    told.get_mut(*edge).into_iter().for_each(|told| *told = true);
                }
                matrix::write(drawing, &told, out)?;
            }
            Some(layout) => {
                routes(drawing, out)?;
                figure(drawing, layout, out)?;
            }
        }
        edges(drawing, &order, out)?;
    }
    if !drawing.notes.is_empty() {
        writeln!(out, "<h2>Notes</h2>\n<ul>")?;
        for note in &drawing.notes {
            writeln!(out, "<li>{}</li>", HtmlMessage(note))?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "<script>{SCRIPT}</script>\n</body></html>")
}

/// Whether a table tells more than a picture: too many vertices, or nearly all of them connected.
fn is_table(drawing: &Drawing) -> bool {
    drawing.nodes.len() > MOST_DRAWN || drawing.edges.len() > DENSE.max(3 * drawing.nodes.len())
}

/// The edges that are explained, in order.
fn order(drawing: &Drawing) -> Vec<usize> {
    let edges = drawing.edges.iter().enumerate().filter(|(_, edge)| !edge.is_silent());
    let mut order: Vec<(usize, &Edge)> = edges.collect();
    if drawing.nodes.len() > MOST_DRAWN {
        // As the table has them: a cell leads to the first of its edges.
        let group = |at: usize| drawing.nodes.get(at).map_or("", |node| &node.group);
        order.sort_by_key(|(_, edge)| (group(edge.from), group(edge.to)));
    }
    order.into_iter().take(MOST_TOLD).map(|(number, _)| number).collect()
}

fn start(drawing: &Drawing, layout: Option<&Layout>, out: &mut dyn Write) -> io::Result<()> {
    // A picture is made smaller to fit, but stays readable.
    let least = layout.map_or(0.0, |layout| layout.width * 0.75).round();
    let size = format!("figure .drawing{{max-width:100%;min-width:{least}px;height:auto}}\n");
    let style = [svg::STYLE, &size, STYLE].concat();
    writeln!(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{}'; \
         script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">",
        hash(&style),
        hash(SCRIPT)
    )?;
    writeln!(out, "<meta name=\"referrer\" content=\"no-referrer\">")?;
    writeln!(out, "<title>seawall: {}</title>", Html(&drawing.title))?;
    writeln!(out, "<style>{style}</style></head><body>")
}

/// Buttons that show one way alone.
fn routes(drawing: &Drawing, out: &mut dyn Write) -> io::Result<()> {
    if drawing.routes.len() < 2 {
        return Ok(());
    }
    writeln!(out, "<nav class=\"routes\" aria-label=\"ways\">")?;
    for route in &drawing.routes {
        let edges: Vec<String> = route.edges.iter().map(|edge| (edge + 1).to_string()).collect();
        writeln!(
            out,
            "<button aria-pressed=\"false\" data-edges=\"{}\">{}</button>",
            edges.join(" "),
            Html(&route.title)
        )?;
    }
    writeln!(out, "</nav>")
}

fn figure(drawing: &Drawing, layout: &Layout, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<ul class=\"legend\">")?;
    for kind in drawing.kinds() {
        writeln!(out, "<li class=\"{}\">{}</li>", kind.class(), kind.words())?;
    }
    if drawing.edges.iter().any(|edge| edge.assumed) {
        writeln!(out, "<li class=\"assumed\">only if something is as assumed</li>")?;
    }
    writeln!(out, "</ul>\n<figure tabindex=\"0\">")?;
    svg::picture(drawing, layout, false, out)?;
    writeln!(out, "</figure>")?;
    // Filled by the script with what an edge says.
    writeln!(out, "<aside id=\"told\" aria-live=\"polite\" hidden></aside>")
}

fn edges(drawing: &Drawing, order: &[usize], out: &mut dyn Write) -> io::Result<()> {
    if drawing.edges.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>What each edge means</h2>")?;
    let many = drawing.edges.len() > 20;
    if many {
        writeln!(
            out,
            "<p class=\"search\"><label>Show only <input id=\"search\" type=\"search\" autocomplete=\"off\"></label> \
             <span id=\"shown\" class=\"soft\" role=\"status\"></span></p>"
        )?;
    }
    for &number in order {
        if let Some(edge) = drawing.edges.get(number) {
            explain(drawing, number, edge, out)?;
        }
    }
    let more = drawing.edges.len().saturating_sub(MOST_TOLD);
    if more > 0 {
        writeln!(out, "<p>and {more} more: ask for less, or for another format.</p>")?;
    }
    Ok(())
}

fn explain(drawing: &Drawing, number: usize, edge: &Edge, out: &mut dyn Write) -> io::Result<()> {
    let name = |at: usize| drawing.nodes.get(at).map_or("", |node| &node.name);
    let assumed = if edge.assumed { " assumed" } else { "" };
    writeln!(
        out,
        "<article class=\"told{assumed}\" id=\"edge-{0}\"><h3>{1} → {2}</h3><p>{3}</p>",
        number + 1,
        Html(name(edge.from)),
        Html(name(edge.to)),
        HtmlMessage(&edge.label)
    )?;
    if !edge.details.is_empty() {
        writeln!(out, "<dl>")?;
        for (word, text) in edge.details.iter().take(MOST_DETAILS) {
            writeln!(out, "<div><dt>{}</dt><dd>{}</dd></div>", Html(word), HtmlMessage(text))?;
        }
        let more = edge.details.len().saturating_sub(MOST_DETAILS);
        if more > 0 {
            writeln!(out, "<div><dt></dt><dd>and {more} more</dd></div>")?;
        }
        writeln!(out, "</dl>")?;
    }
    writeln!(out, "</article>")
}
