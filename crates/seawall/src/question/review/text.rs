//! For people: who becomes administrator, what is dangerous, which paths open, and what would do instead.

use super::super::diff::changes::Changes;
use super::super::diff::text as told;
use super::super::paths::write_path;
use super::Administrator;
use super::confine::Confined;
use crate::output;
use anyhow::Result;
use std::io::Write;

pub(super) fn write(
    changes: &Changes<'_>,
    administrators: &[Administrator],
    confined: &Confined,
    quiet: bool,
    out: &mut dyn Write,
) -> Result<()> {
    writeln!(out, "{}", output::strong(&summary(changes, administrators)))?;
    let (open, disguised): (Vec<_>, Vec<_>) = administrators.iter().partition(|one| one.openly);
    for (title, list) in [("Cluster administrator in disguise", disguised), ("Cluster administrator", open)] {
        if !list.is_empty() {
            writeln!(out, "\n{}", output::strong(title))?;
            list.iter().try_for_each(|one| write_path(&one.path, out))?;
        }
    }
    told::write_gained(changes, out)?;
    told::write_findings("Findings", &changes.findings.gained, out)?;
    confinement(confined, out)?;
    told::write_unknown(changes, quiet, out)
}

fn summary(changes: &Changes<'_>, administrators: &[Administrator]) -> String {
    let (dangerous, others) = changes.apart();
    let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let ways = changes.paths_gained.ways.len() + changes.paths_gained.more;
    let risky = if dangerous.is_empty() { String::new() } else { format!(", {} dangerous", dangerous.len()) };
    let administrators = match administrators.len() {
        0 => String::new(),
        number => format!("; {number} of its identities can be cluster administrator"),
    };
    format!(
        "it asks for {}{risky}, opens {}{administrators}",
        count(dangerous.len() + others.len(), "right"),
        count(ways, "attack path"),
    )
}

fn confinement(confined: &Confined, out: &mut dyn Write) -> Result<()> {
    if confined.bindings.is_empty() && confined.kept.is_empty() {
        return Ok(());
    }
    let line = |text: &str| seawall_report::line(text).into_owned();
    writeln!(out, "\n{}", output::strong("Confined to one namespace"))?;
    for one in &confined.bindings {
        writeln!(
            out,
            "  ClusterRoleBinding {} could be a RoleBinding in namespace {}",
            line(&one.binding),
            line(&one.namespace)
        )?;
        one.notes.iter().try_for_each(|note| writeln!(out, "     {}", line(note)))?;
    }
    for one in &confined.kept {
        writeln!(out, "  ClusterRoleBinding {} stays: {}", line(&one.binding), line(&one.why))?;
    }
    if confined.manifest.is_empty() {
        return Ok(());
    }
    let closes: Vec<String> =
        confined.closes.ways.iter().map(|way| format!("{} → {}", way.path.from, way.path.to)).collect();
    match closes.as_slice() {
        [] => {
            writeln!(out, "  It closes no attack path; what it could do elsewhere, it cannot do any more.")?
        }
        all => {
            writeln!(out, "  It closes the attack paths")?;
            all.iter().try_for_each(|way| writeln!(out, "     {}", line(way)))?;
        }
    }
    writeln!(out, "  In place of {}:\n", line(&confined.replaces.join(", ")))?;
    confined.manifest.lines().try_for_each(|text| writeln!(out, "{}", line(text)))?;
    Ok(())
}
