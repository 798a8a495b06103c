//! ClusterRoles made of others (upstream: `clusterroleaggregation_controller.go`).
//!
//! An aggregated role takes the current rules of every ClusterRole that one of its selectors matches, itself left
//! out. Repeated by the controller this converges to the rules written in the ordinary roles that can be reached
//! through selections: that is what is computed here.

use super::index::is_aggregated;
use seawall_model::{Cluster, LabelSelector, Labels, Object, WellKnown};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

/// Selections that are looked at, at most: hostile input could ask for the square of its size.
const BUDGET: usize = 1_000_000;

/// The aggregated roles that the API server makes, with the label that they select and the one they carry.
const BUILT_IN: [(&str, &str, Option<&str>); 3] =
    [("admin", TO_ADMIN, None), ("edit", TO_EDIT, Some(TO_ADMIN)), ("view", TO_VIEW, Some(TO_EDIT))];
const TO_ADMIN: &str = "rbac.authorization.k8s.io/aggregate-to-admin";
const TO_EDIT: &str = "rbac.authorization.k8s.io/aggregate-to-edit";
const TO_VIEW: &str = "rbac.authorization.k8s.io/aggregate-to-view";

/// Who selects whom, roles as numbers.
#[derive(Debug, Default)]
pub(super) struct Aggregation {
    numbers: HashMap<Box<str>, usize>,
    roles: Vec<Role>,
}

/// A role that selects or is selected.
#[derive(Debug, Default)]
struct Role {
    name: Box<str>,
    /// Built-in ones that are not in the cluster have no object.
    object: Option<Arc<Object>>,
    /// The aggregated roles that select it.
    up: Vec<usize>,
    /// The roles it selects.
    down: Vec<usize>,
    /// Answers are kept: many controls ask about the same role, and every answer may visit every selection.
    above: OnceLock<Vec<usize>>,
    below: OnceLock<Vec<usize>>,
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
        let aggregated = self.number(aggregated);
        let selected = self.number(selected);
        if let Some(role) = self.roles.get_mut(selected)
            // The selectors of one role come one after another.
            && role.up.last() != Some(&aggregated)
        {
            role.up.push(aggregated);
            role.object = role.object.take().or_else(|| object.cloned());
            if let Some(role) = self.roles.get_mut(aggregated) {
                role.down.push(selected);
            }
        }
    }

    fn number(&mut self, name: &str) -> usize {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        self.numbers.insert(name.into(), self.roles.len());
        self.roles.push(Role { name: name.into(), ..Role::default() });
        self.roles.len() - 1
    }

    /// Everything that can be reached from `start` by `step`, `start` itself only in a circle; sorted by name.
    fn reached(&self, start: usize, step: fn(&Role) -> &[usize]) -> Vec<usize> {
        let mut seen = vec![false; self.roles.len()];
        let mut open = vec![start];
        let mut reached = Vec::new();
        while let Some(role) = open.pop().and_then(|number| self.roles.get(number)) {
            for &number in step(role) {
                if let Some(seen) = seen.get_mut(number).filter(|seen| !**seen) {
                    *seen = true;
                    reached.push(number);
                    open.push(number);
                }
            }
        }
        reached.sort_by_key(|&number| self.roles.get(number).map(|role| &*role.name));
        reached
    }

    /// The aggregated roles that take the rules of `name`, directly or through others, itself left out; sorted.
    pub(super) fn above(&self, name: &str) -> Vec<&str> {
        let Some(&number) = self.numbers.get(name) else { return Vec::new() };
        let Some(role) = self.roles.get(number) else { return Vec::new() };
        let above = role.above.get_or_init(|| self.reached(number, |role| &role.up));
        let others = above.iter().filter(|&&other| other != number);
        others.filter_map(|&other| self.roles.get(other)).map(|role| &*role.name).collect()
    }

    /// The roles with rules of their own that `name` is made of, by name.
    pub(super) fn below(&self, name: &str) -> Vec<&Arc<Object>> {
        let Some(&number) = self.numbers.get(name) else { return Vec::new() };
        let Some(role) = self.roles.get(number) else { return Vec::new() };
        let with_rules = |number: &usize| {
            let object = self.roles.get(*number).and_then(|role| role.object.as_ref());
            object.is_some_and(|role| !is_aggregated(role))
        };
        let below = role.below.get_or_init(|| {
            let mut below = self.reached(number, |role| &role.down);
            below.retain(with_rules);
            below
        });
        below.iter().filter_map(|&number| self.roles.get(number)?.object.as_ref()).collect()
    }
}
