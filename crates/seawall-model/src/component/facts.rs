//! What is known of a flag: does it exist, does it take a value, what is it when nobody sets it? From the tables of
//! [`crate::tables::flags`], which are made from the programs themselves.

use super::ComponentKind;
use crate::Version;
use crate::tables::flags::{self, FlagState};

/// Flags that take no value, so that the word after them is not theirs.
pub(super) fn is_boolean(kind: ComponentKind, name: &str, next: Option<&str>) -> bool {
    // A flag keeps its type while it exists; the version is not known yet when words are read.
    let known = Version::all().rev().find_map(|version| match flags::lookup(kind, version, name) {
        FlagState::Known(flag) => Some(flag.kind),
        _ => None,
    });
    match known {
        // etcd's IgnoredFlag says of itself that it is a boolean (pkg/flags/ignored.go).
        Some(kind) => matches!(kind, "bool" | "IgnoredFlag"),
        // A flag that no supported version knows: it takes the next word unless that looks like a flag.
        None => next.is_none_or(|next| next.starts_with('-')),
    }
}

/// Whether the program of this version knows the flag; `None` for etcd, whose version is its own.
pub(super) fn exists(kind: ComponentKind, version: Version, name: &str) -> Option<bool> {
    (kind != ComponentKind::Etcd).then(|| matches!(flags::lookup(kind, version, name), FlagState::Known(_)))
}

/// The value of a flag that nobody sets, `""` for none; `None` if this version does not have the flag.
pub(super) fn default(kind: ComponentKind, version: Version, name: &str) -> Option<&'static str> {
    match flags::lookup(kind, version, name) {
        // How pflag prints empty lists, maps and addresses.
        FlagState::Known(flag) if matches!(flag.default, "[]" | "<nil>" | "map[]") => Some(""),
        FlagState::Known(flag) => Some(flag.default),
        _ => None,
    }
}
