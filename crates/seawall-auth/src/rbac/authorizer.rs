//! The RBAC authorizer (upstream: `plugin/pkg/auth/authorizer/rbac`): decisions with their reasons and proofs.
//!
//! Built once from a cluster and kept up to date object by object. Upstream walks all bindings for each request;
//! here a request is looked up in a table of atoms, which gives sets of roles, and met with what the subject holds.

mod access;
mod aggregate;
mod beyond;
mod bindings;
mod build;
mod components;
mod decide;
mod held;
mod interned;
mod near;
mod proof;
mod role_set;
mod roles;
mod rows;
mod rule;
mod symbols;
mod table;
mod ways;
mod who_can;

#[cfg(test)]
mod tests;

pub use access::{Access, AccessRight, RightOn};
pub use beyond::Beyond;
pub(super) use held::WrittenRules;
pub use interned::Interned;
pub use near::{Gap, Near};
pub use proof::{Proof, RoleRef};
pub use ways::{Bound, Way};
pub use who_can::Granted;

use bindings::{Binding, Holders, References};
use role_set::RoleSet;
use roles::Roles;
use seawall_model::{Object, Version};
use std::sync::Arc;
use symbols::{Map, Symbol, Symbols};
use table::Table;

/// What is taken for granted beside the objects.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whose built-in roles and bindings.
    pub version: Version,
    /// Whether the roles and bindings that an API server makes for itself are there though no object says so.
    pub built_in: bool,
    /// Whether aggregated ClusterRoles are filled here; otherwise their rules are what is written in them.
    pub aggregate: bool,
    /// The namespace of Roles and RoleBindings that name none.
    pub unnamed: Box<str>,
    /// Which roles and bindings could not be read: what is refused may be granted by one of them.
    pub unread: Vec<Unread>,
}

/// Roles or bindings of one kind that could not be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unread {
    /// Whether they count for requests of the whole cluster, too (ClusterRoles and their bindings).
    pub everywhere: bool,
    /// Where they are known after all.
    pub known_in: Vec<Box<str>>,
    /// Why, and what to do.
    pub reason: Box<str>,
}

impl Options {
    /// For objects on their way to a cluster: the controllers have not run yet, the API server's own roles are
    /// there, and what names no namespace goes to `default`.
    pub fn files(version: Version) -> Self {
        Self { version, built_in: true, aggregate: true, unnamed: "default".into(), unread: Vec::new() }
    }

    /// For all objects of a cluster as they are stored.
    pub fn stored(version: Version) -> Self {
        Self { built_in: false, aggregate: false, ..Self::files(version) }
    }
}

/// The authorizer.
#[derive(Clone, Debug)]
pub struct RbacAuthorizer {
    options: Options,
    symbols: Symbols,
    roles: Roles,
    table: Table,
    bindings: Vec<Option<Binding>>,
    /// Bindings by namespace and name, made when the first one changes.
    names: Option<Map<(Option<Symbol>, Symbol), u32>>,
    holders: Holders,
    /// Bindings by the role they refer to and their namespace.
    of_role: References,
    /// Roles that do not exist, of those that bindings refer to.
    missing: RoleSet,
    /// Roles with something that the API would not decode.
    unclear_roles: RoleSet,
    /// Bindings with something that the API would not decode.
    unclear_bindings: Vec<u32>,
    /// The bindings below this number are numbered in the order of their names.
    in_order: u32,
    /// The API server's own objects, to fall back to when an object of the same name goes.
    built_in: &'static [Arc<Object>],
}
