//! Which flags does a component have in a version?

use super::rows::{self, Row};
use crate::{ComponentKind, Minor, Version};

const TABLE: &str = include_str!("flags.tsv");

/// A flag of a component in one version.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Flag {
    /// Its name without dashes.
    pub name: &'static str,
    /// Its type as pflag names it: `bool`, `string`, `strings`, `int32`, `duration`, `mapStringBool` …
    pub kind: &'static str,
    /// What counts when it is not given, as the component prints it.
    pub default: &'static str,
    /// How the component regards it.
    pub support: Support,
}

/// How a component regards a flag of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Support {
    /// As any other.
    Full,
    /// It works, and the component asks for the field of its configuration file instead.
    ConfigFile,
    /// Deprecated.
    Deprecated,
    /// It works and is left out of `--help`.
    Hidden,
}

/// What a version makes of a flag's name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FlagState {
    /// The component has it.
    Known(Flag),
    /// It had it: this minor was the first without. The component refuses to start.
    Removed(Minor),
    /// It will have it from this minor on. The component refuses to start.
    NotYet(Minor),
    /// No supported version has it. The component refuses to start.
    Unknown,
}

/// Looks a flag up by its name without dashes; `_` counts as `-`, as the components themselves read it, but for etcd.
pub fn lookup(component: ComponentKind, version: Version, name: &str) -> FlagState {
    let normal;
    let name = if component != ComponentKind::Etcd && name.contains('_') {
        normal = name.replace('_', "-");
        &normal
    } else {
        name
    };
    let (mut removed, mut coming) = (None, None);
    for row in rows::find(TABLE, &[component.program(), name]) {
        let minors = row.minors(2);
        if minors.contains(version) {
            return FlagState::Known(flag(row));
        }
        removed = removed.max(minors.last_before(version));
        coming = coming.into_iter().chain(minors.first_after(version)).min();
    }
    match (removed, coming) {
        (Some(last), _) => FlagState::Removed(Minor(last + 1)),
        (None, Some(first)) => FlagState::NotYet(Minor(first)),
        (None, None) => FlagState::Unknown,
    }
}

/// All flags of a component in a version, by name.
pub fn all(component: ComponentKind, version: Version) -> impl Iterator<Item = Flag> {
    rows::find(TABLE, &[component.program()]).filter(move |row| row.minors(2).contains(version)).map(flag)
}

fn flag(row: Row) -> Flag {
    let support = match row.column(5) {
        "config-file" => Support::ConfigFile,
        "deprecated" => Support::Deprecated,
        "hidden" => Support::Hidden,
        _ => Support::Full,
    };
    Flag { name: row.column(1), kind: row.column(3), default: row.column(4), support }
}
