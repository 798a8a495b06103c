//! Which roles grant an atom? From (verb, group, resource), wildcards included, to sets of roles.

use super::role_set::RoleSet;
use super::roles::Roles;
use super::rows::{Row, Rows};
use super::rule::{HeldRule, Rule};
use super::symbols::{Map, Symbol, Symbols};
use crate::{Attributes, Request};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The roles whose rules hold one atom.
#[derive(Clone, Debug, Default)]
pub(super) struct Posting {
    /// For every name.
    pub(super) any: RoleSet,
    /// For the names of a rule, by role and number of the rule.
    pub(super) named: Vec<(u32, u32)>,
}

/// An atom with its wildcards: verb, group, resource.
type Atom = (Symbol, Symbol, Symbol);

/// The index. What is too wide for it is in `wide`.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    atoms: Map<Atom, Posting>,
    /// By verb and path, or by verb and what stands before trailing stars.
    urls: Map<(Symbol, Url), RoleSet>,
    /// How many prefixes of each length there are.
    lengths: BTreeMap<usize, usize>,
    /// Roles with rules that are matched one by one.
    wide: RoleSet,
    rows: Rows,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Url {
    Exact(Symbol),
    Prefix(Symbol),
}

/// What the table has about one request.
#[derive(Clone, Debug)]
pub(super) struct Found<'a> {
    /// For a resource.
    pub(super) row: Option<Arc<Row>>,
    /// For a path.
    pub(super) urls: Vec<&'a RoleSet>,
    pub(super) wide: Option<&'a RoleSet>,
    pub(super) question: Question,
}

/// A request as symbols, to match rules one by one.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) struct Question {
    pub(super) verb: Symbol,
    pub(super) group: Symbol,
    /// With its subresource.
    pub(super) resource: Symbol,
    /// `*/` and the subresource.
    pub(super) of_any: Symbol,
    pub(super) name: Symbol,
}

impl Question {
    pub(super) fn new(symbols: &Symbols, attributes: &Attributes<'_>) -> Self {
        let verb = symbols.find(attributes.verb);
        let Request::Resource { group, resource, subresource, name, .. } = attributes.request else {
            let none = Symbol::UNKNOWN;
            return Self { verb, group: none, resource: none, of_any: none, name: none };
        };
        let (combined, of_any) = match subresource {
            "" => (symbols.find(resource), Symbol::UNKNOWN),
            _ => (symbols.find_joined(resource, subresource), symbols.find_joined("*", subresource)),
        };
        Self { verb, group: symbols.find(group), resource: combined, of_any, name: symbols.find(name) }
    }

    /// The same for every name.
    pub(super) fn without_name(self) -> Self {
        Self { name: Symbol::UNKNOWN, ..self }
    }

    pub(super) fn verb_matches(&self, rule: &Rule) -> bool {
        rule.verbs.iter().any(|&owned| owned == Symbol::STAR || owned == self.verb)
    }

    pub(super) fn group_matches(&self, rule: &Rule) -> bool {
        rule.groups.iter().any(|&owned| owned == Symbol::STAR || owned == self.group)
    }

    pub(super) fn resource_matches(&self, rule: &Rule) -> bool {
        rule.resources
            .iter()
            .any(|&owned| owned == Symbol::STAR || owned == self.resource || owned == self.of_any)
    }

    pub(super) fn name_matches(&self, rule: &Rule) -> bool {
        rule.names.is_empty() || rule.names.contains(&self.name)
    }
}

/// `RuleAllows`, on symbols.
pub(super) fn rule_allows(
    rule: &Rule,
    question: &Question,
    attributes: &Attributes<'_>,
    symbols: &Symbols,
) -> bool {
    question.verb_matches(rule)
        && match attributes.request {
            Request::Resource { .. } => {
                question.resource_matches(rule) && question.group_matches(rule) && question.name_matches(rule)
            }
            Request::Path(path) => {
                rule.urls.iter().any(|&owned| super::super::url_matches(symbols.text(owned), path))
            }
        }
}

impl Table {
    pub(super) fn add(&mut self, role: u32, rules: &[HeldRule], symbols: &mut Symbols) {
        self.rows.clear();
        for (number, held) in rules.iter().enumerate() {
            let rule = &*held.rule;
            if rule.is_wide() {
                self.wide.insert(role);
                continue;
            }
            for atom in atoms(rule) {
                let posting = self.atoms.entry(atom).or_default();
                if rule.names.is_empty() {
                    posting.any.insert(role);
                } else {
                    let entry = (role, number as u32);
                    if let Err(at) = posting.named.binary_search(&entry) {
                        posting.named.insert(at, entry);
                    }
                }
            }
            for &url in &rule.urls {
                let url = url_key(url, symbols);
                for &verb in &rule.verbs {
                    let roles = self.urls.entry((verb, url)).or_insert_with(|| {
                        if let Url::Prefix(prefix) = url {
                            *self.lengths.entry(symbols.text(prefix).len()).or_default() += 1;
                        }
                        RoleSet::default()
                    });
                    roles.insert(role);
                }
            }
        }
    }

    pub(super) fn remove(&mut self, role: u32, rules: &[HeldRule], symbols: &mut Symbols) {
        self.rows.clear();
        self.wide.remove(role);
        for held in rules.iter().filter(|held| !held.rule.is_wide()) {
            for atom in atoms(&held.rule) {
                let Some(posting) = self.atoms.get_mut(&atom) else { continue };
                posting.any.remove(role);
                let of_role = posting.named.partition_point(|entry| entry.0 < role);
                let end = posting.named.partition_point(|entry| entry.0 <= role);
                posting.named.drain(of_role..end);
                if posting.named.is_empty() && posting.any.is_empty() {
                    self.atoms.remove(&atom);
                }
            }
            for &url in &held.rule.urls {
                let url = url_key(url, symbols);
                for &verb in &held.rule.verbs {
                    let Some(roles) = self.urls.get_mut(&(verb, url)) else { continue };
                    roles.remove(role);
                    if roles.is_empty() {
                        self.urls.remove(&(verb, url));
                        if let Url::Prefix(prefix) = url
                            && let Some(count) = self.lengths.get_mut(&symbols.text(prefix).len())
                        {
                            *count -= 1;
                        }
                    }
                }
            }
        }
    }

    /// What is known about a request, whoever asks.
    pub(super) fn find<'a>(
        &'a self,
        symbols: &Symbols,
        roles: &Roles,
        attributes: &Attributes<'_>,
    ) -> Found<'a> {
        let question = Question::new(symbols, attributes);
        let wide = Some(&self.wide).filter(|wide| !wide.is_empty());
        let mut found = Found { row: None, urls: Vec::new(), wide, question };
        match attributes.request {
            Request::Resource { .. } => {
                let names = |role, rule: u32| {
                    let rules = roles.get(role).map_or(&[][..], |role| &role.rules);
                    rules.get(rule as usize).map_or(&[][..], |held| &held.rule.names)
                };
                found.row = Some(self.rows.get(question, || Row::new(self.find_atoms(question), names)));
            }
            Request::Path(path) => self.find_urls(symbols, question.verb, path, &mut found.urls),
        }
        found
    }

    fn find_atoms(&self, question: Question) -> impl Iterator<Item = &Posting> {
        (0..12).filter_map(move |number| {
            let verb = if number & 1 == 0 { question.verb } else { Symbol::STAR };
            let group = if number & 2 == 0 { question.group } else { Symbol::STAR };
            let resource = match number / 4 {
                0 => question.resource,
                1 => Symbol::STAR,
                _ => question.of_any,
            };
            let known = [verb, group, resource].iter().all(|symbol| *symbol != Symbol::UNKNOWN);
            known.then(|| self.atoms.get(&(verb, group, resource))).flatten()
        })
    }

    fn find_urls<'a>(&'a self, symbols: &Symbols, verb: Symbol, path: &str, out: &mut Vec<&'a RoleSet>) {
        let mut look = |url| {
            for verb in [verb, Symbol::STAR] {
                out.extend(self.urls.get(&(verb, url)));
                if verb == Symbol::STAR {
                    break;
                }
            }
        };
        look(Url::Exact(symbols.find(path)));
        for (&length, _) in self.lengths.range(..=path.len()).filter(|(_, count)| **count > 0) {
            if let Some(prefix) = path.get(..length) {
                look(Url::Prefix(symbols.find(prefix)));
            }
        }
    }
}

fn atoms(rule: &Rule) -> impl Iterator<Item = Atom> {
    rule.verbs.iter().flat_map(move |&verb| {
        rule.groups
            .iter()
            .flat_map(move |&group| rule.resources.iter().map(move |&resource| (verb, group, resource)))
    })
}

fn url_key(url: Symbol, symbols: &mut Symbols) -> Url {
    let text = symbols.text(url);
    if !text.ends_with('*') {
        return Url::Exact(url);
    }
    let prefix = text.trim_end_matches('*').to_owned();
    Url::Prefix(symbols.add(&prefix))
}
