//! What a policy means for the requests that matter.

use super::coverage::{Budget, Region, Shadow, What, each};
use super::matching::resource_matches;
use super::sensitive::{SECRET_BODIES, SENSITIVE, Sensitive};
use super::{Attributes, Level, Policy, Rule, Target, Verdict};

/// Bodies with credentials that a rule writes to the log.
#[derive(Clone, Copy, Debug)]
pub struct Leak {
    /// The index of the rule.
    pub rule: usize,
    /// What it logs.
    pub what: &'static Sensitive,
    /// The first verb whose bodies hold the credential at the rule's level.
    pub verb: &'static str,
    /// Whether some request surely gets to the rule; else there were too many combinations to decide.
    pub certain: bool,
}

/// How ordinary requests of one sort are logged.
#[derive(Clone, Copy, Debug)]
pub struct Reached {
    /// The sort.
    pub what: &'static Sensitive,
    /// The verb that is logged least.
    pub verb: &'static str,
    /// How.
    pub verdict: Verdict,
}

/// Callers that no rule should know by name: a person and a service account. Names with a control character are
/// no names that anybody has.
const PERSON: (&str, &[&str]) = ("\u{1}person", &["system:authenticated"]);
const WORKLOAD: (&str, &[&str]) = (
    "system:serviceaccount:\u{1}namespace:\u{1}name",
    &["system:serviceaccounts", "system:serviceaccounts:\u{1}namespace", "system:authenticated"],
);
const FRESH: &str = "\u{1}";

fn request(
    what: &Sensitive,
    verb: &'static str,
    user: (&'static str, &'static [&'static str]),
) -> Attributes<'static> {
    let named = !matches!(verb, "list" | "watch") && (verb != "create" || !what.subresource.is_empty());
    Attributes {
        user: Some(user),
        verb,
        target: Target::Resource {
            namespace: if what.namespaced { FRESH } else { "" },
            group: what.group,
            resource: what.resource,
            subresource: what.subresource,
            name: if named { FRESH } else { "" },
        },
    }
}

impl Policy<'_> {
    /// For each sensitive request, the least that is logged of it when a person or a service account whom no rule
    /// names does it to an object that no rule names.
    pub fn sensitive(&self) -> Vec<Reached> {
        let least = |what: &'static Sensitive| {
            let all = [PERSON, WORKLOAD].into_iter().flat_map(|user| {
                what.verbs.iter().map(move |verb| (*verb, self.evaluate(&request(what, verb, user))))
            });
            all.min_by_key(|(_, verdict)| verdict.level).map(|(verb, verdict)| Reached {
                what,
                verb,
                verdict,
            })
        };
        SENSITIVE.iter().filter_map(least).collect()
    }

    /// Rules that write credentials into the log, whoever asks. `Request` logs what is sent, `RequestResponse`
    /// also what is read. What earlier rules decide is no leak.
    pub fn leaks(&self) -> Vec<Leak> {
        let mut budget = Budget::new();
        let mut out = Vec::new();
        for (index, rule) in self.rules.iter().enumerate().filter(|(_, rule)| rule.level >= Level::Request) {
            for what in SECRET_BODIES {
                let mut verbs =
                    what.verbs.iter().copied().filter(|verb| body_has_credential(what, verb, rule.level));
                let leak = verbs.find_map(|verb| {
                    let shadow =
                        region(rule, what, verb).map(|region| self.shadow(index, &region, &mut budget));
                    let certain = match shadow {
                        Some(Shadow::Reached) => true,
                        Some(Shadow::Unknown) | None => false,
                        Some(Shadow::Empty | Shadow::By(_)) => return None,
                    };
                    Some(Leak { rule: index, what, verb, certain })
                });
                out.extend(leak);
            }
        }
        out
    }

    /// Whether every request is decided by some rule, so that nothing is left unlogged for want of one.
    pub fn has_catch_all(&self) -> bool {
        self.rules.iter().any(Rule::matches_everything)
    }
}

impl Rule<'_> {
    /// Whether it has no condition at all.
    pub fn matches_everything(&self) -> bool {
        let targets =
            self.resources.is_empty() && self.namespaces.is_empty() && self.non_resource_urls.is_empty();
        targets && self.users.is_empty() && self.user_groups.is_empty() && self.verbs.is_empty()
    }
}

/// Combinations of namespaces and names of one rule that are looked at.
const MOST: usize = 100_000;

/// The requests of one sort and verb that the rule's own conditions let through; `None` for too many combinations.
fn region<'a>(rule: &Rule<'a>, what: &'static Sensitive, verb: &'static str) -> Option<Region<'a>> {
    let (users, groups) = (each(&rule.users), each(&rule.user_groups));
    let verbs =
        if rule.verbs.is_empty() || rule.verbs.contains(&verb) { vec![Some(verb)] } else { Vec::new() };
    // Cluster-scoped requests have the empty namespace; lists and creations have the empty name.
    let only_empty =
        |list: &[&str]| if list.is_empty() || list.contains(&"") { vec![Some("")] } else { Vec::new() };
    let namespaces = if what.namespaced { each(&rule.namespaces) } else { only_empty(&rule.namespaces) };
    let mut names: Vec<Option<&'a str>> = Vec::new();
    let named = !matches!(verb, "list" | "watch") && (verb != "create" || !what.subresource.is_empty());
    let mut add = |list: &[&'a str]| names.extend(if named { each(list) } else { only_empty(list) });
    if rule.resources.is_empty() && (rule.non_resource_urls.is_empty() || !rule.namespaces.is_empty()) {
        add(&[]);
    }
    for entry in rule.resources.iter().filter(|entry| entry.group == what.group || entry.group == "*") {
        if entry.resources.is_empty() {
            add(&[]);
        } else if entry
            .resources
            .iter()
            .any(|pattern| resource_matches(pattern, what.resource, what.subresource))
        {
            add(&entry.resource_names);
        }
    }
    if namespaces.len().saturating_mul(names.len()) > MOST {
        return None;
    }
    let whats = namespaces.iter().flat_map(|&namespace| {
        names.iter().map(move |&name| What::Resource {
            namespace,
            group: what.group,
            pattern: what.pattern,
            name,
        })
    });
    let whats = whats.collect();
    Some(Region { users, groups, verbs, whats })
}

/// Whether the body that this level logs holds the credential. A token request carries none in the request, a
/// token review carries it there; deletions answer with the object or a status, and send options only.
fn body_has_credential(what: &Sensitive, verb: &str, level: Level) -> bool {
    let in_request = match (what.resource, verb) {
        ("serviceaccounts", _) => false,
        (_, "create" | "update" | "patch") => true,
        _ => false,
    };
    // The answer to a watch is a stream and is not logged.
    in_request || level >= Level::RequestResponse && verb != "watch"
}
