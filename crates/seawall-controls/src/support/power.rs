//! How much a binding gives, in a few steps: enough to rank who should not have it.

use crate::World;
use crate::support::rights::lower;
pub(crate) use seawall_auth::rbac::Power;
use seawall_auth::rbac::Resolved;
use seawall_model::{Object, Severity};

/// The power of what `binding` refers to; `None` if its role is neither in the input nor known.
pub(crate) fn of_binding(binding: &Object, world: &World) -> Option<Power> {
    match world.auth().resolve(world.cluster(), binding) {
        Resolved::Object(role) => Some(world.auth().power(role)),
        Resolved::BuiltIn(Some(role)) => Some(Power::of(role.rules.iter().copied())),
        Resolved::BuiltIn(None) | Resolved::Missing => None,
    }
}

/// `worst` for everything and for what is not known, less for less.
pub(crate) fn grade(power: Option<Power>, worst: Severity) -> Severity {
    match power {
        None | Some(Power::Everything | Power::Changes) => worst,
        Some(Power::Reads) => lower(worst),
        Some(Power::Harmless) => lower(lower(worst)),
    }
}
