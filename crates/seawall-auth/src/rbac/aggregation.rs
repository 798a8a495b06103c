//! ClusterRoles made of others (upstream: `clusterroleaggregation_controller.go`).
//!
//! An aggregated role takes the current rules of every ClusterRole that one of its selectors matches, itself left
//! out. Repeated by the controller this converges to the rules written in the ordinary roles that can be reached
//! through selections: that is what is computed here.

use super::index::is_aggregated;
use seawall_model::{Cluster, LabelSelector, Labels, Object, WellKnown};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Selections that are looked at, at most: hostile input could ask for the square of its size.
const BUDGET: usize = 4_000_000;

/// The aggregated roles that the API server makes, with the label that they select and the one they carry.
const BUILT_IN: [(&str, &str, Option<&str>); 3] =
    [("admin", TO_ADMIN, None), ("edit", TO_EDIT, Some(TO_ADMIN)), ("view", TO_VIEW, Some(TO_EDIT))];
const TO_ADMIN: &str = "rbac.authorization.k8s.io/aggregate-to-admin";
const TO_EDIT: &str = "rbac.authorization.k8s.io/aggregate-to-edit";
const TO_VIEW: &str = "rbac.authorization.k8s.io/aggregate-to-view";

/// A selected role: its name, and its object if it is in the cluster.
type Selected = (Box<str>, Option<Arc<Object>>);

/// Who selects whom.
#[derive(Debug, Default)]
pub(super) struct Aggregation {
    /// By role: the aggregated roles that select it.
    up: HashMap<Box<str>, Vec<Box<str>>>,
    /// By aggregated role: the roles it selects. Built-in ones that are not in the cluster have no object.
    down: HashMap<Box<str>, Vec<Selected>>,
}

impl Aggregation {
    pub(super) fn new(cluster: &Cluster) -> Self {
        let mut all = Self::default();
        // Of several variants the last counts, as everywhere across objects.
        let roles: BTreeMap<&str, &Arc<Object>> =
            cluster.of(WellKnown::ClusterRole).map(|role| (role.name(), role)).collect();
        let mut left = BUDGET;
        for (&name, role) in roles.iter().filter(|(_, role)| is_aggregated(role)) {
            for selector in role.at().get("aggregationRule.clusterRoleSelectors").items() {
                let selector = LabelSelector::or_everything(selector);
                for (&other, selected) in &roles {
                    let Some(rest) = left.checked_sub(1) else { return all };
                    left = rest;
                    if other != name
                        && selector.matches(Labels::of(selected.at().get("metadata.labels"))) == Some(true)
                    {
                        all.add(name, other, Some(selected));
                    }
                }
            }
        }
        for (name, selected, carried) in BUILT_IN {
            if roles.contains_key(name) {
                continue;
            }
            for (&other, role) in roles.iter().filter(|(_, role)| role.label(selected) == Some("true")) {
                all.add(name, other, Some(role));
            }
            let above = BUILT_IN.iter().find(|(_, wanted, _)| carried == Some(wanted));
            if let Some((above, ..)) = above.filter(|(above, ..)| !roles.contains_key(above)) {
                all.add(above, name, None);
            }
        }
        all
    }

    fn add(&mut self, aggregated: &str, selected: &str, object: Option<&Arc<Object>>) {
        let up = self.up.entry(selected.into()).or_default();
        if !up.iter().any(|name| **name == *aggregated) {
            up.push(aggregated.into());
            self.down.entry(aggregated.into()).or_default().push((selected.into(), object.cloned()));
        }
    }

    /// The aggregated roles that take the rules of `name`, directly or through others, itself left out; sorted.
    pub(super) fn above(&self, name: &str) -> Vec<&str> {
        if !self.up.contains_key(name) {
            return Vec::new();
        }
        let mut seen = BTreeSet::new();
        let mut open = vec![name];
        while let Some(name) = open.pop() {
            for above in self.up.get(name).into_iter().flatten() {
                if seen.insert(&**above) {
                    open.push(above);
                }
            }
        }
        seen.remove(name);
        seen.into_iter().collect()
    }

    /// The roles with rules of their own that `name` is made of, by name.
    pub(super) fn below(&self, name: &str) -> Vec<&Arc<Object>> {
        let mut seen = BTreeMap::new();
        let mut open = vec![name];
        while let Some(name) = open.pop() {
            for (below, object) in self.down.get(name).into_iter().flatten() {
                if seen.insert(&**below, object.as_ref()).is_none() {
                    open.push(below);
                }
            }
        }
        seen.into_values().flatten().filter(|role| !is_aggregated(role)).collect()
    }
}
