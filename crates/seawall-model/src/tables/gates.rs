//! Which feature gates are there in a version, and how do they stand?

use super::rows::{self, Row};
use crate::{Minor, Version};

const TABLE: &str = include_str!("gates.tsv");

/// How finished a feature is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Stage {
    /// May change or vanish without notice.
    Alpha,
    /// Tested, may still change.
    Beta,
    /// Stable.
    Stable,
    /// On its way out.
    Deprecated,
}

/// A feature gate in one version. `AllAlpha` and `AllBeta` are gates too.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Gate {
    /// Its name.
    pub name: &'static str,
    /// How finished the feature is.
    pub stage: Stage,
    /// Whether it is on by itself.
    pub default: bool,
    /// Whether it cannot be set to anything but the default.
    pub locked: bool,
}

/// The gate of this name. A component refuses to start with a gate that its version does not have.
pub fn lookup(version: Version, name: &str) -> Option<Gate> {
    rows::find(TABLE, &[name]).find(|row| row.minors(1).contains(version)).and_then(gate)
}

/// The first supported minor without a gate that an older supported one has.
pub fn removed_in(name: &str) -> Option<Minor> {
    let last = rows::find(TABLE, &[name]).filter_map(|row| row.minors(1).last()).max()?;
    (last < Version::NEWEST.minor()).then_some(Minor(last + 1))
}

/// The first supported minor with the gate; the oldest supported one for older gates.
pub fn since(name: &str) -> Option<Minor> {
    rows::find(TABLE, &[name]).filter_map(|row| row.minors(1).first()).min().map(Minor)
}

/// All gates of a version, by name.
pub fn all(version: Version) -> impl Iterator<Item = Gate> {
    rows::all(TABLE).filter(move |row| row.minors(1).contains(version)).filter_map(gate)
}

fn gate(row: Row) -> Option<Gate> {
    let stage = match row.column(2) {
        "alpha" => Stage::Alpha,
        "beta" => Stage::Beta,
        "ga" => Stage::Stable,
        "deprecated" => Stage::Deprecated,
        _ => return None,
    };
    Some(Gate {
        name: row.column(0),
        stage,
        default: row.column(3) == "true",
        locked: row.column(4) == "locked",
    })
}
