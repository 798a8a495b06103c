//! From one plan to another: what is added and removed, in an order that nftables takes in one transaction.

use super::Plan;
use super::table::{Chain, Element, Map, Rule, Set, SetKind, Table, TableFamily};
use crate::Family;
use core::net::IpAddr;
use std::collections::{BTreeMap, BTreeSet};

/// One step of a change, in a table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// The table itself.
    AddTable,
    /// A counter by name.
    AddCounter(Box<str>),
    /// A set without elements.
    AddSet(Box<str>, SetKind, Family),
    /// A map without elements.
    AddMap(Box<str>, Family),
    /// A chain without rules; `true`: packets enter here.
    AddChain(Box<str>, bool),
    /// The rules of a chain go.
    FlushChain(Box<str>),
    /// Addresses of a map go.
    DeleteMapElements(Box<str>, Vec<IpAddr>),
    /// Elements of a set go.
    DeleteElements(Box<str>, Vec<Element>),
    /// Elements of a set come.
    AddElements(Box<str>, Vec<Element>),
    /// A rule behind the others of a chain.
    AddRule(Box<str>, Rule),
    /// Addresses of a map come, each with its chain.
    AddMapElements(Box<str>, Vec<(IpAddr, Box<str>)>),
    /// A chain without rules goes.
    DeleteChain(Box<str>),
    /// A map goes.
    DeleteMap(Box<str>),
    /// A set goes.
    DeleteSet(Box<str>),
    /// A counter goes.
    DeleteCounter(Box<str>),
    /// The table with all that is in it.
    DeleteTable,
}

/// The steps from one plan to another.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Change {
    /// In their order, all in one transaction.
    pub steps: Vec<(TableFamily, Step)>,
}

/// A step that does not fit the plan that it is applied to.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("step {0} of the change does not fit the plan")]
pub struct ChangeError(pub usize);

impl Change {
    /// What makes `new` of `old`.
    pub fn between(old: &Plan, new: &Plan) -> Self {
        let mut change = Self::default();
        for (&family, table) in &new.tables {
            let mut steps = Vec::new();
            match old.tables.get(&family) {
                Some(old) => differ(old, table, &mut steps),
                None => {
                    steps.push(Step::AddTable);
                    differ(&Table::default(), table, &mut steps);
                }
            }
            change.steps.extend(steps.into_iter().map(|step| (family, step)));
        }
        for &family in old.tables.keys().filter(|family| !new.tables.contains_key(family)) {
            change.steps.push((family, Step::DeleteTable));
        }
        change
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// Keys that only the first of two maps has.
fn only<'a, V>(
    one: &'a BTreeMap<Box<str>, V>,
    other: &'a BTreeMap<Box<str>, V>,
) -> impl Iterator<Item = &'a Box<str>> {
    one.keys().filter(|name| !other.contains_key(*name))
}

fn differ(old: &Table, new: &Table, steps: &mut Vec<Step>) {
    steps.extend(new.counters.difference(&old.counters).cloned().map(Step::AddCounter));
    let added = only(&new.sets, &old.sets).filter_map(|name| Some((name, new.sets.get(name)?)));
    steps.extend(added.map(|(name, set)| Step::AddSet(name.clone(), set.kind, set.family)));
    let added = only(&new.maps, &old.maps).filter_map(|name| Some((name, new.maps.get(name)?)));
    steps.extend(added.map(|(name, map)| Step::AddMap(name.clone(), map.family)));
    let added = only(&new.chains, &old.chains).filter_map(|name| Some((name, new.chains.get(name)?)));
    steps.extend(added.map(|(name, chain)| Step::AddChain(name.clone(), chain.is_base)));
    let stays = |name: &str, chain: &Chain| new.chains.get(name).is_some_and(|new| new.rules == chain.rules);
    let changed = old.chains.iter().filter(|(name, chain)| !stays(name, chain) && !chain.rules.is_empty());
    steps.extend(changed.map(|(name, _)| Step::FlushChain(name.clone())));
    elements_go(old, new, steps);
    elements_come(old, new, steps);
    steps.extend(only(&old.chains, &new.chains).cloned().map(Step::DeleteChain));
    steps.extend(only(&old.maps, &new.maps).cloned().map(Step::DeleteMap));
    steps.extend(only(&old.sets, &new.sets).cloned().map(Step::DeleteSet));
    steps.extend(old.counters.difference(&new.counters).cloned().map(Step::DeleteCounter));
}

fn elements_go(old: &Table, new: &Table, steps: &mut Vec<Step>) {
    for (name, map) in &old.maps {
        let target = |address: &IpAddr| new.maps.get(name).and_then(|new| new.elements.get(address));
        let gone = map.elements.iter().filter(|(address, chain)| target(address) != Some(*chain));
        let gone: Vec<_> = gone.map(|(&address, _)| address).collect();
        if !gone.is_empty() {
            steps.push(Step::DeleteMapElements(name.clone(), gone));
        }
    }
    for (name, set) in &old.sets {
        let Some(new) = new.sets.get(name) else { continue };
        let gone: Vec<_> = set.elements.difference(&new.elements).copied().collect();
        if !gone.is_empty() {
            steps.push(Step::DeleteElements(name.clone(), gone));
        }
    }
}

fn elements_come(old: &Table, new: &Table, steps: &mut Vec<Step>) {
    static NOTHING: BTreeSet<Element> = BTreeSet::new();
    for (name, set) in &new.sets {
        let known = old.sets.get(name).map_or(&NOTHING, |old| &old.elements);
        let come: Vec<_> = set.elements.difference(known).copied().collect();
        if !come.is_empty() {
            steps.push(Step::AddElements(name.clone(), come));
        }
    }
    for (name, chain) in &new.chains {
        if old.chains.get(name).is_none_or(|old| old.rules != chain.rules) {
            steps.extend(chain.rules.iter().map(|rule| Step::AddRule(name.clone(), rule.clone())));
        }
    }
    for (name, map) in &new.maps {
        let source = |address: &IpAddr| old.maps.get(name).and_then(|old| old.elements.get(address));
        let come = map.elements.iter().filter(|(address, chain)| source(address) != Some(*chain));
        let come: Vec<_> = come.map(|(&address, chain)| (address, chain.clone())).collect();
        if !come.is_empty() {
            steps.push(Step::AddMapElements(name.clone(), come));
        }
    }
}

impl Plan {
    /// Does the steps of a change.
    ///
    /// # Errors
    /// The number of the first step that names what is not there, or adds what is there.
    pub fn apply(&mut self, change: &Change) -> Result<(), ChangeError> {
        for (number, (family, step)) in change.steps.iter().enumerate() {
            let done = match step {
                Step::AddTable => self.tables.insert(*family, Table::default()).is_none(),
                Step::DeleteTable => self.tables.remove(family).is_some(),
                step => self.tables.get_mut(family).is_some_and(|table| table.apply(step).is_some()),
            };
            if !done {
                return Err(ChangeError(number));
            }
        }
        Ok(())
    }
}

impl Table {
    /// Does one step; `None` if it does not fit.
    fn apply(&mut self, step: &Step) -> Option<()> {
        let fits = match step {
            Step::AddTable | Step::DeleteTable => false,
            Step::AddCounter(name) => self.counters.insert(name.clone()),
            Step::DeleteCounter(name) => self.counters.remove(name),
            Step::AddSet(name, kind, family) => {
                let set = Set { kind: *kind, family: *family, elements: BTreeSet::new() };
                self.sets.insert(name.clone(), set).is_none()
            }
            Step::DeleteSet(name) => self.sets.remove(name).is_some() && !self.is_used(name),
            Step::AddMap(name, family) => {
                let map = Map { family: *family, elements: BTreeMap::new() };
                self.maps.insert(name.clone(), map).is_none()
            }
            Step::DeleteMap(name) => self.maps.remove(name).is_some() && !self.is_used(name),
            Step::AddChain(name, is_base) => {
                self.chains.insert(name.clone(), Chain { is_base: *is_base, rules: Vec::new() }).is_none()
            }
            Step::DeleteChain(name) => {
                let chain = self.chains.remove(name)?;
                let leads = |map: &Map| map.elements.values().any(|chain| chain == name);
                chain.rules.is_empty() && !self.is_used(name) && !self.maps.values().any(leads)
            }
            Step::FlushChain(name) => {
                self.chains.get_mut(name)?.rules.clear();
                true
            }
            Step::AddRule(name, rule) => {
                self.chains.get_mut(name)?.rules.push(rule.clone());
                true
            }
            Step::AddElements(name, elements) => {
                let set = self.sets.get_mut(name)?;
                elements.iter().all(|element| set.elements.insert(*element))
            }
            Step::DeleteElements(name, elements) => {
                let set = self.sets.get_mut(name)?;
                elements.iter().all(|element| set.elements.remove(element))
            }
            Step::AddMapElements(name, elements) => {
                let (map, chains) = (self.maps.get_mut(name)?, &self.chains);
                let mut add = |(address, chain): &(IpAddr, Box<str>)| {
                    chains.contains_key(chain) && map.elements.insert(*address, chain.clone()).is_none()
                };
                elements.iter().all(&mut add)
            }
            Step::DeleteMapElements(name, addresses) => {
                let map = self.maps.get_mut(name)?;
                addresses.iter().all(|address| map.elements.remove(address).is_some())
            }
        };
        fits.then_some(())
    }

    /// Whether a rule names a set, map or chain.
    fn is_used(&self, name: &str) -> bool {
        let mut rules = self.chains.values().flat_map(|chain| &chain.rules);
        rules.any(|rule| rule.name() == Some(name))
    }
}
