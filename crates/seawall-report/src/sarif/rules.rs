//! Rule metadata: what code scanning shows as help.

use seawall_controls::{Control, find};
use seawall_model::{Finding, Severity};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The rules of `findings`, sorted.
pub(super) fn used<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<&'static str> {
    findings.map(|finding| finding.rule).collect::<BTreeSet<_>>().into_iter().collect()
}

pub(super) fn descriptor(rule: &str) -> Value {
    let control = find(rule).unwrap_or(&Control::EMPTY);
    let name = if control.finds.is_empty() { rule } else { one_line(control.finds) };
    let mut descriptor = json!({
        "id": rule,
        "name": pascal_case(rule),
        "shortDescription": { "text": first_sentence(name) },
        "fullDescription": { "text": name },
        "help": { "text": help_text(control, rule), "markdown": help_markdown(control, rule) },
        "defaultConfiguration": { "level": super::level(control.severity) },
        "properties": {
            "tags": tags(control),
            "precision": "very-high",
            "security-severity": security_severity(control.severity),
        },
    });
    if let (Some(reference), Value::Object(fields)) = (control.references.first(), &mut descriptor) {
        fields.insert("helpUri".to_owned(), json!(reference));
    }
    descriptor
}

/// GitHub sorts by this number: above 9 critical, above 7 high, above 4 medium.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "1.0",
    }
}

fn tags(control: &Control) -> Vec<String> {
    let mut tags = vec!["security".to_owned(), "kubernetes".to_owned()];
    tags.extend(Some(control.area()).filter(|area| !area.is_empty()).map(str::to_owned));
    tags.extend(control.practices.iter().map(|practice| (*practice).to_owned()));
    tags.extend(control.cis.iter().map(|section| format!("cis-1.12/{section}")));
    tags.extend(control.pss.iter().map(|level| format!("pss/{level}")));
    tags
}

fn help_text(control: &Control, rule: &str) -> String {
    if control.id.is_empty() {
        return rule.to_owned();
    }
    format!("{}\n\nWhy it matters: {}\n\nFix: {}", control.finds, control.why, control.mend)
}

fn help_markdown(control: &Control, rule: &str) -> String {
    if control.id.is_empty() {
        return format!("`{rule}`");
    }
    let mut out = format!(
        "{}\n\n**Why it matters**\n\n{}\n\n**Fix**\n\n{}\n",
        control.finds, control.why, control.mend
    );
    if !control.references.is_empty() {
        out.push_str("\n**References**\n\n");
        for reference in control.references {
            let _ = writeln!(out, "- <{reference}>");
        }
    }
    out
}

fn one_line(text: &str) -> &str {
    text.trim()
}

fn first_sentence(text: &str) -> &str {
    let end = [". ", ".\n"].iter().filter_map(|stop| text.find(stop)).min().map_or(text.len(), |at| at + 1);
    text.get(..end).unwrap_or(text)
}

fn pascal_case(rule: &str) -> String {
    rule.split('-')
        .flat_map(|word| {
            let mut chars = word.chars();
            chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars)
        })
        .collect()
}
