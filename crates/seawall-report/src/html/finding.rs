//! One finding, or several that one edit fixes, as a card that opens.

use crate::edits;
use crate::escape::{Html, HtmlMessage};
use crate::excerpt::Excerpt;
use crate::names;
use crate::redact::mask;
use crate::shown::Sources;
use crate::view::{Block, View};
use seawall_model::{Finding, Severity};
use std::io::{self, Write};
use std::ops::Range;

/// Related places and facts beyond this many are counted.
const MOST: usize = 20;

pub(super) fn write(
    view: &View<'_>,
    block: &Block,
    sources: Option<&mut Sources>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let members: Vec<&Finding> = view.members(block).collect();
    let Some(&first) = members.first() else { return Ok(()) };
    let severity = block.severity.as_str();
    let word = if block.unknown { "unknown" } else { severity };
    // The serious ones are open from the start.
    let open = if block.severity >= Severity::High && !block.unknown { " open" } else { "" };
    writeln!(out, "<article class=\"finding {word}\" data-severity=\"{word}\"><details{open}>")?;
    let message = mask(&first.message);
    write!(out, "<summary><span class=\"badge {word}\">{word}</span> {}", HtmlMessage(&message))?;
    if members.len() > 1 {
        write!(out, " <span class=\"soft\">and {} more that the same edit fixes</span>", members.len() - 1)?;
    }
    // The card stands below its object: the file is told there.
    let place = match names::file(&first.at.object) {
        Some(_) => format!("line {}", first.at.location().start.line),
        None => first.at.field(),
    };
    writeln!(out, " <code class=\"rule\">{}</code></summary><div class=\"body\">", Html(&place))?;
    if block.unknown {
        writeln!(out, "<p class=\"soft\">Cannot be decided from this input; it would be {severity}.</p>")?;
    }
    for finding in members.iter().skip(1) {
        let word = finding.severity.as_str();
        let message = mask(&finding.message);
        writeln!(out, "<p><span class=\"badge {word}\">{word}</span> {}</p>", HtmlMessage(&message))?;
    }
    if let Some(sources) = sources {
        source(&members, sources, out)?;
        facts(&members, out)?;
        fix(&members, sources, out)?;
    } else {
        facts(&members, out)?;
    }
    rules(&members, out)?;
    writeln!(out, "</div></details></article>")
}

fn source(members: &[&Finding], sources: &mut Sources, out: &mut dyn Write) -> io::Result<()> {
    let mut nodes = Vec::new();
    for finding in members {
        if names::file(&finding.at.object).is_some() && !nodes.contains(&finding.at.node) {
            nodes.push(finding.at.node);
            let (excerpt, span) = sources.excerpt(&finding.at, 2);
            lines(&excerpt, &span, out)?;
        }
        if !finding.at.missing.is_empty() {
            writeln!(out, "<p class=\"soft\">Missing: <code>{}</code></p>", Html(&finding.at.field()))?;
        }
    }
    for related in members.iter().flat_map(|finding| finding.related().iter().take(MOST)) {
        let object = names::object(&related.at.object);
        let place = related.at.location().start;
        let file = names::file(&related.at.object).unwrap_or("");
        let message = mask(&related.message);
        writeln!(
            out,
            "<p>{}: {} <code class=\"soft\">{}:{}</code></p>",
            HtmlMessage(&message),
            Html(&object),
            Html(file),
            place.line
        )?;
        let (excerpt, span) = sources.excerpt(&related.at, 0);
        lines(&excerpt, &span, out)?;
    }
    Ok(())
}

/// The blanks that all lines begin with: not shown, because phones are narrow.
fn common_indent<'t>(lines: impl Iterator<Item = &'t str>) -> usize {
    let indents = lines
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len());
    indents.min().unwrap_or(0)
}

/// Source lines with numbers, the place marked.
fn lines(excerpt: &Excerpt, marked: &Range<usize>, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "<pre>")?;
    let indent = common_indent(excerpt.text.split('\n'));
    let mut at = 0;
    for (number, line) in excerpt.text.split('\n').enumerate() {
        let start = marked.start.clamp(at, at + line.len()) - at;
        let end = marked.end.clamp(at, at + line.len()) - at;
        write!(out, "<span><i>{}</i>", excerpt.line as usize + number)?;
        let (before, rest) = line.split_at_checked(start).unwrap_or((line, ""));
        let (middle, after) = rest.split_at_checked(end.saturating_sub(start)).unwrap_or((rest, ""));
        let (before, middle) = match before.get(indent..) {
            Some(shown) => (shown, middle),
            // The mark begins within the indentation.
            None => ("", middle.get(indent - before.len()..).unwrap_or(middle)),
        };
        write!(out, "{}", Html(before))?;
        if !middle.is_empty() {
            write!(out, "<mark>{}</mark>", Html(middle))?;
        }
        write!(out, "{}</span>", Html(after))?;
        at += line.len() + 1;
    }
    writeln!(out, "</pre>")
}

fn facts(members: &[&Finding], out: &mut dyn Write) -> io::Result<()> {
    let mut facts: Vec<&str> = Vec::new();
    for fact in members.iter().flat_map(|finding| finding.evidence()) {
        if !facts.contains(&fact.as_str()) && facts.len() < MOST {
            facts.push(fact);
        }
    }
    if facts.is_empty() {
        return Ok(());
    }
    writeln!(out, "<ul>")?;
    for fact in facts {
        writeln!(out, "<li>{}</li>", HtmlMessage(&mask(fact)))?;
    }
    writeln!(out, "</ul>")
}

fn fix(members: &[&Finding], sources: &mut Sources, out: &mut dyn Write) -> io::Result<()> {
    let fixed: Vec<&Finding> = members.iter().copied().filter(|finding| finding.fix.is_some()).collect();
    let mut described: Vec<&str> = Vec::new();
    for fix in fixed.iter().filter_map(|finding| finding.fix.as_deref()) {
        if !described.contains(&&*fix.description) {
            described.push(&fix.description);
            writeln!(out, "<p><b>{}:</b> {}</p>", capital(edits::label(fix)), HtmlMessage(&fix.description))?;
        }
    }
    let patch = sources.patch(&fixed);
    if patch.is_empty() {
        return Ok(());
    }
    write!(out, "<pre>")?;
    let indent = common_indent(patch.iter().map(|line| line.text.as_str()));
    for line in &patch {
        let (class, sign) = if line.added { ("add", '+') } else { ("del", '-') };
        let text = line.text.get(indent..).unwrap_or("");
        write!(out, "<span class=\"{class}\"><i>{}</i>{sign} {}</span>", line.line, Html(text))?;
    }
    writeln!(out, "</pre>")
}

fn rules(members: &[&Finding], out: &mut dyn Write) -> io::Result<()> {
    let mut rules: Vec<&str> = Vec::new();
    for finding in members {
        if !rules.contains(&finding.rule) {
            rules.push(finding.rule);
        }
    }
    write!(out, "<p class=\"soft\">Why it matters and how to fix it:")?;
    for rule in rules {
        write!(out, " <a href=\"#rule-{0}\"><code>{0}</code></a>", Html(rule))?;
    }
    writeln!(out, "</p>")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}
