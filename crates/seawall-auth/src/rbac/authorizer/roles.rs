//! Roles by name: those that exist, and those that bindings only refer to.

use super::rule::HeldRule;
use super::symbols::{Map, Symbol};
use seawall_model::{FieldRef, Object};
use std::sync::Arc;

/// What a `roleRef` names.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) enum RoleKey {
    /// A ClusterRole.
    Cluster(Symbol),
    /// A Role: namespace and name.
    Namespaced(Symbol, Symbol),
    /// A kind that is no role.
    Other(Symbol, Symbol),
}

/// A role. Bindings know it by its number, whether it exists or not, so that a role that comes or goes touches no
/// binding.
#[derive(Clone, Debug)]
pub(super) struct Role {
    pub(super) key: RoleKey,
    pub(super) object: Option<Arc<Object>>,
    /// Assumed, not read.
    pub(super) built_in: bool,
    /// The rules it holds.
    pub(super) rules: Vec<HeldRule>,
    /// What the API would not decode: the role may hold more than `rules`.
    pub(super) unclear: Option<FieldRef>,
}

/// All roles.
#[derive(Clone, Debug, Default)]
pub(super) struct Roles {
    numbers: Map<RoleKey, u32>,
    all: Vec<Role>,
}

impl Roles {
    /// The number of a role, existing or not.
    pub(super) fn number(&mut self, key: RoleKey) -> u32 {
        *self.numbers.entry(key).or_insert_with(|| {
            self.all.push(Role { key, object: None, built_in: false, rules: Vec::new(), unclear: None });
            self.all.len() as u32 - 1
        })
    }

    pub(super) fn find(&self, key: RoleKey) -> Option<u32> {
        self.numbers.get(&key).copied()
    }

    pub(super) fn get(&self, number: u32) -> Option<&Role> {
        self.all.get(number as usize)
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut Role> {
        self.all.get_mut(number as usize)
    }

    pub(super) fn len(&self) -> u32 {
        self.all.len() as u32
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Role)> {
        self.all.iter().enumerate().map(|(number, role)| (number as u32, role))
    }
}
