//! Is a rule ever reached? Exact, or not claimed.
//!
//! The requests a rule matches are a union of boxes: one user (or all), one of the groups (or no demand), one verb
//! (or all), one namespace (or all), one resource pattern of one group, with one name (or all); or one pattern of
//! paths. Names, verbs, groups and resources are open sets: there is always a value that no rule names. Take the
//! request of a box that has such a fresh value wherever the box says "all": if earlier rules cover the box, one of
//! them matches this request, therefore names nothing in those places, therefore covers the whole box. So a box is
//! covered by a union of rules exactly when a single rule covers it.

use super::{Policy, Rule};

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

/// How many comparisons of boxes with rules are made at most per policy.
const BUDGET: usize = 2_000_000;

/// One elementary set of requests; `None` is everything.
#[derive(Clone, Copy)]
struct Box<'a> {
    user: Option<&'a str>,
    group: Option<&'a str>,
    verb: Option<&'a str>,
    what: What<'a>,
}

#[derive(Clone, Copy)]
enum What<'a> {
    Resource {
        namespace: Option<&'a str>,
        group: &'a str,
        pattern: &'a str,
        name: Option<&'a str>,
    },
    /// A pattern of paths; `*` is all.
    Path(&'a str),
}

/// The values of a list, or "everything" when it is empty.
fn each<'a>(list: &[&'a str]) -> Vec<Option<&'a str>> {
    if list.is_empty() { vec![None] } else { list.iter().copied().map(Some).collect() }
}

impl Policy<'_> {
    /// For each rule, whether it is ever reached.
    pub fn shadows(&self) -> Vec<Shadow> {
        let mut budget = BUDGET;
        (0..self.rules.len()).map(|index| self.shadow(index, &mut budget)).collect()
    }

    fn shadow(&self, index: usize, budget: &mut usize) -> Shadow {
        let (Some(rule), Some(earlier)) = (self.rules.get(index), self.rules.get(..index)) else {
            return Shadow::Reached;
        };
        let whats = whats(rule);
        let (users, groups, verbs) = (each(&rule.users), each(&rule.user_groups), each(&rule.verbs));
        let boxes =
            [users.len(), groups.len(), verbs.len()].iter().fold(whats.len(), |n, &m| n.saturating_mul(m));
        if whats.is_empty() {
            return Shadow::Empty;
        }
        let cost = boxes.saturating_mul(earlier.len());
        if cost > *budget {
            return Shadow::Unknown;
        }
        *budget -= cost;
        let mut by = Vec::new();
        for &user in &users {
            for &group in &groups {
                for &verb in &verbs {
                    for &what in &whats {
                        let one = Box { user, group, verb, what };
                        match earlier.iter().position(|rule| covers(rule, &one)) {
                            Some(at) if by.contains(&at) => {}
                            Some(at) => by.push(at),
                            None => return Shadow::Reached,
                        }
                    }
                }
            }
        }
        by.sort_unstable();
        Shadow::By(by)
    }
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
