//! ClusterRoles that are filled from others (upstream: `clusterroleaggregation_controller.go`).
//!
//! The controller copies the current rules of all selected roles and is called again when one of them changes. From
//! empty rules that ends with the rules written in the ordinary roles that can be reached through selections.

use super::RbacAuthorizer;
use super::roles::{Role, RoleKey};
use super::rule::{HeldRule, Rule};
use super::symbols::Map;
use seawall_model::{FieldRef, LabelSelector, Labels, Object, Operator};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// Comparisons of a selector with a role's labels, at most: hostile input could ask for the square of its size.
const COMPARISONS: usize = 4_000_000;
/// Steps from role to role, and copied rules, at most: long rings of roles could ask for the square too.
const STEPS: usize = 4_000_000;

/// ClusterRoles by label.
type ByLabel<'a> = Map<(&'a str, &'a str), Vec<u32>>;

impl RbacAuthorizer {
    /// Fills the aggregated roles again, in the table too.
    pub(super) fn refill(&mut self) {
        let aggregated = self.aggregated();
        aggregated.iter().for_each(|&number| self.unindex(number));
        self.fill();
        aggregated.iter().for_each(|&number| self.index(number));
    }

    /// Fills the aggregated roles.
    pub(super) fn fill(&mut self) {
        let aggregated = self.aggregated();
        let selected = self.selections(&aggregated);
        let mut steps = STEPS;
        for &number in &aggregated {
            let (rules, unclear) = self.filled(number, &selected, &mut steps);
            if let Some(role) = self.roles.get_mut(number) {
                role.rules = rules;
                role.unclear = unclear;
            }
        }
    }

    fn aggregated(&self) -> Vec<u32> {
        if !self.options.aggregate {
            return Vec::new();
        }
        let aggregated = self.roles.iter().filter(|(_, role)| is_aggregated(role));
        aggregated.map(|(number, _)| number).collect()
    }

    /// By aggregated role: the roles it selects, by name; `None` where that is too much work.
    fn selections(&self, aggregated: &[u32]) -> BTreeMap<u32, Option<Vec<u32>>> {
        let mut labels = ByLabel::default();
        let mut all = Vec::new();
        for (number, role) in self.roles.iter() {
            let (RoleKey::Cluster(_), Some(object)) = (role.key, &role.object) else { continue };
            all.push(number);
            for (key, value) in Labels::of(object.at().get("metadata.labels")).entries() {
                labels.entry((key, value)).or_default().push(number);
            }
        }
        let mut left = COMPARISONS;
        let select = |&number: &u32| {
            let object = self.roles.get(number).and_then(|role| role.object.as_ref());
            (number, object.and_then(|object| self.select(object, number, &labels, &all, &mut left)))
        };
        aggregated.iter().map(select).collect()
    }

    fn select(
        &self,
        object: &Arc<Object>,
        own: u32,
        labels: &ByLabel<'_>,
        all: &[u32],
        left: &mut usize,
    ) -> Option<Vec<u32>> {
        let mut out = Vec::new();
        for at in object.at().get("aggregationRule.clusterRoleSelectors").items() {
            let selector = LabelSelector::or_everything(at);
            // One required label nearly always leaves few roles to look at.
            let required = selector.requirements().find_map(|requirement| {
                let mut values = requirement.values();
                let only = (values.next()?, values.next()).1.is_none();
                let value = requirement.values().next()?;
                (requirement.operator == Some(Operator::In) && only).then_some((requirement.key, value))
            });
            let candidates = match required {
                Some(label) => labels.get(&label).map_or(&[][..], Vec::as_slice),
                None => all,
            };
            *left = left.checked_sub(candidates.len())?;
            for &number in candidates.iter().filter(|number| **number != own) {
                let role = self.roles.get(number).and_then(|role| role.object.as_ref());
                let carried = role.map(|role| Labels::of(role.at().get("metadata.labels")));
                if carried.is_some_and(|labels| selector.matches(labels) == Some(true)) {
                    out.push(number);
                }
            }
        }
        let name = |number: &u32| match self.roles.get(*number).map(|role| role.key) {
            Some(RoleKey::Cluster(name)) => self.symbols.text(name),
            _ => "",
        };
        out.sort_by(|one, other| name(one).cmp(name(other)));
        out.dedup();
        Some(out)
    }

    /// The rules of an aggregated role, and what keeps them from being complete.
    fn filled(
        &self,
        number: u32,
        selected: &BTreeMap<u32, Option<Vec<u32>>>,
        steps: &mut usize,
    ) -> (Vec<HeldRule>, Option<FieldRef>) {
        let own = self.roles.get(number);
        let place = || Some(own?.object.as_ref()?.at().key("aggregationRule").field_ref());
        let (mut rules, mut known) =
            (Vec::new(), HashSet::<Arc<Rule>, foldhash::fast::RandomState>::default());
        let mut unclear = None;
        let mut seen = HashSet::from([number]);
        let mut open = std::collections::VecDeque::from([number]);
        while let Some(number) = open.pop_front() {
            let Some(Some(below)) = selected.get(&number) else {
                unclear = place();
                continue;
            };
            for &below in below {
                let Some(left) = steps.checked_sub(1) else { return (rules, place()) };
                *steps = left;
                if !seen.insert(below) {
                    continue;
                }
                let Some(role) = self.roles.get(below) else { continue };
                if is_aggregated(role) {
                    open.push_back(below);
                    continue;
                }
                if role.unclear.is_some() {
                    unclear = role.unclear.clone();
                }
                for held in role.rules.iter().filter(|held| known.insert(held.rule.clone())) {
                    let Some(left) = steps.checked_sub(1) else { return (rules, place()) };
                    *steps = left;
                    rules.push(held.clone());
                }
            }
        }
        (rules, unclear)
    }
}

fn is_aggregated(role: &Role) -> bool {
    let object = role.object.as_ref().filter(|_| matches!(role.key, RoleKey::Cluster(_)));
    object.and_then(|object| object.root().get("aggregationRule")).is_some_and(|rule| rule.is_mapping())
}
