//! What a policy means for the requests that matter.

use super::coverage::Shadow;
use super::sensitive::{SECRET_BODIES, SENSITIVE, Sensitive};
use super::{Attributes, Level, Policy, Rule, Target, Verdict};

/// Bodies with credentials that a rule writes to the log.
#[derive(Clone, Copy, Debug)]
pub struct Leak {
    /// The index of the rule.
    pub rule: usize,
    /// What it logs.
    pub what: &'static Sensitive,
    /// The verbs whose bodies hold the credential at the rule's level, first of them for messages.
    pub verb: &'static str,
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
    /// also what is read. Rules that are never reached leak nothing.
    pub fn leaks(&self) -> Vec<Leak> {
        let shadows = self.shadows();
        let mut out = Vec::new();
        for (index, rule) in self.rules.iter().enumerate().filter(|(_, rule)| rule.level >= Level::Request) {
            if matches!(shadows.get(index), Some(Shadow::By(_) | Shadow::Empty)) {
                continue;
            }
            for what in SECRET_BODIES {
                let verb = what.verbs.iter().copied().find(|verb| {
                    body_has_credential(what, verb, rule.level) && self.reaches(index, rule, what, verb)
                });
                if let Some(verb) = verb {
                    out.push(Leak { rule: index, what, verb });
                }
            }
        }
        out
    }

    /// Whether the rule decides about some request of this sort. The request is one of the rule's own users,
    /// namespaces and names where it names any, else a fresh one; among several, the ones listed are tried.
    fn reaches(&self, index: usize, rule: &Rule<'_>, what: &Sensitive, verb: &'static str) -> bool {
        const TRIES: usize = 16;
        let listed = |list: &[&'_ str]| -> Vec<String> {
            list.iter().take(TRIES).map(|&text| text.to_owned()).collect()
        };
        let or_fresh = |list: Vec<String>| if list.is_empty() { vec![FRESH.to_owned()] } else { list };
        let users = or_fresh(listed(&rule.users));
        let groups = or_fresh(listed(&rule.user_groups));
        let namespaces =
            if what.namespaced { or_fresh(listed(&rule.namespaces)) } else { vec![String::new()] };
        let mut names = vec![FRESH.to_owned()];
        names.extend(rule.resources.iter().flat_map(|entry| listed(&entry.resource_names)).take(TRIES));
        names.push(String::new());
        users.iter().any(|user| {
            groups.iter().any(|group| {
                namespaces.iter().any(|namespace| {
                    names.iter().any(|name| {
                        let groups = [group.as_str(), "system:authenticated"];
                        let request = Attributes {
                            user: Some((user, &groups)),
                            verb,
                            target: Target::Resource {
                                namespace,
                                group: what.group,
                                resource: what.resource,
                                subresource: what.subresource,
                                name,
                            },
                        };
                        self.evaluate(&request).rule == Some(index)
                    })
                })
            })
        })
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
