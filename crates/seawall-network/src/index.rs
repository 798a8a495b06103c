//! Which of many labelled things does a selector match? One pass over posting lists instead of one per thing.

use crate::Bits;
use foldhash::HashMap;
use seawall_model::{At, LabelSelector, Labels, Operator};

/// The things with one label key.
#[derive(Clone, Debug, Default)]
struct Key {
    things: Vec<u32>,
    values: HashMap<Box<str>, Vec<u32>>,
    /// Those of the things whose value is unknown.
    unknown: Vec<u32>,
}

/// Labelled things, numbered from 0, by label.
#[derive(Clone, Debug, Default)]
pub struct LabelIndex {
    keys: HashMap<Box<str>, Key>,
    /// Things not all of whose labels are known.
    incomplete: Vec<u32>,
    length: usize,
}

/// What a selector matches.
#[derive(Clone, Debug)]
pub struct Matches {
    /// Surely.
    pub sure: Bits,
    /// Surely, or depending on labels that are unknown.
    pub possible: Bits,
}

/// Labels sorted by key; of a repeated key the last value.
pub(crate) fn sorted<'a>(labels: Labels<'a>) -> Vec<(&'a str, &'a str)> {
    let mut pairs: Vec<_> = labels.entries().collect();
    pairs.reverse();
    pairs.sort_by_key(|&(key, _)| key);
    pairs.dedup_by_key(|&mut (key, _)| key);
    pairs
}

impl LabelIndex {
    /// How many things there are.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Adds a thing with these labels and returns its number. Of `made` labels only the key is known: controllers
    /// write them, whatever else is there.
    pub fn add(&mut self, labels: Labels<'_>, made: &[&str]) -> usize {
        self.add_sorted(&sorted(labels), labels.is_complete(), made)
    }

    /// Adds a thing with these labels, of which each key comes once; `complete` if it has no others.
    pub(crate) fn add_sorted(&mut self, labels: &[(&str, &str)], complete: bool, made: &[&str]) -> usize {
        let number = self.length as u32;
        for &name in made {
            let key = self.key(name);
            key.things.push(number);
            key.unknown.push(number);
        }
        for &(name, value) in labels.iter().filter(|(name, _)| !made.contains(name)) {
            let key = self.key(name);
            key.things.push(number);
            match key.values.get_mut(value) {
                Some(things) => things.push(number),
                None => drop(key.values.insert(value.into(), vec![number])),
            }
        }
        if !complete {
            self.incomplete.push(number);
        }
        self.length += 1;
        self.length - 1
    }

    fn key(&mut self, name: &str) -> &mut Key {
        // Most keys are known: no copy of the name for these.
        if !self.keys.contains_key(name) {
            self.keys.insert(name.into(), Key::default());
        }
        self.keys.entry(name.into()).or_default()
    }

    fn bits<'t>(&self, lists: impl Iterator<Item = &'t Vec<u32>>) -> Bits {
        let mut bits = Bits::none(self.length);
        lists.flatten().for_each(|&number| bits.insert(number as usize));
        bits
    }

    /// What a selector matches. One that the API server would refuse matches nothing.
    pub fn select(&self, selector: LabelSelector<'_>) -> Matches {
        let mut matches = Matches { sure: Bits::all(self.length), possible: Bits::all(self.length) };
        for requirement in selector.requirements() {
            let (Some(operator), None) = (requirement.operator, requirement.problem()) else {
                return Matches { sure: Bits::none(self.length), possible: Bits::none(self.length) };
            };
            let values = requirement.values();
            self.require(&mut matches, requirement.key, operator, values);
        }
        matches
    }

    /// What a map of labels matches, as Services select; an empty one matches nothing.
    pub fn select_map(&self, selector: At<'_>) -> Matches {
        let mut matches = Matches { sure: Bits::all(self.length), possible: Bits::all(self.length) };
        let mut empty = true;
        for (key, value) in selector.entries() {
            empty = false;
            self.require(&mut matches, key, Operator::In, std::iter::once(value.text().unwrap_or("")));
        }
        if empty {
            return Matches { sure: Bits::none(self.length), possible: Bits::none(self.length) };
        }
        matches
    }

    fn require<'v>(
        &self,
        matches: &mut Matches,
        name: &str,
        operator: Operator,
        values: impl Iterator<Item = &'v str>,
    ) {
        let key = self.keys.get(name);
        if self.incomplete.is_empty() && key.is_none_or(|key| key.unknown.is_empty()) {
            return self.require_known(matches, key, operator, values);
        }
        let with_key = self.bits(key.map(|key| &key.things).into_iter());
        // Things of which it is unknown whether they have the key.
        let mut unknown = self.bits(std::iter::once(&self.incomplete));
        unknown.subtract(&with_key);
        match operator {
            Operator::In | Operator::NotIn => {
                unknown.unite(&self.bits(key.map(|key| &key.unknown).into_iter()));
                let lists = values.filter_map(|value| key?.values.get(value));
                let with_value = self.bits(lists);
                if operator == Operator::In {
                    matches.sure.intersect(&with_value);
                    unknown.unite(&with_value);
                    matches.possible.intersect(&unknown);
                } else {
                    matches.possible.subtract(&with_value);
                    matches.sure.subtract(&with_value);
                    matches.sure.subtract(&unknown);
                }
            }
            Operator::Exists => {
                matches.sure.intersect(&with_key);
                unknown.unite(&with_key);
                matches.possible.intersect(&unknown);
            }
            Operator::DoesNotExist => {
                matches.possible.subtract(&with_key);
                matches.sure.subtract(&with_key);
                matches.sure.subtract(&unknown);
            }
        }
    }

    /// Where all values of the label are known.
    fn require_known<'v>(
        &self,
        matches: &mut Matches,
        key: Option<&Key>,
        operator: Operator,
        values: impl Iterator<Item = &'v str>,
    ) {
        let wanted = match operator {
            Operator::In | Operator::NotIn => self.bits(values.filter_map(|value| key?.values.get(value))),
            Operator::Exists | Operator::DoesNotExist => self.bits(key.map(|key| &key.things).into_iter()),
        };
        for bits in [&mut matches.sure, &mut matches.possible] {
            match operator {
                Operator::In | Operator::Exists => bits.intersect(&wanted),
                Operator::NotIn | Operator::DoesNotExist => bits.subtract(&wanted),
            }
        }
    }
}
