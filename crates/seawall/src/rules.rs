//! `seawall rules` and `seawall explain`: the catalogue.

use crate::cli::{Explain, Rules, TableFormat};
use crate::output::plain_options;
use crate::{Exit, select};
use anyhow::{Result, bail};
use seawall_controls::framework::DecidedBy;
use seawall_controls::{CATALOGUE, Control};
use seawall_report::{Requirement, Standing};
use seawall_world::World;
use std::io::Write;

/// Lists the catalogue.
pub(crate) fn run(rules: &Rules) -> Result<Exit> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match &rules.framework {
        Some(name) if rules.output == TableFormat::Table => {
            seawall_report::write_framework(&framework(name, None)?, &plain_options(), &mut out)?;
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
    let requirements = &named(name)?.requirements;
    Ok(requirements.iter().flat_map(|requirement| requirement.controls()).copied().collect())
}

/// A framework with the standing of its requirements: in `world`, or in general.
pub(crate) fn framework(name: &str, world: Option<&World>) -> Result<seawall_report::Framework> {
    let framework = named(name)?;
    let requirement = |requirement: &seawall_controls::framework::Requirement| Requirement {
        id: requirement.id.into(),
        title: requirement.title.into(),
        standing: standing(requirement, world),
        rules: requirement.controls().to_vec(),
    };
    Ok(seawall_report::Framework {
        id: framework.id.into(),
        title: framework.title.into(),
        requirements: framework.requirements.iter().map(requirement).collect(),
    })
}

fn standing(requirement: &seawall_controls::framework::Requirement, world: Option<&World>) -> Standing {
    match &requirement.decided_by {
        DecidedBy::NeedsNode => Standing::NeedsNode,
        DecidedBy::Manual => Standing::Manual,
        DecidedBy::Controls(ids) => {
            let concerned = |world: &World| {
                let mut controls = ids.iter().filter_map(|id| seawall_controls::find(id));
                controls.any(|control| seawall_controls::framework::concerns(control, world))
            };
            if world.is_none_or(concerned) { Standing::Decided } else { Standing::NotInInput }
        }
    }
}

fn named(name: &str) -> Result<&'static seawall_controls::framework::Framework> {
    let all = seawall_controls::framework::all();
    seawall_controls::framework::find(name).ok_or_else(|| {
        let ids: Vec<_> = all.iter().map(|framework| framework.id).collect();
        let near = select::nearest(name, ids.iter().copied());
        let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        anyhow::anyhow!("no framework `{name}`{hint} (frameworks: {})", ids.join(", "))
    })
}
