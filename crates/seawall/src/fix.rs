//! `--fix` and `--diff`: verified fixes, written whole or not at all.

use crate::pipeline::Done;
use anyhow::{Context, Result};
use seawall_controls::verify::{edited, edits_by_source};
use seawall_model::{Change, FieldRef, Finding, Object, Safety};
use seawall_yaml::{Edit, Source};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// What `--fix` did.
#[derive(Default)]
pub(crate) struct Fixed {
    findings: usize,
    files: BTreeSet<String>,
    left: BTreeSet<String>,
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        let (findings, files) = (self.findings, self.files.len());
        write!(f, "fixed {findings} finding{} in {files} file{}", plural(findings), plural(files))?;
        for file in &self.left {
            write!(f, "\nnot written: {}", seawall_report::line(file))?;
        }
        Ok(())
    }
}

/// Applies the verified fixes to the files; says whether any file changed.
pub(crate) fn apply(done: &Done, unsafe_fixes: bool, report: &mut Fixed) -> bool {
    let mut written: BTreeSet<String> = BTreeSet::new();
    for (name, texts) in new_texts(done, unsafe_fixes) {
        match write(&name, &texts) {
            Ok(()) => drop(written.insert(name)),
            Err(error) => drop(report.left.insert(format!("{name}: {error:#}"))),
        }
    }
    let fixable =
        |finding: &&Finding| finding.fix.as_deref().is_some_and(|fix| keep(unsafe_fixes, fix.safety));
    let findings = done.result.findings.iter().filter(fixable);
    report.findings += findings.filter(|finding| written.contains(finding.at.object.file())).count();
    let changed = !written.is_empty();
    report.files.extend(written);
    changed
}

/// Prints what [`apply`] would change as a unified diff.
pub(crate) fn diff(done: &Done, unsafe_fixes: bool) -> Result<()> {
    let color = crate::output::color();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (name, texts) in new_texts(done, unsafe_fixes) {
        for (old, new) in &texts {
            seawall_report::write_diff(&name, old.text(), new, color, &mut out)
                .context("failed to write the diff")?;
        }
    }
    out.flush().context("failed to write the diff")
}

fn keep(unsafe_fixes: bool, safety: Safety) -> bool {
    unsafe_fixes || safety == Safety::Safe
}

/// The old and new text of each file that changes; a huge file has several parts.
type Texts = Vec<(Arc<Source>, String)>;

fn new_texts(done: &Done, unsafe_fixes: bool) -> BTreeMap<String, Texts> {
    let copies: HashMap<*const Object, &[Arc<Object>]> =
        done.unique.copies.iter().map(|(object, copies)| (Arc::as_ptr(object), copies.as_slice())).collect();
    let mut findings: Vec<Finding> = Vec::new();
    for finding in done.result.findings.iter().filter(|finding| finding.fix.is_some()) {
        let places = copies.get(&Arc::as_ptr(&finding.at.object)).copied().unwrap_or_default();
        findings.extend(places.iter().filter_map(|copy| in_copy(finding, copy)));
        findings.push(finding.clone());
    }
    let mut files: BTreeMap<String, Texts> = BTreeMap::new();
    for (source, edits) in edits_by_source(&findings, |safety| keep(unsafe_fixes, safety)) {
        let edits: Vec<Edit> = edits;
        if let Some(new) = edited(&source, &edits)
            && new != source.text()
        {
            files.entry(source.name().to_owned()).or_default().push((source, new));
        }
    }
    files.values_mut().for_each(|texts| texts.sort_by_key(|(source, _)| source.base_byte()));
    files
}

/// The same finding in a copy of its object.
fn in_copy(finding: &Finding, copy: &Arc<Object>) -> Option<Finding> {
    let mut finding = finding.clone();
    let move_to = |at: &FieldRef| at.in_copy(copy);
    let fix = finding.fix.as_mut()?;
    for change in &mut fix.changes {
        *change = match change {
            Change::Set { at, yaml } => Change::Set { at: move_to(at)?, yaml: yaml.clone() },
            Change::Remove { at } => Change::Remove { at: move_to(at)? },
            Change::Append { at, yaml } => Change::Append { at: move_to(at)?, yaml: yaml.clone() },
        };
    }
    Some(finding)
}

/// Replaces the parts of a file that changed, if it still is what was analysed.
fn write(name: &str, texts: &Texts) -> Result<()> {
    anyhow::ensure!(name != "-", "standard input cannot be changed; use --diff");
    let path = Path::new(name);
    anyhow::ensure!(path.is_file(), "only plain files can be changed");
    let old = std::fs::read(path)?;
    let mut new = Vec::with_capacity(old.len() + 256);
    let mut at = 0;
    for (source, text) in texts {
        let start = source.base_byte() as usize;
        let end = start + source.text().len();
        anyhow::ensure!(old.get(start..end) == Some(source.text().as_bytes()), "the file changed meanwhile");
        new.extend_from_slice(old.get(at..start).unwrap_or_default());
        new.extend_from_slice(text.as_bytes());
        at = end;
    }
    new.extend_from_slice(old.get(at..).unwrap_or_default());
    seawall_collect::replace_file(path, |out| out.write_all(&new))?;
    Ok(())
}
