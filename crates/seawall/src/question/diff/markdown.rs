//! A comment for a pull request.

use super::super::answer;
use super::changes::{Change, Changes};
use super::connections::Connections;
use super::text::{place, right, summary, who};
use super::ways::Ways;
use seawall_paths::Step;
use seawall_report::markdown;
use std::fmt::Write as _;

/// GitHub refuses comments of 65,536 characters.
const LONGEST: usize = 60_000;

pub(super) fn write(changes: &Changes<'_>, connections: &Connections) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "### seawall: {}\n",
        markdown(&format!("{}{}", summary(changes), connections.summary()))
    );
    let (dangerous, others) = changes.apart();
    if changes.all_allowed {
        out.push_str(
            "**The API server's authorizers include AlwaysAllow now: everybody may do everything.**\n\n",
        );
    }
    if !dangerous.is_empty() {
        out.push_str("**Dangerous**\n\n| who | may now | why it matters | through |\n|---|---|---|---|\n");
        rows(dangerous, true, &mut out);
    }
    ways("Attack paths gained", &changes.paths_gained, true, &mut out);
    for (title, list) in [("Gained", others), ("Lost", changes.lost.as_slice())] {
        if list.is_empty() {
            continue;
        }
        let _ = writeln!(out, "<details><summary>{title}: {}</summary>\n", list.len());
        out.push_str("| who | right | through |\n|---|---|---|\n");
        rows(list, false, &mut out);
        out.push_str("</details>\n\n");
    }
    ways("Attack paths lost", &changes.paths_lost, false, &mut out);
    connections.markdown(&mut out);
    let findings = &changes.findings;
    for (title, list) in [("Findings gained", &findings.gained), ("Findings lost", &findings.lost)] {
        if list.is_empty() {
            continue;
        }
        let _ = writeln!(out, "<details><summary>{title}: {}</summary>\n", list.len());
        out.push_str("| severity | where | what | rule |\n|---|---|---|---|\n");
        for (at, finding) in list.iter().enumerate() {
            let place = markdown(&finding.place());
            let (object, what) = (markdown(&finding.object), markdown(&finding.message));
            let row = format!("| {} | {place}<br>{object} | {what} | {} |\n", finding.severity, finding.rule);
            if out.len() + row.len() > LONGEST {
                let _ = writeln!(out, "\nand {} more: `-o json` lists them", list.len() - at);
                break;
            }
            out.push_str(&row);
        }
        out.push_str("\n</details>\n\n");
    }
    if !changes.unknown.is_empty() {
        out.push_str("**Not known**\n\n");
        for why in &changes.unknown {
            let _ = writeln!(out, "- {}", markdown(why));
        }
    }
    out
}

/// A table of paths; those that are gained are not folded away.
fn ways(title: &str, ways: &Ways, open: bool, out: &mut String) {
    let count = ways.ways.len() + ways.more;
    if count == 0 {
        return;
    }
    let _ = match open {
        true => writeln!(out, "**{title}**\n"),
        false => writeln!(out, "<details><summary>{title}: {count}</summary>\n"),
    };
    out.push_str("| from | to | steps |\n|---|---|---|\n");
    let mut told = 0;
    for way in &ways.ways {
        let also = way.also().map(|also| format!("<br>also {}", markdown(&also))).unwrap_or_default();
        let step = |step: &Step| {
            let assumed = if step.requires.is_empty() { "" } else { " (if as assumed)" };
            format!("{} → {}{assumed}", step.row.info().says, markdown(&step.to.to_string()))
        };
        let steps: Vec<String> = way.path.steps.iter().map(step).collect();
        let (from, to) = (markdown(&way.path.from.to_string()), markdown(&way.path.to.to_string()));
        let row = format!("| {from}{also} | {to} | {} |\n", steps.join("<br>"));
        if out.len() + row.len() > LONGEST {
            break;
        }
        out.push_str(&row);
        told += 1;
    }
    if told < count {
        let _ = writeln!(out, "\nand {} more: `-o json` lists them", count - told);
    }
    out.push_str(if open { "\n" } else { "\n</details>\n\n" });
}

fn rows(list: &[Change<'_>], with_dangers: bool, out: &mut String) {
    for (at, change) in list.iter().enumerate() {
        let row = row(change, with_dangers);
        if out.len() + row.len() > LONGEST {
            let _ = writeln!(out, "\nand {} more: `-o json` lists them", list.len() - at);
            break;
        }
        out.push_str(&row);
    }
    out.push('\n');
}

fn row(change: &Change<'_>, with_dangers: bool) -> String {
    let proof = &change.proof;
    let mut cells =
        vec![format!("{}<br>{}", markdown(&who(change)), markdown(&place(change))), markdown(&right(change))];
    if with_dangers {
        let reasons: Vec<String> = change.dangers.iter().map(|danger| markdown(danger.reason)).collect();
        cells.push(reasons.join("<br>"));
    }
    cells.push(format!(
        "{}, {}<br>{}",
        markdown(&answer::named(proof.binding)),
        markdown(&answer::named(proof.role.object)),
        markdown(&answer::place(proof.subject_at(), proof.binding_built_in)),
    ));
    format!("| {} |\n", cells.join(" | "))
}
