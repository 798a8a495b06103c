//! Upstream's form: `VisitRulesFor` of `pkg/registry/rbac/validation/rule.go` and `RuleAllows` of
//! `plugin/pkg/auth/authorizer/rbac/rbac.go`, with its maps by name and its loops over all bindings.

use super::world::Ask;
use seawall_auth::rbac::{PolicyRule, rules_of, subjects_of};
use seawall_model::Object;
use std::collections::HashMap;
use std::sync::Arc;

struct Rule {
    verbs: Vec<String>,
    groups: Vec<String>,
    resources: Vec<String>,
    names: Vec<String>,
}

struct Subject {
    kind: String,
    name: String,
    namespace: String,
}

struct Binding {
    role_kind: String,
    role: String,
    subjects: Vec<Subject>,
}

/// The objects as upstream's listers hold them.
#[derive(Default)]
pub(super) struct Authorizer {
    roles: HashMap<String, HashMap<String, Vec<Rule>>>,
    cluster_roles: HashMap<String, Vec<Rule>>,
    bindings: HashMap<String, Vec<Binding>>,
    cluster_bindings: Vec<Binding>,
}

impl Authorizer {
    pub(super) fn new(objects: &[Arc<Object>]) -> Self {
        let mut all = Self::default();
        for object in objects {
            let namespace = object.namespace().unwrap_or("").to_owned();
            match object.kind() {
                "Role" => {
                    all.roles.entry(namespace).or_default().insert(object.name().to_owned(), rules(object));
                }
                "ClusterRole" => drop(all.cluster_roles.insert(object.name().to_owned(), rules(object))),
                "RoleBinding" => all.bindings.entry(namespace).or_default().push(binding(object)),
                _ => all.cluster_bindings.push(binding(object)),
            }
        }
        all
    }

    pub(super) fn allows(&self, ask: &Ask) -> bool {
        let combined = if ask.subresource.is_empty() {
            ask.resource.clone()
        } else {
            format!("{}/{}", ask.resource, ask.subresource)
        };
        let grants = |bindings: &[Binding], namespace: &str| {
            bindings.iter().any(|binding| {
                if !binding.subjects.iter().any(|subject| applies(subject, ask, namespace)) {
                    return false;
                }
                let rules = match binding.role_kind.as_str() {
                    "Role" => self.roles.get(namespace).and_then(|roles| roles.get(&binding.role)),
                    _ => self.cluster_roles.get(&binding.role),
                };
                rules.is_some_and(|rules| rules.iter().any(|rule| allows(rule, ask, &combined)))
            })
        };
        grants(&self.cluster_bindings, "")
            || !ask.namespace.is_empty()
                && self.bindings.get(&ask.namespace).is_some_and(|list| grants(list, &ask.namespace))
    }
}

fn applies(subject: &Subject, ask: &Ask, namespace: &str) -> bool {
    match subject.kind.as_str() {
        "User" => ask.user == subject.name,
        "Group" => ask.groups.contains(&subject.name),
        "ServiceAccount" => {
            let namespace = if subject.namespace.is_empty() { namespace } else { &subject.namespace };
            !namespace.is_empty()
                && ask
                    .user
                    .strip_prefix("system:serviceaccount:")
                    .and_then(|rest| rest.strip_prefix(namespace))
                    .and_then(|rest| rest.strip_prefix(':'))
                    == Some(&subject.name)
        }
        _ => false,
    }
}

fn allows(rule: &Rule, ask: &Ask, combined: &str) -> bool {
    let has = |list: &[String], word: &str| list.iter().any(|owned| owned == "*" || owned == word);
    has(&rule.verbs, &ask.verb)
        && has(&rule.groups, &ask.group)
        && rule.resources.iter().any(|owned| {
            owned == "*"
                || owned == combined
                || !ask.subresource.is_empty()
                    && owned.len() == ask.subresource.len() + 2
                    && owned.starts_with("*/")
                    && owned.ends_with(&ask.subresource)
        })
        && (rule.names.is_empty() || rule.names.contains(&ask.name))
}

fn rules(role: &Arc<Object>) -> Vec<Rule> {
    let owned = |words: &mut dyn Iterator<Item = &str>| words.map(str::to_owned).collect();
    rules_of(role)
        .map(|rule| Rule {
            verbs: owned(&mut rule.verbs()),
            groups: owned(&mut rule.api_groups()),
            resources: owned(&mut rule.resources()),
            names: owned(&mut rule.resource_names()),
        })
        .collect()
}

fn binding(binding: &Arc<Object>) -> Binding {
    let text = |key| binding.at().key("roleRef").key(key).str().unwrap_or("").to_owned();
    let subjects = subjects_of(binding).map(|subject| Subject {
        kind: subject.at().key("kind").str().unwrap_or("").to_owned(),
        name: subject.name().to_owned(),
        namespace: subject.own_namespace().unwrap_or("").to_owned(),
    });
    Binding { role_kind: text("kind"), role: text("name"), subjects: subjects.collect() }
}
