//! ClusterRoles that are filled from others (upstream: `clusterroleaggregation_controller.go`).
//!
//! The controller copies the current rules of all selected roles and is called again when one of them changes. From
//! empty rules that ends with the rules written in the ordinary roles that can be reached through selections.

use super::RbacAuthorizer;
use super::components::components;
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

    /// Fills the aggregated roles: those that select each other at once, after those that they select.
    pub(super) fn fill(&mut self) {
        let aggregated = self.aggregated();
        let selected = self.selections(&aggregated);
        let place: Map<u32, usize> =
            aggregated.iter().enumerate().map(|(at, number)| (*number, at)).collect();
        let of = |number: &u32| selected.get(number).and_then(Option::as_ref);
        let graph: Vec<Vec<usize>> = aggregated
            .iter()
            .map(|number| {
                of(number).into_iter().flatten().filter_map(|below| place.get(below).copied()).collect()
            })
            .collect();
        let mut sums: Vec<Sum> = Vec::new();
        let mut sum_of: Map<u32, usize> = Map::default();
        let mut steps = STEPS;
        for component in components(&graph) {
            let members: Vec<u32> = component.iter().filter_map(|at| aggregated.get(*at).copied()).collect();
            sum_of.extend(members.iter().map(|&number| (number, sums.len())));
            sums.push(self.sum(&members, &selected, &sum_of, &sums, &mut steps));
        }
        for number in aggregated {
            let Some(sum) = sum_of.get(&number).and_then(|at| sums.get(*at)) else { continue };
            // Every member keeps a copy, and the table an entry for each.
            let left = steps.checked_sub(sum.rules.len());
            steps = left.unwrap_or(0);
            let Some(role) = self.roles.get_mut(number) else { continue };
            let whole = || role.object.as_ref().map(|object| object.at().key("aggregationRule").field_ref());
            role.unclear = if left.is_some() { sum.unclear.clone() } else { whole() };
            role.rules = if left.is_some() { sum.rules.clone() } else { Vec::new() };
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

    /// What aggregated roles hold together that select each other; what they select beside is in `sums`.
    fn sum(
        &self,
        members: &[u32],
        selected: &BTreeMap<u32, Option<Vec<u32>>>,
        sum_of: &Map<u32, usize>,
        sums: &[Sum],
        steps: &mut usize,
    ) -> Sum {
        let mut out = Sum::default();
        let mut known = HashSet::<Arc<Rule>, foldhash::fast::RandomState>::default();
        let mut seen = HashSet::<u32, foldhash::fast::RandomState>::default();
        let mut seen_sums = HashSet::<usize, foldhash::fast::RandomState>::default();
        seen_sums.insert(sums.len());
        for &member in members {
            let object = self.roles.get(member).and_then(|role| role.object.as_ref());
            let place = || Some(object?.at().key("aggregationRule").field_ref());
            let Some(Some(below)) = selected.get(&member) else {
                out.unclear = place();
                continue;
            };
            for &below in below {
                let Some(left) = steps.checked_sub(1) else { return Sum { unclear: place(), ..out } };
                *steps = left;
                if !seen.insert(below) {
                    continue;
                }
                let Some(role) = self.roles.get(below) else { continue };
                let sum = sum_of.get(&below).filter(|at| seen_sums.insert(**at)).and_then(|at| sums.get(*at));
                let (rules, unclear) = match sum {
                    Some(sum) => (&sum.rules, &sum.unclear),
                    None if is_aggregated(role) => continue,
                    None => (&role.rules, &role.unclear),
                };
                if unclear.is_some() {
                    out.unclear = unclear.clone();
                }
                let Some(left) = steps.checked_sub(rules.len()) else {
                    return Sum { unclear: place(), ..out };
                };
                *steps = left;
                out.rules.extend(rules.iter().filter(|held| known.insert(held.rule.clone())).cloned());
            }
        }
        out
    }
}

/// What aggregated roles hold, and what keeps it from being complete.
#[derive(Default)]
struct Sum {
    rules: Vec<HeldRule>,
    unclear: Option<FieldRef>,
}

fn is_aggregated(role: &Role) -> bool {
    let object = role.object.as_ref().filter(|_| matches!(role.key, RoleKey::Cluster(_)));
    object.and_then(|object| object.root().get("aggregationRule")).is_some_and(|rule| rule.is_mapping())
}
