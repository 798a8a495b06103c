use super::super::{Atom, AtomObject, uncovered};
use super::*;
use std::collections::BTreeSet;

fn part(words: [&[&'static str]; 5]) -> Part<'static> {
    let [verbs, groups, resources, names, urls] = words.map(<[_]>::to_vec);
    Part { verbs, groups, resources, names, urls }
}

/// The atoms of parts, as `uncovered` gives them.
fn atoms<'a>(parts: &'a [Part<'a>]) -> BTreeSet<Atom<'a>> {
    parts.iter().flat_map(|part| uncovered::<Part<'_>, _>(&[], part)).collect()
}

#[test]
fn a_wildcard_gained_is_one_part() {
    let old = [part([&["get", "list"], &[""], &["pods"], &[], &[]])];
    let new = part([&["*"], &["*"], &["*"], &[], &["*"]]);
    let left = remainder(&old, &new, &mut 1000).unwrap();
    assert_eq!(left.len(), 2, "{left:?}");
    assert_eq!((&left[0].verbs, &left[0].resources), (&vec!["*"], &vec!["*"]));
    assert_eq!(left[1].urls, ["*"]);
}

#[test]
fn huge_rules_cost_their_words() {
    let words: Vec<String> = (0..10_000).map(|number| format!("word{number}")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let old = Part { verbs: words.clone(), groups: vec![""], resources: words.clone(), ..Part::default() };
    let mut new = old.clone();
    new.resources.push("secrets");
    let mut steps = 200_000;
    let left = remainder(std::slice::from_ref(&old), &new, &mut steps).unwrap();
    assert_eq!((left.len(), left[0].verbs.len(), &left[0].resources), (1, 10_000, &vec!["secrets"]));
    assert_eq!(remainder(&[old], &new, &mut 1000), None, "the bound holds");
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((value ^ (value >> 31)) % bound as u64) as usize
    }

    fn some(&mut self, of: &[&'static str], most: usize) -> Vec<&'static str> {
        (0..self.below(most + 1)).map(|_| of[self.below(of.len())]).collect()
    }

    fn rule(&mut self) -> Part<'static> {
        Part {
            verbs: self.some(&["get", "list", "create", "*"], 3),
            groups: self.some(&["", "apps", "*"], 2),
            resources: self.some(&["pods", "pods/log", "*/log", "*", "secrets", "nodes/log"], 3),
            names: if self.below(3) == 0 { self.some(&["a", "b", ""], 2) } else { vec![] },
            urls: if self.below(3) == 0 { self.some(&["/a", "/a/*", "/a/b", "*"], 2) } else { vec![] },
        }
    }
}

#[test]
fn the_same_atoms_as_one_by_one() {
    let mut dice = Dice(4);
    let mut uncovered_ones = 0;
    for round in 0..20_000 {
        let owner: Vec<Part<'_>> = (0..dice.below(5)).map(|_| dice.rule()).collect();
        let servant = dice.rule();
        let expected: BTreeSet<Atom<'_>> = uncovered(&owner, &servant).collect();
        let left = remainder(&owner, &servant, &mut 100_000).unwrap();
        assert_eq!(atoms(&left), expected, "{round}: {owner:?} {servant:?}");
        let paths = expected.iter().filter(|atom| matches!(atom.object, AtomObject::Path(_))).count();
        uncovered_ones += expected.len() - paths;
    }
    assert!(uncovered_ones > 10_000);
}
