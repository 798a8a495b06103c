//! The feature gates of all releases as text: one line for each run of releases in which a gate stays the same.

use super::dump::Dump;
use super::modules::ranges;
use anyhow::{Result, bail};
use std::collections::BTreeMap;

const HEADER: &str = "\
# Made by `cargo xtask gen schema`: GetAll of the feature gate that each release's components share.
# gate, minors, stage, default, locked (the default cannot be changed).
";

/// `tables/gates.tsv`.
pub(crate) fn text(dumps: &[Dump]) -> Result<String> {
    let mut rows: BTreeMap<&str, BTreeMap<(&str, bool, bool), u8>> = BTreeMap::new();
    for dump in dumps {
        for (name, gate) in &dump.gates {
            let stage = match gate.pre_release.as_str() {
                "ALPHA" => "alpha",
                "BETA" => "beta",
                "" => "ga",
                "DEPRECATED" => "deprecated",
                other => bail!("stage {other:?} of {name}"),
            };
            let row = (stage, gate.default, gate.lock_to_default);
            *rows.entry(name).or_default().entry(row).or_default() |= dump.release.bit();
        }
    }
    let mut out = HEADER.to_owned() + &super::dump::notes(dumps);
    for (name, forms) in rows {
        let mut forms: Vec<_> = forms.into_iter().collect();
        forms.sort_by_key(|(_, mask)| mask.trailing_zeros());
        for ((stage, default, locked), mask) in forms {
            let locked = if locked { "locked" } else { "" };
            out.push_str(&format!("{name}\t{}\t{stage}\t{default}\t{locked}\n", ranges(mask)));
        }
    }
    Ok(out)
}
