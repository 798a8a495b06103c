//! What of a rule do other rules not cover? The atoms that [`super::uncovered`] lists one by one, folded into
//! products, so that a rule of ten thousand verbs and as many resources costs no more than its words.

use super::{PolicyRule, url_matches};
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap};

/// Verbs on resources (of certain names), or on paths: a rule.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Part<'a> {
    /// The verbs, sorted.
    pub verbs: Vec<&'a str>,
    /// The API groups, sorted; none where it is about paths.
    pub groups: Vec<&'a str>,
    /// The resources, sorted.
    pub resources: Vec<&'a str>,
    /// The names, sorted; none is any.
    pub names: Vec<&'a str>,
    /// The paths, sorted.
    pub urls: Vec<&'a str>,
}

impl PolicyRule for Part<'_> {
    fn verbs(&self) -> impl Iterator<Item = &str> {
        self.verbs.iter().copied()
    }
    fn api_groups(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().copied()
    }
    fn resources(&self) -> impl Iterator<Item = &str> {
        self.resources.iter().copied()
    }
    fn resource_names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().copied()
    }
    fn non_resource_urls(&self) -> impl Iterator<Item = &str> {
        self.urls.iter().copied()
    }
}

/// The parts of `servant` that no single rule of `owner` covers. `steps` is what it may still cost (a look at a
/// word is one); `None` when that is used up.
pub fn remainder<'s, O: PolicyRule, S: PolicyRule>(
    owner: &[O],
    servant: &'s S,
    steps: &mut u64,
) -> Option<Vec<Part<'s>>> {
    let verbs = Axis::new(servant.verbs(), steps)?;
    let mut out = resources(owner, servant, &verbs, steps)?;
    let urls = Axis::new(servant.non_resource_urls(), steps)?;
    if verbs.is_empty() || urls.is_empty() {
        return Some(out);
    }
    let mut relevant = [Seen::new(&verbs), Seen::new(&urls)];
    let mut number = 0;
    for rule in owner.iter().filter(|rule| rule.resource_names().next().is_none()) {
        take(steps, 1)?;
        let of_verbs = verbs.words_of(rule.verbs(), steps)?;
        let of_urls = if of_verbs.is_empty() { Vec::new() } else { urls.paths_of(rule, steps)? };
        number += Seen::mark(&mut relevant, number, &[&of_verbs, &of_urls], steps)?;
    }
    let [of_verbs, of_urls] = relevant.map(Seen::classes);
    for (covered, words) in &of_urls {
        let left = of_verbs.iter().filter(|(other, _)| !meet(&[covered, other]));
        let left = texts(&verbs, left.flat_map(|(_, words)| words));
        take(steps, of_verbs.len() as u64)?;
        if !left.is_empty() {
            out.push(Part { verbs: left, urls: texts(&urls, words), ..Part::default() });
        }
    }
    Some(out)
}

fn resources<'s, O: PolicyRule, S: PolicyRule>(
    owner: &[O],
    servant: &'s S,
    verbs: &Axis<'s>,
    steps: &mut u64,
) -> Option<Vec<Part<'s>>> {
    let groups = Axis::new(servant.api_groups(), steps)?;
    let resources = Axis::new(servant.resources(), steps)?;
    if verbs.is_empty() || groups.is_empty() || resources.is_empty() {
        return Some(Vec::new());
    }
    // Without names there is one thing to cover on this axis: any name.
    let names = Axis::new(servant.resource_names(), steps)?;
    let any_name = names.is_empty();
    let mut relevant =
        [Seen::new(verbs), Seen::new(&groups), Seen::new(&resources), Seen::of_length(names.len().max(1))];
    let mut number = 0;
    for rule in owner {
        take(steps, 1)?;
        let of_verbs = verbs.words_of(rule.verbs(), steps)?;
        if of_verbs.is_empty() {
            continue;
        }
        let of_groups = groups.words_of(rule.api_groups(), steps)?;
        if of_groups.is_empty() {
            continue;
        }
        let of_resources = resources.resources_of(rule, steps)?;
        let of_names = match (rule.resource_names().next().is_some(), any_name) {
            (false, _) => (0..names.len().max(1)).collect(),
            (true, true) => Vec::new(),
            (true, false) => names.exactly(rule.resource_names(), steps)?,
        };
        let all: [&[usize]; 4] = [&of_verbs, &of_groups, &of_resources, &of_names];
        number += Seen::mark(&mut relevant, number, &all, steps)?;
    }
    let [of_verbs, of_groups, of_resources, of_names] = relevant.map(Seen::classes);
    // Resources that lack the same verbs stand together.
    let mut folded: BTreeMap<(usize, usize, Vec<&'s str>), Vec<&'s str>> = BTreeMap::new();
    for (at_group, (group, _)) in of_groups.iter().enumerate() {
        for (resource, words) in &of_resources {
            for (at_name, (name, _)) in of_names.iter().enumerate() {
                take(steps, of_verbs.len() as u64 * group.len().max(1) as u64)?;
                let left = of_verbs.iter().filter(|(verb, _)| !meet(&[group, resource, name, verb]));
                let left = texts(verbs, left.flat_map(|(_, words)| words));
                if !left.is_empty() {
                    folded.entry((at_group, at_name, left)).or_default().extend(texts(&resources, words));
                }
            }
        }
    }
    let words = |axis: &Axis<'s>, classes: &[(Bits, Vec<usize>)], at: usize| {
        classes.get(at).map(|(_, words)| texts(axis, words)).unwrap_or_default()
    };
    let part = |((group, name, verbs), mut resources): ((usize, usize, Vec<&'s str>), Vec<&'s str>)| {
        resources.sort_unstable();
        let names = if any_name { Vec::new() } else { words(&names, &of_names, name) };
        Part { verbs, groups: words(&groups, &of_groups, group), resources, names, urls: Vec::new() }
    };
    Some(folded.into_iter().map(part).collect())
}

fn take(steps: &mut u64, cost: u64) -> Option<()> {
    *steps = steps.checked_sub(cost)?;
    Some(())
}

fn texts<'s, 'n>(axis: &Axis<'s>, words: impl IntoIterator<Item = &'n usize>) -> Vec<&'s str> {
    let mut out: Vec<&str> =
        words.into_iter().filter_map(|number| axis.words.get(*number)).copied().collect();
    out.sort_unstable();
    out
}

/// The words of one list, each once.
struct Axis<'s> {
    words: Vec<&'s str>,
    numbers: HashMap<&'s str, usize, RandomState>,
}

impl<'s> Axis<'s> {
    fn new(list: impl Iterator<Item = &'s str>, steps: &mut u64) -> Option<Self> {
        let mut axis = Self { words: Vec::new(), numbers: HashMap::default() };
        for word in list {
            take(steps, 1)?;
            let next = axis.words.len();
            if *axis.numbers.entry(word).or_insert(next) == next {
                axis.words.push(word);
            }
        }
        Some(axis)
    }

    fn len(&self) -> usize {
        self.words.len()
    }

    fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words that a list names.
    fn exactly<'o>(&self, owned: impl Iterator<Item = &'o str>, steps: &mut u64) -> Option<Vec<usize>> {
        let mut out = Vec::new();
        for word in owned {
            take(steps, 1)?;
            out.extend(self.numbers.get(word));
        }
        Some(out)
    }

    /// The verbs or groups that a list covers.
    fn words_of<'o>(&self, owned: impl Iterator<Item = &'o str>, steps: &mut u64) -> Option<Vec<usize>> {
        let mut owned = owned.peekable();
        let mut out = Vec::new();
        for word in owned.by_ref() {
            take(steps, 1)?;
            if word == "*" {
                return Some((0..self.len()).collect());
            }
            out.extend(self.numbers.get(word));
        }
        Some(out)
    }

    /// The resources that a rule covers.
    fn resources_of(&self, rule: &impl PolicyRule, steps: &mut u64) -> Option<Vec<usize>> {
        let mut out = self.words_of(rule.resources(), steps)?;
        for subresource in rule.resources().filter_map(|owned| owned.strip_prefix("*/")) {
            take(steps, self.len() as u64)?;
            let has = |word: &&str| word.split_once('/').is_some_and(|(_, own)| own == subresource);
            out.extend(self.words.iter().enumerate().filter(|(_, word)| has(word)).map(|(at, _)| at));
        }
        Some(out)
    }

    /// The paths that a rule covers.
    fn paths_of(&self, rule: &impl PolicyRule, steps: &mut u64) -> Option<Vec<usize>> {
        let mut out = Vec::new();
        for owned in rule.non_resource_urls() {
            take(steps, 1)?;
            out.extend(self.numbers.get(owned));
            if owned.ends_with('*') {
                take(steps, self.len() as u64)?;
                let matching = self.words.iter().enumerate().filter(|(_, word)| url_matches(owned, word));
                out.extend(matching.map(|(at, _)| at));
            }
        }
        Some(out)
    }
}

/// A set of rules of the owner, by number.
type Bits = Vec<u64>;

fn meet(sets: &[&Bits]) -> bool {
    let Some((first, rest)) = sets.split_first() else { return false };
    first.iter().enumerate().any(|(at, block)| {
        rest.iter().fold(*block, |left, set| left & set.get(at).copied().unwrap_or(0)) != 0
    })
}

/// By which rules each word of an axis is covered.
struct Seen(Vec<Bits>);

impl Seen {
    fn new(axis: &Axis<'_>) -> Self {
        Self::of_length(axis.len())
    }

    fn of_length(length: usize) -> Self {
        Self(vec![Bits::new(); length])
    }

    /// Notes what a rule covers on each axis, if it covers something on all of them; returns how many rules were
    /// noted.
    fn mark(axes: &mut [Self], number: usize, covered: &[&[usize]], steps: &mut u64) -> Option<usize> {
        if covered.iter().any(|words| words.is_empty()) {
            return Some(0);
        }
        let (block, bit) = (number / 64, 1_u64 << (number % 64));
        for (axis, words) in axes.iter_mut().zip(covered) {
            take(steps, words.len() as u64 * (block as u64 / 8 + 1))?;
            for word in *words {
                let Some(bits) = axis.0.get_mut(*word) else { continue };
                if bits.len() <= block {
                    bits.resize(block + 1, 0);
                }
                if let Some(bits) = bits.get_mut(block) {
                    *bits |= bit;
                }
            }
        }
        Some(1)
    }

    /// Words that the same rules cover stand together, in the order of the first of them.
    fn classes(self) -> Vec<(Bits, Vec<usize>)> {
        let mut out: Vec<(Bits, Vec<usize>)> = Vec::new();
        let mut places: HashMap<Bits, usize, RandomState> = HashMap::default();
        for (word, bits) in self.0.into_iter().enumerate() {
            let next = out.len();
            let place = *places.entry(bits.clone()).or_insert(next);
            match out.get_mut(place) {
                Some((_, words)) => words.push(word),
                None => out.push((bits, vec![word])),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests;
