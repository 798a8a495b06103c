//! `docs/reference/rules.md`: the catalogue as a page.

use crate::pages::{HEADER, Pages, cell, codes, first_sentence};
use seawall_controls::{CATALOGUE, Control};
use seawall_model::Safety;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Adds the page.
pub fn write(pages: &mut Pages) {
    let mut areas: BTreeMap<&str, Vec<&Control>> = BTreeMap::new();
    for control in CATALOGUE {
        areas.entry(control.area()).or_default().push(control);
    }
    let mut out = format!(
        "{HEADER}# Rules\n\n{} rules in {} areas. `seawall explain RULE` prints the same on a terminal, and \
         `seawall rules -o json` gives all of it to programs. *safe* and *unsafe* say whether a rule offers a fix for \
         `--fix` or `--fix --unsafe`; not every finding can be fixed by an edit. A finding may be less or more severe \
         than its rule, where the objects around it say so.\n",
        CATALOGUE.len(),
        areas.len(),
    );
    for (area, controls) in &areas {
        let _ = write!(out, "\n## {area}\n\n| rule | severity | fix | finds |\n| --- | --- | --- | --- |\n");
        for control in controls {
            let _ = writeln!(
                out,
                "| [{id}](#{id}) | {} | {} | {} |",
                control.severity.as_str(),
                control.fix.map_or("", word),
                cell(first_sentence(control.finds)),
                id = control.id,
            );
        }
    }
    for (area, controls) in &areas {
        let _ = write!(out, "\n# Area {area}\n");
        for control in controls {
            rule(control, &mut out);
        }
    }
    pages.add("docs/reference/rules.md", out);
}

fn word(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => "safe",
        Safety::Unsafe => "unsafe",
    }
}

fn rule(control: &Control, out: &mut String) {
    let _ = write!(out, "\n## {}\n\n**{}**", control.id, control.severity.as_str());
    if let Some(safety) = control.fix {
        let _ = write!(out, " · fix: {}", word(safety));
    }
    let _ = write!(out, " · since {}\n\n{}\n", control.since, control.finds.trim_end());
    for (title, text) in [("Why it matters", control.why), ("Fix", control.mend)] {
        if !text.trim().is_empty() {
            let _ = write!(out, "\n**{title}.** {}\n", text.trim_end());
        }
    }
    let mut facts: Vec<String> = Vec::new();
    let lists = [
        ("Practices", control.practices),
        ("CIS 1.12", control.cis),
        ("NSA/CISA", control.nsa),
        ("Similar checks elsewhere", control.aliases),
    ];
    for (title, list) in lists {
        if !list.is_empty() {
            facts.push(format!("- {title}: {}", codes(list.iter().copied())));
        }
    }
    if let Some(level) = control.pss {
        facts.push(format!("- Pod Security Standards: forbidden by {level}"));
    }
    facts.extend(control.references.iter().map(|reference| format!("- <{reference}>")));
    if !facts.is_empty() {
        let _ = write!(out, "\n{}\n", facts.join("\n"));
    }
}
