//! The roles and bindings of a cluster: who uses a role, what a binding refers to.

use super::aggregation::Aggregation;
use super::power::Power;
use super::{BuiltInRole, is_built_in, rules_of, subjects_of};
use seawall_model::{At, Cluster, Object, WellKnown};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Bindings by the name of their role.
type ByName = HashMap<Box<str>, Vec<Arc<Object>>>;

/// The index; built once per world in time linear in its roles and bindings.
#[derive(Debug, Default)]
pub struct Rbac {
    /// Bindings of ClusterRoles, by role name: ClusterRoleBindings, and RoleBindings.
    cluster_roles: HashMap<Box<str>, [Vec<Arc<Object>>; 2]>,
    /// RoleBindings of Roles, by namespace and name.
    roles: HashMap<Option<Box<str>>, ByName>,
    aggregation: Aggregation,
    /// Of roles that were asked for, by address: a role of thousands of rules may have thousands of bindings.
    powers: Mutex<HashMap<usize, Power>>,
}

/// A binding through which a role holds.
#[derive(Clone, Copy, Debug)]
pub struct Use<'a> {
    /// The RoleBinding or ClusterRoleBinding; it has a subject.
    pub binding: &'a Arc<Object>,
    /// The aggregated role it refers to, if it does not refer to the role itself.
    pub through: Option<&'a str>,
}

/// What a binding's `roleRef` comes to.
#[derive(Clone, Copy, Debug)]
pub enum Resolved<'a> {
    /// A role of the cluster.
    Object(&'a Arc<Object>),
    /// A role that the API server makes; its rules, if they are known here.
    BuiltIn(Option<&'static BuiltInRole>),
    /// No such role in the input.
    Missing,
}

impl Rbac {
    /// The index of `cluster`. Bindings without subjects grant nothing and are left out.
    pub fn new(cluster: &Cluster) -> Self {
        let mut index = Self { aggregation: Aggregation::new(cluster), ..Self::default() };
        let (on_cluster, on_namespace) = (WellKnown::ClusterRoleBinding, WellKnown::RoleBinding);
        for (place, kind) in [on_cluster, on_namespace].into_iter().enumerate() {
            for binding in cluster.of(kind) {
                index.add(binding, place);
            }
        }
        index
    }

    fn add(&mut self, binding: &Arc<Object>, place: usize) {
        if subjects_of(binding).next().is_none() {
            return;
        }
        let (kind, name) = role_ref(binding);
        match kind.str() {
            Some("ClusterRole") => {
                let lists = self.cluster_roles.entry(name.into()).or_default();
                if let Some(list) = lists.get_mut(place) {
                    list.push(binding.clone());
                }
            }
            // A ClusterRoleBinding of a Role is refused by the API.
            Some("Role") if place == 1 => {
                let roles = self.roles.entry(binding.namespace().map(Into::into)).or_default();
                roles.entry(name.into()).or_default().push(binding.clone());
            }
            _ => {}
        }
    }

    /// The bindings through which `role` holds, directly or because an aggregated role takes its rules;
    /// ClusterRoleBindings first.
    pub fn uses<'a>(&'a self, role: &'a Object) -> impl Iterator<Item = Use<'a>> {
        let own = (role.well_known() == WellKnown::Role)
            .then(|| self.roles_in(role.namespace()).and_then(|roles| roles.get(role.name())))
            .flatten();
        let own = own.into_iter().flatten().map(|binding| Use { binding, through: None });
        let names: Vec<(&str, Option<&str>)> = if role.well_known() == WellKnown::ClusterRole {
            let aggregated = self.aggregation.above(role.name()).into_iter();
            std::iter::once((role.name(), None)).chain(aggregated.map(|name| (name, Some(name)))).collect()
        } else {
            Vec::new()
        };
        let shared = [0, 1].into_iter().flat_map(move |place| {
            names.clone().into_iter().flat_map(move |(name, through)| {
                let list = self.cluster_roles.get(name).and_then(|lists| lists.get(place));
                list.into_iter().flatten().map(move |binding| Use { binding, through })
            })
        });
        own.chain(shared)
    }

    fn roles_in(&self, namespace: Option<&str>) -> Option<&ByName> {
        // A map keyed by Option<Box<str>> cannot be asked with Option<&str>.
        let key: Option<Box<str>> = namespace.map(Into::into);
        self.roles.get(&key)
    }

    /// The role that `binding` refers to: an object of the cluster before the API server's own of that name.
    pub fn resolve<'c>(&self, cluster: &'c Cluster, binding: &Object) -> Resolved<'c> {
        let Some(reference) = binding.root().get("roleRef") else { return Resolved::Missing };
        let text = |key: &str| reference.get(key).map_or("", |node| node.text());
        let name = text("name");
        let found = match text("kind") {
            "ClusterRole" => cluster.find(WellKnown::ClusterRole, None, name),
            "Role" if binding.well_known() == WellKnown::RoleBinding => {
                cluster.find(WellKnown::Role, binding.namespace(), name)
            }
            _ => None,
        };
        match found {
            Some(role) => Resolved::Object(role),
            None if text("kind") == "ClusterRole" && is_built_in(name) => {
                Resolved::BuiltIn(BuiltInRole::find(name))
            }
            None => Resolved::Missing,
        }
    }

    /// What a role of the cluster allows at most, the rules that it takes from others included.
    pub fn power(&self, role: &Arc<Object>) -> Power {
        let mut powers = self.powers.lock().unwrap_or_else(PoisonError::into_inner);
        *powers.entry(Arc::as_ptr(role).addr()).or_insert_with(|| {
            let sources = self.sources(role);
            let sources = if sources.is_empty() { vec![role] } else { sources };
            Power::of(sources.into_iter().flat_map(rules_of))
        })
    }

    /// The roles whose written rules `role` holds: itself, or for an aggregated ClusterRole the ones that its
    /// selectors take, through any number of levels (the fixpoint that the controller reaches).
    pub fn sources<'a>(&'a self, role: &'a Arc<Object>) -> Vec<&'a Arc<Object>> {
        if role.well_known() == WellKnown::ClusterRole && is_aggregated(role) {
            self.aggregation.below(role.name())
        } else {
            vec![role]
        }
    }

    /// The aggregated ClusterRoles that take the rules of the ClusterRole `name`, directly or through others.
    pub fn aggregated_into(&self, name: &str) -> Vec<&str> {
        self.aggregation.above(name)
    }
}

/// Whether a ClusterRole takes its rules from others.
pub(super) fn is_aggregated(role: &Object) -> bool {
    role.root().get("aggregationRule").is_some_and(|rule| rule.is_mapping())
}

fn role_ref(binding: &Arc<Object>) -> (At<'_>, &str) {
    let reference = binding.at().key("roleRef");
    (reference.key("kind"), reference.key("name").str().unwrap_or(""))
}

#[cfg(test)]
mod tests;
