//! `practices.md`: each practice of the mission, the rules that serve it, how it is enforced and what proves it.

use crate::pages::{HEADER, Pages, cell};
use anyhow::{Context, Result, bail, ensure};
use seawall_controls::{CATALOGUE, Control};
use std::fmt::Write;
use std::path::Path;

const DATA: &str = include_str!("../practices.tsv");

/// A row of the data.
struct Practice {
    id: &'static str,
    practice: &'static str,
    /// What proves the engine that decides it; `—` when there is nothing beside the tests of the rules.
    proof: &'static str,
    /// What is to serve it later.
    later: &'static str,
}

/// Adds the page; an error when a rule names a practice that is none.
pub fn write(pages: &mut Pages, root: &Path) -> Result<()> {
    let practices = read()?;
    for control in CATALOGUE {
        for id in control.practices {
            if !practices.iter().any(|practice| practice.id == *id) {
                bail!("{} names the practice `{id}`, which xtask/docs/practices.tsv lacks", control.id);
            }
        }
    }
    let served = practices.iter().filter(|practice| !rules_of(practice).is_empty()).count();
    let mut out = format!(
        "{HEADER}# Practices\n\nThe {} practices of a secure cluster that seawall is made for, which rules of today's \
         catalogue look at each, how it is enforced, and what proves the answer. {served} are served by rules now; \
         the others say so. No row is complete: rules read manifests and configuration files, so what only a running \
         cluster or node shows is not served yet anywhere. The last column says what is planned.\n\n\
         *Enforcement* so far is a build that fails: `seawall scan` exits with 1 when a finding is at or above \
         `--fail-on`, and `--fix` mends what can be mended. Nothing is enforced in a running cluster yet. *Proof* \
         counts Markdown tests: each holds manifests that must be found, the mended text, and manifests that must \
         not be found.\n\n\
         | practice | meaning | rules | enforcement | proof | planned |\n| --- | --- | --- | --- | --- | --- |\n",
        practices.len(),
    );
    for practice in &practices {
        let rules = rules_of(practice);
        let (list, enforcement, proof) = if rules.is_empty() {
            ("**not served yet**".to_owned(), "none yet".to_owned(), "none yet".to_owned())
        } else {
            (links(&rules), enforcement(&rules), proof(practice, &rules, root))
        };
        writeln!(
            out,
            "| `{}` | {} | {list} | {enforcement} | {} | {} |",
            practice.id,
            cell(practice.practice),
            cell(&proof),
            cell(practice.later),
        )?;
    }
    pages.add("practices.md", out);
    Ok(())
}

fn read() -> Result<Vec<Practice>> {
    let rows = DATA.lines().skip(1).map(|line| {
        let mut cells = line.split('\t');
        let mut next = || cells.next().with_context(|| format!("practices.tsv: too few columns in `{line}`"));
        let practice = Practice { id: next()?, practice: next()?, proof: next()?, later: next()? };
        ensure!(cells.next().is_none(), "practices.tsv: too many columns in `{line}`");
        Ok(practice)
    });
    rows.collect()
}

fn rules_of(practice: &Practice) -> Vec<&'static Control> {
    CATALOGUE.iter().copied().filter(|control| control.practices.contains(&practice.id)).collect()
}

fn links(rules: &[&Control]) -> String {
    let links: Vec<String> =
        rules.iter().map(|rule| format!("[{id}](docs/reference/rules.md#{id})", id = rule.id)).collect();
    format!("{}: {}", rules.len(), links.join(", "))
}

fn enforcement(rules: &[&Control]) -> String {
    let fixes = rules.iter().filter(|rule| rule.fix.is_some()).count();
    match fixes {
        0 => "in builds".into(),
        _ => format!("in builds; {fixes} of {} rules offer a fix", rules.len()),
    }
}

fn proof(practice: &Practice, rules: &[&Control], root: &Path) -> String {
    let folder = root.join("crates/seawall-controls/tests");
    let tested =
        rules.iter().filter(|rule| folder.join(format!("{}/{}.md", rule.area(), rule.id)).is_file()).count();
    let tests = format!("{tested} of {} rules have Markdown tests", rules.len());
    if practice.proof == "—" { tests } else { format!("{tests}. {}", practice.proof) }
}
