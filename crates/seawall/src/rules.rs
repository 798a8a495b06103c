//! `seawall rules` and `seawall explain`: the catalogue.

use crate::cli::{Explain, Rules, TableFormat};
use crate::output::plain_options;
use crate::{Exit, select};
use anyhow::{Result, bail};
use seawall_controls::{CATALOGUE, Control};
use seawall_model::{Object, Version};
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
    bail!("no framework `{name}`")
}

/// A framework with the standing of its requirements for this input.
pub(crate) fn framework(name: &str, _: &[Arc<Object>], _: Version) -> Result<seawall_report::Framework> {
    bail!("no framework `{name}`")
}
