//! Is a rule ever reached? Exact, or not claimed.
//!
//! The requests a rule matches are a union of boxes: one user (or all), one of the groups (or no demand), one verb
//! (or all), one namespace (or all), one resource pattern of one group, with one name (or all); or one pattern of
//! paths. Names, verbs, groups and resources are open sets: there is always a value that no rule names. Take the
//! request of a box that has such a fresh value wherever the box says "all": if earlier rules cover the box, one of
//! them matches this request, therefore names nothing in those places, therefore covers the whole box. So a box is
//! covered by a union of rules exactly when a single rule covers it.

use super::{GroupResources, Policy, Rule};
use std::collections::BTreeSet;

/// Whether earlier rules leave anything for a rule.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Shadow {
    /// It decides about some requests.
    Reached,
    /// It can match no request at all (such as the resource `*/*`).
    Empty,
    /// These earlier rules decide about all its requests.
    By(Vec<usize>),
    /// Too many combinations to decide.
    Unknown,
}

/// How many comparisons of strings are made at most for one question about a policy: well under a second.
const BUDGET: usize = 10_000_000;

/// A set of requests: all combinations of these. In the lists `None` is everything.
pub(super) struct Region<'a> {
    pub(super) users: Vec<Option<&'a str>>,
    pub(super) groups: Vec<Option<&'a str>>,
    pub(super) verbs: Vec<Option<&'a str>>,
    pub(super) whats: Vec<What<'a>>,
}

/// One combination.
#[derive(Clone, Copy)]
struct Box<'a> {
    user: Option<&'a str>,
    group: Option<&'a str>,
    verb: Option<&'a str>,
    what: What<'a>,
}

#[derive(Clone, Copy)]
pub(super) enum What<'a> {
    Resource {
        namespace: Option<&'a str>,
        group: &'a str,
        pattern: &'a str,
        name: Option<&'a str>,
    },
    /// A pattern of paths; `*` is all.
    Path(&'a str),
}

/// The comparisons left.
pub(super) struct Budget(usize);

impl Budget {
    pub(super) fn new() -> Self {
        Self(BUDGET)
    }

    fn spend(&mut self, cost: usize) -> bool {
        let left = self.0.checked_sub(cost);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

/// The values of a list, or "everything" when it is empty.
pub(super) fn each<'a>(list: &[&'a str]) -> Vec<Option<&'a str>> {
    if list.is_empty() { vec![None] } else { list.iter().copied().map(Some).collect() }
}

impl Policy<'_> {
    /// For each rule, whether it is ever reached.
    pub fn shadows(&self) -> Vec<Shadow> {
        let mut budget = Budget::new();
        let shadow = |(index, rule): (usize, &Rule<'_>)| {
            let whats = if combinations(rule) <= BUDGET { whats(rule) } else { return Shadow::Unknown };
            let (users, groups, verbs) = (each(&rule.users), each(&rule.user_groups), each(&rule.verbs));
            self.shadow(index, &Region { users, groups, verbs, whats }, &mut budget)
        };
        self.rules.iter().enumerate().map(shadow).collect()
    }

    /// Whether the rules before `index` leave anything of `region`.
    pub(super) fn shadow(&self, index: usize, region: &Region<'_>, budget: &mut Budget) -> Shadow {
        let earlier = self.rules.get(..index).unwrap_or(&[]);
        let lengths = [region.users.len(), region.groups.len(), region.verbs.len(), region.whats.len()];
        let boxes = lengths.iter().fold(1usize, |product, &length| product.saturating_mul(length));
        if boxes == 0 {
            return Shadow::Empty;
        }
        let sizes = earlier.iter().fold(0usize, |sum, rule| sum.saturating_add(size(rule)));
        if !budget.spend(boxes.saturating_mul(sizes)) {
            return Shadow::Unknown;
        }
        let mut by = BTreeSet::new();
        for &user in &region.users {
            for &group in &region.groups {
                for &verb in &region.verbs {
                    for &what in &region.whats {
                        let one = Box { user, group, verb, what };
                        match earlier.iter().position(|rule| covers(rule, &one)) {
                            Some(at) => drop(by.insert(at)),
                            None => return Shadow::Reached,
                        }
                    }
                }
            }
        }
        Shadow::By(by.into_iter().collect())
    }
}

/// How many strings a rule holds, and one for the rule.
fn size(rule: &Rule<'_>) -> usize {
    let lists = [&rule.users, &rule.user_groups, &rule.verbs, &rule.namespaces, &rule.non_resource_urls];
    let resources = rule.resources.iter().map(|entry| 1 + entry.resources.len() + entry.resource_names.len());
    1 + lists.iter().map(|list| list.len()).sum::<usize>() + resources.sum::<usize>()
}

/// How many elements [`whats`] would have.
fn combinations(rule: &Rule<'_>) -> usize {
    let of_entry = |entry: &GroupResources<'_>| {
        entry.resources.len().max(1).saturating_mul(entry.resource_names.len().max(1))
    };
    let entries = rule.resources.iter().map(of_entry).fold(0usize, usize::saturating_add).max(1);
    entries.saturating_mul(rule.namespaces.len().max(1)).saturating_add(rule.non_resource_urls.len())
}

fn whats<'a>(rule: &Rule<'a>) -> Vec<What<'a>> {
    if rule.namespaces.is_empty() && rule.resources.is_empty() {
        if !rule.non_resource_urls.is_empty() {
            return rule.non_resource_urls.iter().map(|pattern| What::Path(pattern)).collect();
        }
        let all = What::Resource { namespace: None, group: "*", pattern: "*", name: None };
        return vec![all, What::Path("*")];
    }
    let mut out = Vec::new();
    for namespace in each(&rule.namespaces) {
        if rule.resources.is_empty() {
            out.push(What::Resource { namespace, group: "*", pattern: "*", name: None });
        }
        for entry in &rule.resources {
            let (patterns, names) = if entry.resources.is_empty() {
                (vec!["*"], vec![None])
            } else {
                (entry.resources.clone(), each(&entry.resource_names))
            };
            for pattern in patterns.into_iter().filter(|pattern| can_match(pattern)) {
                for &name in &names {
                    out.push(What::Resource { namespace, group: entry.group, pattern, name });
                }
            }
        }
    }
    out
}

/// Whether any resource fits the pattern: resources and subresources are not empty, hold no `/` and are not `*`.
fn can_match(pattern: &str) -> bool {
    match pattern.split_once('/') {
        None => !pattern.is_empty(),
        Some((resource, subresource)) => {
            !resource.is_empty()
                && !subresource.is_empty()
                && !subresource.contains('/')
                && (resource, subresource) != ("*", "*")
        }
    }
}

/// Whether the list matches every value that the box stands for.
fn allows(list: &[&str], value: Option<&str>) -> bool {
    list.is_empty() || value.is_some_and(|value| list.contains(&value))
}

fn covers(rule: &Rule<'_>, one: &Box<'_>) -> bool {
    if !allows(&rule.users, one.user)
        || !allows(&rule.user_groups, one.group)
        || !allows(&rule.verbs, one.verb)
    {
        return false;
    }
    let catch_all = rule.namespaces.is_empty() && rule.resources.is_empty();
    match one.what {
        What::Path(pattern) => {
            catch_all
                && (rule.non_resource_urls.is_empty()
                    || rule.non_resource_urls.iter().any(|cover| path_covers(cover, pattern)))
        }
        What::Resource { namespace, group, pattern, name } => {
            if catch_all {
                return rule.non_resource_urls.is_empty();
            }
            allows(&rule.namespaces, namespace)
                && (rule.resources.is_empty()
                    || rule.resources.iter().any(|entry| {
                        (entry.group == "*" || entry.group == group)
                            && (entry.resources.is_empty()
                                || allows(&entry.resource_names, name)
                                    && entry.resources.iter().any(|cover| resource_covers(cover, pattern)))
                    }))
        }
    }
}

/// Whether every resource that fits `pattern` fits `cover`.
fn resource_covers(cover: &str, pattern: &str) -> bool {
    if cover == "*" || cover == pattern {
        return true;
    }
    let (resource, subresource) = pattern.split_once('/').unwrap_or((pattern, ""));
    if pattern == "*" {
        return false;
    }
    match cover.split_once('/') {
        // `pods/*` takes `pods` and every `pods/x`.
        Some((covered, "*")) => covered == resource && resource != "*",
        // `*/log` takes every `x/log`.
        Some(("*", covered)) => covered == subresource && subresource != "*",
        _ => false,
    }
}

/// Whether every path that fits `pattern` fits `cover`. Paths begin with `/`.
fn path_covers(cover: &str, pattern: &str) -> bool {
    let Some(prefix) = prefix(cover) else { return cover == pattern };
    match self::prefix(pattern) {
        Some(inner) => inner.starts_with(prefix),
        None => pattern.starts_with(prefix),
    }
}

fn prefix(pattern: &str) -> Option<&str> {
    if pattern == "*" {
        return Some("/");
    }
    pattern.ends_with('*').then(|| pattern.trim_end_matches('*'))
}
