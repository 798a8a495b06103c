//! Random rules against upstream's functions, line by line.

use super::*;
use crate::Attributes;
use crate::rbac::lists::Lists;
use crate::rbac::matches;

type Rule = Lists<'static>;

/// `BreakdownRule`.
fn breakdown(rule: &Rule) -> Vec<Rule> {
    let mut out = Vec::new();
    let [verbs, groups, resources, names, urls] = &rule.0;
    for group in groups {
        for resource in resources {
            for verb in verbs {
                if names.is_empty() {
                    out.push(Lists([vec![*verb], vec![*group], vec![*resource], vec![], vec![]]));
                }
                for name in names {
                    out.push(Lists([vec![*verb], vec![*group], vec![*resource], vec![*name], vec![]]));
                }
            }
        }
    }
    for url in urls {
        for verb in verbs {
            out.push(Lists([vec![*verb], vec![], vec![], vec![], vec![*url]]));
        }
    }
    out
}

/// `ruleCovers`.
fn rule_covers(owner: &Rule, sub: &Rule) -> bool {
    let has_all = |set: &[&str], of: &[&str]| of.iter().all(|one| set.contains(one));
    let [verbs, groups, resources, names, urls] = &owner.0;
    let resource_covers = resources.contains(&"*")
        || sub.0[2].iter().all(|path| {
            resources.contains(path)
                || path
                    .split_once('/')
                    .is_some_and(|(_, rest)| resources.contains(&format!("*/{rest}").as_str()))
        });
    let url_covers = sub.0[4].iter().all(|path| {
        urls.iter().any(|owned| {
            owned == path || owned.ends_with('*') && path.starts_with(owned.trim_end_matches('*'))
        })
    });
    let name_covers = names.is_empty() || !sub.0[3].is_empty() && has_all(names, &sub.0[3]);
    (verbs.contains(&"*") || has_all(verbs, &sub.0[0]))
        && (groups.contains(&"*") || has_all(groups, &sub.0[1]))
        && resource_covers
        && name_covers
        && url_covers
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
    fn some(&mut self, words: &[&'static str], least: usize) -> Vec<&'static str> {
        (0..least + self.below(3)).map(|_| words[self.below(words.len())]).collect()
    }
    fn rule(&mut self) -> Rule {
        let names = if self.below(3) == 0 { self.some(&["a", "b", ""], 1) } else { vec![] };
        Lists([
            self.some(&["get", "list", "*", "GET"], 1),
            self.some(&["", "apps", "*"], 0),
            self.some(&["pods", "pods/exec", "*", "*/exec", "*/*", "pods/*", "a/b/c", "*/b/c"], 0),
            names,
            self.some(&["/a", "/a/*", "*", "/a*", "/**"], 0),
        ])
    }
}

const VERBS: [&str; 4] = ["get", "list", "*", "watch"];
const RESOURCES: [&str; 6] = ["pods", "pods/exec", "x/exec", "a/b/c", "*", "pods/*"];

#[test]
fn as_upstreams_functions() {
    let mut dice = Dice(1);
    let mut covered = 0;
    for _ in 0..6_000 {
        let owner: Vec<Rule> = (0..dice.below(4)).map(|_| dice.rule()).collect();
        let servant: Vec<Rule> = (0..1 + dice.below(2)).map(|_| dice.rule()).collect();
        let missing = |rule: &Rule| {
            let parts = breakdown(rule);
            parts.iter().filter(|part| !owner.iter().any(|own| rule_covers(own, part))).count()
        };
        let expected: usize = servant.iter().map(missing).sum();
        let found: usize = servant.iter().map(|rule| uncovered(&owner, rule).count()).sum();
        assert_eq!(found, expected, "{owner:?}\n{servant:?}");
        assert_eq!(covers(&owner, &servant), expected == 0);
        if expected > 0 {
            continue;
        }
        covered += 1;
        // What is covered allows no request that the owner may not make.
        for verb in VERBS {
            for resource in RESOURCES {
                for name in ["", "a", "c"] {
                    let ask = Attributes::resource(verb, "apps", resource).named(name);
                    let allowed = servant.iter().any(|rule| matches(rule, &ask));
                    assert!(
                        !allowed || owner.iter().any(|rule| matches(rule, &ask)),
                        "{owner:?} {servant:?} {ask:?}"
                    );
                }
            }
            for path in ["/a", "/a/b", "/b", "/ab", "*"] {
                let ask = Attributes::path(verb, path);
                let allowed = servant.iter().any(|rule| matches(rule, &ask));
                assert!(
                    !allowed || owner.iter().any(|rule| matches(rule, &ask)),
                    "{owner:?} {servant:?} {ask:?}"
                );
            }
        }
    }
    assert!(covered > 150, "{covered}");
}
