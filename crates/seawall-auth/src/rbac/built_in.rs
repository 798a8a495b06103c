//! The roles and bindings that every API server makes for itself (upstream: `bootstrappolicy`), of each version
//! with default feature gates. The aggregated ones are filled by the controller manager.

mod objects;
mod table;

pub use objects::{built_in_objects, is_as_made};

use super::PolicyRule;
use seawall_model::Version;
use std::sync::OnceLock;

/// A rule of the table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs)] // the fields of `rbacv1.PolicyRule`
pub struct StaticRule {
    pub verbs: &'static [&'static str],
    pub api_groups: &'static [&'static str],
    pub resources: &'static [&'static str],
    pub resource_names: &'static [&'static str],
    pub non_resource_urls: &'static [&'static str],
}

impl PolicyRule for StaticRule {
    fn verbs(&self) -> impl Iterator<Item = &str> {
        self.verbs.iter().copied()
    }
    fn api_groups(&self) -> impl Iterator<Item = &str> {
        self.api_groups.iter().copied()
    }
    fn resources(&self) -> impl Iterator<Item = &str> {
        self.resources.iter().copied()
    }
    fn resource_names(&self) -> impl Iterator<Item = &str> {
        self.resource_names.iter().copied()
    }
    fn non_resource_urls(&self) -> impl Iterator<Item = &str> {
        self.non_resource_urls.iter().copied()
    }
}

/// A ClusterRole that the API server makes.
#[derive(Clone, Copy, Debug)]
pub struct BuiltInRole {
    /// Its name.
    pub name: &'static str,
    /// What it holds; of an aggregated one, what the controller puts into it.
    pub rules: &'static [StaticRule],
}

impl BuiltInRole {
    /// The built-in ClusterRole of this name in the newest known version that has one.
    pub fn find(name: &str) -> Option<&'static Self> {
        Version::all().rev().find_map(|version| {
            let roles = built_in_roles(version);
            roles.get(roles.binary_search_by(|role| role.name.cmp(name)).ok()?)
        })
    }
}

/// The built-in ClusterRoles of a version, by name.
pub fn built_in_roles(version: Version) -> &'static [BuiltInRole] {
    static ROLES: [OnceLock<Vec<BuiltInRole>>; Version::COUNT] = [const { OnceLock::new() }; Version::COUNT];
    let slot = ROLES.get(version.index());
    slot.map_or(&[], |slot| slot.get_or_init(|| filled(version)))
}

fn filled(version: Version) -> Vec<BuiltInRole> {
    let roles: Vec<&table::Role> =
        table::roles().iter().filter(|role| role.kind == "ClusterRole" && role.minors.has(version)).collect();
    let rules = |role: &table::Role| -> &'static [StaticRule] {
        if role.selects.is_empty() {
            return role.rules;
        }
        let mut all = Vec::new();
        let mut open = vec![(role.selects, role.name)];
        // `view` is taken into `edit`, and `edit` into `admin`: a chain without circles.
        while let Some((selects, taker)) = open.pop() {
            for other in roles.iter().filter(|other| other.name != taker && other.carried.contains(&selects))
            {
                if other.selects.is_empty() {
                    all.extend(other.rules.iter().filter(|rule| !all.contains(*rule)).collect::<Vec<_>>());
                } else {
                    open.push((other.selects, other.name));
                }
            }
        }
        // Made once for each version and kept for as long as the program runs.
        Box::leak(all.into_boxed_slice())
    };
    let mut out: Vec<_> =
        roles.iter().map(|role| BuiltInRole { name: role.name, rules: rules(role) }).collect();
    out.sort_by_key(|role| role.name);
    out
}

/// Whether the API server of some version makes a ClusterRole of this name.
pub fn is_built_in(name: &str) -> bool {
    name.starts_with("system:controller:") || BuiltInRole::find(name).is_some()
}

#[cfg(test)]
mod tests;
