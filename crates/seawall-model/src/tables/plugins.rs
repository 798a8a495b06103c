//! Which admission plugins does kube-apiserver know, and which are on by themselves?

use super::rows;
use crate::Version;

const TABLE: &str = include_str!("plugins.tsv");

/// Every plugin of a version, in the order in which they run.
pub fn known(version: Version) -> impl Iterator<Item = &'static str> {
    rows::all(TABLE).filter(move |row| row.minors(1).contains(version)).map(|row| row.column(0))
}

/// The plugins that run unless `--disable-admission-plugins` names them. A few do nothing while a feature gate of
/// theirs is off.
pub fn default_on(version: Version) -> impl Iterator<Item = &'static str> {
    rows::all(TABLE).filter(move |row| row.minors(2).contains(version)).map(|row| row.column(0))
}

/// Whether a plugin of this name exists.
pub fn is_known(version: Version, name: &str) -> bool {
    known(version).any(|known| known == name)
}

/// Whether it runs by itself.
pub fn is_default_on(version: Version, name: &str) -> bool {
    default_on(version).any(|known| known == name)
}
