//! `seawall rules` and `seawall explain`: the catalogue.

use crate::cli::{Explain, Rules, TableFormat};
use crate::output::plain_options;
use crate::{Exit, select};
use anyhow::{Result, bail};
use seawall_controls::framework::{self as frameworks, DecidedBy, concerns};
use seawall_controls::{CATALOGUE, Control, World};
use seawall_model::{Cluster, Object, Version};
use seawall_report::{Requirement, Standing};
use seawall_world::Coverage;
use std::io::Write;
use std::sync::Arc;

/// Lists the catalogue.
pub(crate) fn run(rules: &Rules) -> Result<Exit> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match &rules.framework {
        Some(name) if rules.output == TableFormat::Table => {
            seawall_report::write_framework(
                &framework(name, &[], Version::NEWEST)?,
                &plain_options(),
                &mut out,
            )?;
        }
        Some(name) => {
            let ids = framework_rules(name)?;
            let controls: Vec<_> =
                CATALOGUE.iter().copied().filter(|control| ids.contains(&control.id)).collect();
            seawall_report::write_rules_json(&controls, &mut out)?;
        }
        None if rules.output == TableFormat::Table => {
            seawall_report::write_rules(CATALOGUE, &plain_options(), &mut out)?;
        }
        None => seawall_report::write_rules_json(CATALOGUE, &mut out)?,
    }
    out.flush()?;
    Ok(Exit::Clean)
}

/// Explains one rule.
pub(crate) fn explain(explain: &Explain) -> Result<Exit> {
    let controls = find(&explain.rule)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if explain.output == TableFormat::Json {
        seawall_report::write_rules_json(&controls, &mut out)?;
    } else {
        for control in controls {
            seawall_report::write_explain(control, &plain_options(), &mut out)?;
        }
    }
    out.flush()?;
    Ok(Exit::Clean)
}

fn find(word: &str) -> Result<Vec<&'static Control>> {
    if let Some(control) = seawall_controls::find(word) {
        return Ok(vec![control]);
    }
    let aliased: Vec<_> =
        CATALOGUE.iter().copied().filter(|control| control.aliases.contains(&word)).collect();
    if !aliased.is_empty() {
        return Ok(aliased);
    }
    match select::nearest(word, CATALOGUE.iter().map(|control| control.id)) {
        Some(near) => bail!("no rule `{word}`; did you mean `{near}`?"),
        None => bail!("no rule `{word}`; `seawall rules` lists them"),
    }
}

/// The rules of a framework.
pub(crate) fn framework_rules(name: &str) -> Result<Vec<&'static str>> {
    let framework = find_framework(name)?;
    Ok(framework.requirements.iter().flat_map(|one| one.controls().iter().copied()).collect())
}

/// A framework with the standing of its requirements for this input; with no input, who decides them at all.
pub(crate) fn framework(
    name: &str,
    objects: &[Arc<Object>],
    version: Version,
) -> Result<seawall_report::Framework> {
    let framework = find_framework(name)?;
    let world = World::new(Cluster::new(objects.iter().cloned()), version, Coverage::open());
    let concerned = |rules: &[&str]| {
        objects.is_empty()
            || rules.iter().filter_map(|id| seawall_controls::find(id)).any(|one| concerns(one, &world))
    };
    let requirements = framework.requirements.iter().map(|one| Requirement {
        id: one.id.to_owned(),
        title: one.title.to_owned(),
        standing: match &one.decided_by {
            DecidedBy::Controls(rules) if concerned(rules) => Standing::Decided,
            DecidedBy::Controls(_) => Standing::NotInInput,
            DecidedBy::NeedsNode => Standing::NeedsNode,
            DecidedBy::Manual => Standing::Manual,
        },
        rules: one.controls().to_vec(),
    });
    Ok(seawall_report::Framework {
        id: framework.id.to_owned(),
        title: framework.title.to_owned(),
        requirements: requirements.collect(),
    })
}

fn find_framework(name: &str) -> Result<&'static frameworks::Framework> {
    if let Some(framework) = frameworks::find(name) {
        return Ok(framework);
    }
    let known: Vec<&str> = frameworks::all().iter().map(|framework| framework.id).collect();
    match select::nearest(name, known.iter().copied()) {
        Some(near) => bail!("no framework `{name}`; did you mean `{near}`?"),
        None => bail!("no framework `{name}`; there are {}", known.join(", ")),
    }
}
