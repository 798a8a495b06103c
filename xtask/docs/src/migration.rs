//! `docs/reference/migration.md`: ids of other tools and the rules that look at the same thing.

use crate::pages::{HEADER, Pages};
use anyhow::{Result, bail};
use seawall_controls::CATALOGUE;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The tools and how their ids begin.
const TOOLS: [(&str, &[&str]); 6] = [
    ("Trivy", &["KSV", "KCV"]),
    ("Checkov", &["CKV"]),
    ("kube-linter", &["kube-linter:"]),
    ("Polaris", &["polaris:"]),
    ("kube-score", &["kube-score:"]),
    ("Kubescape", &["C-"]),
];

/// Adds the page.
pub fn write(pages: &mut Pages) -> Result<()> {
    let mut tools: BTreeMap<usize, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    for control in CATALOGUE {
        for alias in control.aliases {
            let tool =
                TOOLS.iter().position(|(_, starts)| starts.iter().any(|start| alias.starts_with(start)));
            let Some(tool) = tool else {
                bail!(
                    "{}: the alias `{alias}` belongs to no known tool (xtask/docs/src/migration.rs)",
                    control.id
                );
            };
            tools.entry(tool).or_default().entry(alias).or_default().push(control.id);
        }
    }
    let mut out = format!(
        "{HEADER}# Coming from another tool\n\nWhich rule looks at what an id of another tool looks at. The entries \
         say that the subject is the same, not that the verdict is: seawall decides by what Kubernetes does with the \
         object, so it may report less or more than the other check. `seawall explain ID` finds a rule by these ids, \
         too; comments that silence other tools have no effect here.\n"
    );
    for (tool, aliases) in tools {
        let Some((name, _)) = TOOLS.get(tool) else { continue };
        let _ = write!(out, "\n## {name}\n\n| id | rules |\n| --- | --- |\n");
        for (alias, rules) in aliases {
            let rules: Vec<String> = rules.iter().map(|rule| format!("[{rule}](rules.md#{rule})")).collect();
            let id = alias.split_once(':').map_or(alias, |(_, id)| id);
            let _ = writeln!(out, "| `{id}` | {} |", rules.join(", "));
        }
    }
    pages.add("docs/reference/migration.md", out);
    Ok(())
}
