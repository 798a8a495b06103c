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

/// How many comments may speak about one line.
const COMMENTS: usize = 100;

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
    let mut annotations: HashMap<*const Object, HashMap<&str, &str>> = HashMap::default();
    // The documents are kept alive here, so that their allowances may borrow from them while findings change.
    let objects: Vec<Arc<Object>> = findings.iter().map(|finding| finding.at.object.clone()).collect();
    for (finding, object) in findings.iter_mut().zip(&objects) {
        let document = object.document();
        let comments = documents.entry(Arc::as_ptr(document)).or_insert_with(|| allowances(document));
        let by_comment = if comments.is_empty() {
            None
        } else {
            let line = finding.at.location().start.line;
            let first = comments.partition_point(|(at, _)| *at < line);
            let here = comments.iter().skip(first).take_while(|(at, _)| *at == line);
            here.take(COMMENTS).find_map(|(_, allowance)| allowance.covers(finding.rule))
        };
        let allowed = annotations.entry(Arc::as_ptr(object)).or_insert_with(|| by_annotation(object));
        let reason = by_comment.or_else(|| allowed.get(finding.rule).copied());
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
    // The line that comments on lines of their own speak about: the first one below that is no comment. From the last
    // comment to the first, so that a run of comments is walked once.
    let mut below: Option<(u32, u32)> = None;
    for &comment in document.comments().iter().rev() {
        let line = source.place(comment.start).line;
        let start = comment.start as usize;
        let blanks = text.get(..start).unwrap_or("").trim_end_matches([' ', '\t']);
        let own_line = blanks.is_empty() || blanks.ends_with('\n');
        let target = match below {
            _ if !own_line => line,
            Some((next, target)) if next == line + 1 => target,
            _ => line + 1,
        };
        below = own_line.then_some((line, target));
        if let Some(allowance) = of_comment(document, comment) {
            out.push((target, allowance));
        }
    }
    out.reverse();
    out
}

/// The reasons that an object's annotation and those of its pod templates give, by rule; of several the first.
fn by_annotation(object: &Arc<Object>) -> HashMap<&str, &str> {
    let own = object.annotation(ANNOTATION);
    let pods = object.pods().filter_map(|pod| pod.metadata().key("annotations").key(ANNOTATION).str());
    let mut reasons = HashMap::default();
    // Several allowances in one annotation stand on lines of their own.
    for allowance in own.into_iter().chain(pods).flat_map(str::lines).map(Allowance::read) {
        if let Some(reason) = allowance.reason {
            for rule in allowance.rules {
                reasons.entry(rule).or_insert(reason);
            }
        }
    }
    reasons
}
