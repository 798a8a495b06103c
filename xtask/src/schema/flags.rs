//! The flags of all releases as text: one line for each run of releases in which a flag stays the same.

use super::dump::{COMPONENTS, Dump, Flag};
use super::modules::ranges;
use anyhow::{Context, Result};
use std::collections::BTreeMap;

const HEADER: &str = "\
# Made by `cargo xtask gen schema`: each release's own option packages were run (pflag), etcd's likewise (flag).
# Source of every column and release: kubernetes 1.30.14 1.31.14 1.32.13 1.33.13 1.34.4 1.35.4 1.36.3; etcd 3.5.24 for
# 1.30-1.33, 3.6.8 for 1.34-1.36.
# component, flag, minors, type, default, state (deprecated; config-file = the component wants it in its file; hidden).
";

/// `tables/flags.tsv`.
pub(crate) fn text(dumps: &[Dump]) -> Result<String> {
    let mut out = HEADER.to_owned() + &super::dump::notes(dumps);
    for component in COMPONENTS {
        let mut rows: BTreeMap<String, BTreeMap<[String; 3], u8>> = BTreeMap::new();
        for dump in dumps {
            for flag in dump.flags.get(component).context(component)? {
                let row = [kind(&flag.kind), escape(&flag.default), state(flag)];
                // Every component reads `_` as `-` (WordSepNormalizeFunc).
                let name = flag.name.replace('_', "-");
                *rows.entry(name).or_default().entry(row).or_default() |= dump.release.bit();
            }
        }
        for (name, forms) in rows {
            let mut forms: Vec<_> = forms.into_iter().collect();
            forms.sort_by_key(|(_, mask)| mask.trailing_zeros());
            for ([kind, default, state], mask) in forms {
                out.push_str(&format!("{component}\t{name}\t{}\t{kind}\t{default}\t{state}\n", ranges(mask)));
            }
        }
    }
    Ok(out)
}

/// Go's own names; etcd's values of package flag are named by their Go type.
fn kind(kind: &str) -> String {
    match kind {
        "*flag.boolValue" => "bool",
        "*flag.stringValue" => "string",
        "*flag.intValue" => "int",
        "*flag.uintValue" => "uint",
        "*flag.int64Value" => "int64",
        "*flag.uint64Value" => "uint64",
        "*flag.float64Value" => "float64",
        "*flag.durationValue" => "duration",
        "stringSlice" => "strings",
        "*featuregate.featureGate" => "mapStringBool",
        other => other.strip_prefix("*flags.").unwrap_or(other),
    }
    .to_owned()
}

fn escape(text: &str) -> String {
    text.replace(['\t', '\n'], " ")
}

fn state(flag: &Flag) -> String {
    match (
        flag.deprecated.is_empty(),
        flag.deprecated.contains("should be set via the config file"),
        flag.hidden,
    ) {
        (false, true, _) => "config-file",
        (false, false, _) => "deprecated",
        (true, _, true) => "hidden",
        (true, _, false) => "",
    }
    .to_owned()
}
