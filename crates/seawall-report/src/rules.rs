//! `rules` and `explain`: the catalogue, and one rule of it.

use crate::escape::Pretty;
use crate::style::Paint;
use crate::table::{Align, Cell, Table, wrap};
use crate::{Framework, Options, Standing, names};
use schemars::JsonSchema;
use seawall_controls::Control;
use seawall_model::Safety;
use serde::Serialize;
use std::io::{self, Write};

const SCHEMA: &str = "seawall.dev/rules/v1";

/// `rules -o json` and `explain -o json`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Rules")]
struct Rules<'c> {
    /// Name and version of this shape: `seawall.dev/rules/v1`.
    schema: &'static str,
    /// Sorted by id.
    rules: Vec<Rule<'c>>,
}

/// One rule.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Rule<'c> {
    /// Its id.
    rule: &'c str,
    /// Its area, such as `pod` or `rbac`.
    area: &'c str,
    /// Its usual severity.
    severity: &'static str,
    /// The best fix it offers: `safe`, `unsafe`, or absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<&'static str>,
    /// The version of seawall that brought it.
    since: &'c str,
    /// What it finds.
    finds: &'c str,
    /// Why that is bad.
    why: &'c str,
    /// How to mend it.
    how_to_fix: &'c str,
    /// Where to read more.
    references: &'c [&'c str],
    /// Practices that it serves.
    practices: &'c [&'c str],
    /// Sections of the CIS Kubernetes Benchmark 1.12.
    cis: &'c [&'c str],
    /// The Pod Security level that forbids it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pss: Option<&'c str>,
    /// Sections of the NSA/CISA Kubernetes Hardening Guidance.
    nsa: &'c [&'c str],
    /// Similar checks of other tools.
    aliases: &'c [&'c str],
}

impl<'c> Rule<'c> {
    fn of(control: &'c Control) -> Self {
        Self {
            rule: control.id,
            area: control.area(),
            severity: control.severity.as_str(),
            fix: control.fix.map(fix_word),
            since: control.since,
            finds: control.finds,
            why: control.why,
            how_to_fix: control.mend,
            references: control.references,
            practices: control.practices,
            cis: control.cis,
            pss: control.pss,
            nsa: control.nsa,
            aliases: control.aliases,
        }
    }
}

fn fix_word(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => "safe",
        Safety::Unsafe => "unsafe",
    }
}

/// The JSON schema of `rules -o json`, for `docs/schemas/rules-v1.json`.
pub fn rules_schema() -> schemars::Schema {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Rules<'static>>();
    schema.insert("$id".into(), "https://seawall.dev/schemas/rules-v1.json".into());
    schema
}

/// Writes controls as JSON; `explain -o json` gives one.
///
/// # Errors
/// Those of `out`.
pub fn write_rules_json(controls: &[&Control], out: &mut dyn Write) -> io::Result<()> {
    let rules = Rules { schema: SCHEMA, rules: controls.iter().map(|control| Rule::of(control)).collect() };
    rules.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, Pretty::default()))?;
    out.write_all(b"\n")
}

/// Writes controls as a table: id, severity, fix, and what is found.
///
/// # Errors
/// Those of `out`.
pub fn write_rules(controls: &[&Control], options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint::new(options.color);
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Left, Align::Left], 0);
    let heads = ["rule", "severity", "fix", "area"];
    table.row(heads.map(|head| Cell::painted(head, paint.dim(head))).to_vec());
    for control in controls {
        let severity = control.severity.as_str();
        table.row(vec![
            control.id.into(),
            Cell::painted(severity, paint.severity(control.severity, severity)),
            control.fix.map_or("", fix_word).into(),
            control.area().into(),
        ]);
    }
    table.write(out)?;
    writeln!(
        out,
        "\n{}. `seawall explain RULE` says what one finds, why, and how to mend it.",
        names::count(controls.len(), "rule")
    )
}

/// Writes the requirements of a framework and the rules that decide them.
///
/// # Errors
/// Those of `out`.
pub fn write_framework(framework: &Framework, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint::new(options.color);
    writeln!(out, "{}", paint.bold(&framework.title))?;
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Left], 2);
    let mut counts = [("decided", 0_usize), ("needs a node", 0), ("needs a cluster", 0), ("manual", 0)];
    for requirement in &framework.requirements {
        let at = match requirement.standing {
            Standing::Decided | Standing::NotInInput => 0,
            Standing::NeedsNode => 1,
            Standing::NeedsCluster => 2,
            Standing::Manual => 3,
        };
        let word = counts.get(at).map_or("", |(word, _)| word);
        if let Some((_, count)) = counts.get_mut(at) {
            *count += 1;
        }
        table.row(vec![requirement.id.as_str().into(), word.into(), requirement.title.as_str().into()]);
        if !requirement.rules.is_empty() {
            let rules = requirement.rules.join(", ");
            table.row(vec!["".into(), "".into(), Cell::painted(rules.clone(), paint.dim(rules))]);
        }
    }
    table.write(out)?;
    let parts: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    writeln!(out, "\n{}: {}.", names::count(framework.requirements.len(), "requirement"), parts.join(", "))
}

/// Writes everything about one rule.
///
/// # Errors
/// Those of `out`.
pub fn write_explain(control: &Control, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint::new(options.color);
    let severity = control.severity.as_str();
    writeln!(out, "{}  {}\n", paint.bold(control.id), paint.severity(control.severity, severity))?;
    for (title, text) in [("", control.finds), ("Why it matters", control.why), ("Fix", control.mend)] {
        section(title, text, options, paint, out)?;
    }
    if let Some(safety) = control.fix {
        let what = match safety {
            Safety::Safe => "seawall scan --fix mends it without changing what a working application does.",
            Safety::Unsafe => "seawall scan --fix --unsafe mends it, though an application may stop working.",
        };
        section("", what, options, paint, out)?;
    }
    let mut table = Table::new(&[Align::Left, Align::Left], 0);
    let lists = [
        ("Practices", control.practices),
        ("CIS 1.12", control.cis),
        ("NSA/CISA", control.nsa),
        ("Similar checks", control.aliases),
        ("References", control.references),
    ];
    for (title, list) in lists {
        for (number, entry) in list.chunks(if title == "References" { 1 } else { 6 }).enumerate() {
            let title = if number == 0 { title } else { "" };
            table.row(vec![Cell::painted(title, paint.dim(title)), entry.join(", ").into()]);
        }
    }
    if let Some(level) = control.pss {
        table.row(vec![
            Cell::painted("Pod Security", paint.dim("Pod Security")),
            format!("forbidden by {level}").into(),
        ]);
    }
    table.row(vec![Cell::painted("Since", paint.dim("Since")), control.since.into()]);
    let allow = format!("# seawall: allow {} -- reason", control.id);
    table.row(vec![Cell::painted("Allow it once", paint.dim("Allow it once")), allow.into()]);
    table.write(out)
}

fn section(title: &str, text: &str, options: &Options, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    if text.trim().is_empty() {
        return Ok(());
    }
    if !title.is_empty() {
        writeln!(out, "{}", paint.bold(title))?;
    }
    for paragraph in text.split("\n\n") {
        // Lists and code keep their lines.
        let keeps = paragraph
            .lines()
            .any(|line| line.starts_with("- ") || line.starts_with("  ") || line.starts_with("```"));
        if keeps {
            writeln!(out, "{paragraph}")?;
        } else {
            for line in wrap(paragraph, options.width.clamp(40, 100)) {
                writeln!(out, "{line}")?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}
