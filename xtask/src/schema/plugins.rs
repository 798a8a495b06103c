//! The admission plugins of all releases as text, in the order in which the newest release runs them.

use super::dump::Dump;
use super::modules::ranges;
use anyhow::{Context, Result};

const HEADER: &str = "\
# Made by `cargo xtask gen schema`: AllOrderedPlugins and DefaultOffAdmissionPlugins of each release, in the order of
# the newest; plugins that it no longer has come last. plugin, minors that know it, minors that switch it on.
";

/// `tables/plugins.tsv`.
pub(crate) fn text(dumps: &[Dump]) -> Result<String> {
    let mut names: Vec<&String> = dumps.last().context("releases")?.plugins.ordered.iter().collect();
    for name in dumps.iter().rev().flat_map(|dump| &dump.plugins.ordered) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut out = HEADER.to_owned() + &super::dump::notes(dumps);
    for name in names {
        let mask = |has: &dyn Fn(&Dump) -> bool| {
            dumps.iter().filter(|dump| has(dump)).fold(0, |mask, dump| mask | dump.release.bit())
        };
        let known = mask(&|dump| dump.plugins.ordered.contains(name));
        let on = mask(&|dump| dump.plugins.on.contains(name));
        out.push_str(&format!("{name}\t{}\t{}\n", ranges(known), ranges(on)));
    }
    Ok(out)
}
