//! Findings that somebody allowed, with a reason.
//!
//! `# seawall: allow RULE[, RULE] -- reason` on the line of the finding or on comment lines right above it, and the
//! annotation `seawall.dev/allow: "RULE[, RULE] -- reason"` on the object or its pod template. Without a reason
//! there is no effect, and the control `suppression-without-reason` speaks.

use foldhash::HashMap;
use seawall_model::{Finding, Object, Suppression};
use seawall_yaml::{Document, Span};
use std::sync::Arc;

/// The annotation.
pub const ANNOTATION: &str = "seawall.dev/allow";

/// What a suppression says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Allowance<'a> {
    /// The rules, as written.
    pub rules: Vec<&'a str>,
    /// The reason, if one is given.
    pub reason: Option<&'a str>,
}

impl<'a> Allowance<'a> {
    /// Reads `RULE[, RULE] -- reason`.
    pub fn read(text: &'a str) -> Self {
        let (rules, reason) = match text.split_once("--") {
            Some((rules, reason)) => (rules, Some(reason.trim()).filter(|reason| !reason.is_empty())),
            None => (text, None),
        };
        let rules = rules.split([',', ' ']).map(str::trim).filter(|rule| !rule.is_empty()).collect();
        Self { rules, reason }
    }

    fn covers(&self, rule: &str) -> Option<&'a str> {
        self.reason.filter(|_| self.rules.contains(&rule))
    }
}

/// The allowance that a comment makes.
pub fn of_comment(document: &Document, comment: Span) -> Option<Allowance<'_>> {
    let text = document.source().text().get(comment.start as usize..comment.end as usize)?;
    let text =
        text.trim_start_matches('#').trim().strip_prefix("seawall:")?.trim_start().strip_prefix("allow")?;
    text.starts_with(char::is_whitespace).then(|| Allowance::read(text))
}

/// Marks the findings that the input itself allows.
pub fn apply(findings: &mut [Finding]) {
    let mut documents: HashMap<*const Document, Vec<(u32, Allowance<'_>)>> = HashMap::default();
    // The documents are kept alive here, so that their allowances may borrow from them while findings change.
    let objects: Vec<Arc<Object>> = findings.iter().map(|finding| finding.at.object.clone()).collect();
    for (finding, object) in findings.iter_mut().zip(&objects) {
        let document = object.document();
        let comments = documents.entry(Arc::as_ptr(document)).or_insert_with(|| allowances(document));
        let by_comment = if comments.is_empty() {
            None
        } else {
            let line = finding.at.location().start.line;
            comments
                .iter()
                .filter(|(at, _)| *at == line)
                .find_map(|(_, allowance)| allowance.covers(finding.rule))
        };
        let reason = by_comment.or_else(|| by_annotation(object, finding.rule));
        if let Some(reason) = reason {
            finding.suppressed = Some(Box::new(Suppression::InSource(reason.to_owned())));
        }
    }
}

/// The allowances of a document's comments, each with the line it speaks about.
fn allowances(document: &Document) -> Vec<(u32, Allowance<'_>)> {
    let source = document.source();
    let text = source.text();
    let mut out = Vec::new();
    for &comment in document.comments() {
        let Some(allowance) = of_comment(document, comment) else { continue };
        let mut offset = comment.start as usize;
        let line_start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
        let mut line = source.place(comment.start).line;
        if text[line_start..offset].trim().is_empty() {
            // A line of its own speaks about the first line below it that is no comment.
            loop {
                line += 1;
                let Some(end) = text[offset..].find('\n') else { break };
                offset += end + 1;
                if !text[offset..].trim_start_matches([' ', '\t']).starts_with('#') {
                    break;
                }
            }
        }
        out.push((line, allowance));
    }
    out
}

fn by_annotation<'o>(object: &'o Arc<Object>, rule: &str) -> Option<&'o str> {
    let own = object.annotation(ANNOTATION);
    let pods = object.pods().filter_map(|pod| pod.metadata().key("annotations").key(ANNOTATION).str());
    own.into_iter().chain(pods).find_map(|text| {
        // Several allowances in one annotation stand on lines of their own.
        text.lines().find_map(|line| Allowance::read(line).covers(rule))
    })
}
