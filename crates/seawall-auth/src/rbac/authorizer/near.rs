//! What is missing for a request that nobody grants: the grants that come nearest to it.

use super::bindings::Hold;
use super::proof::{Proof, RoleRef};
use super::symbols::Symbol;
use super::table::{Found, Question};
use super::{RbacAuthorizer, rule::Rule};
use crate::rbac::Subject;
use crate::{Attributes, Request};

/// What a grant lacks.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Gap<'a> {
    /// The rule has other verbs: these.
    Verb(Vec<&'a str>),
    /// The rule holds for these names only.
    Name(Vec<&'a str>),
    /// It is granted in this namespace only.
    Namespace(&'a str),
    /// The rule is about this resource or subresource of the same resource.
    Resource(&'a str),
    /// The rule is about these API groups.
    Group(Vec<&'a str>),
    /// The role grants it, and no binding gives the role to the subject.
    Unbound,
}

/// A grant that nearly allows the request.
#[derive(Clone, Debug)]
pub struct Near<'a> {
    /// What it lacks.
    pub gap: Gap<'a>,
    /// The grant; `None` for [`Gap::Unbound`].
    pub proof: Option<Proof<'a>>,
    /// The role.
    pub role: RoleRef<'a>,
}

/// Rules that are looked at, at most.
const RULES: usize = 20_000;
/// Bindings to a role in other namespaces that are looked at, at most.
const PLACES: usize = 1_000;

impl RbacAuthorizer {
    /// The grants that come nearest to a request that is not allowed, nearest first, at most `limit`.
    pub fn nearest(&self, who: Subject<'_>, attributes: &Attributes<'_>, limit: usize) -> Vec<Near<'_>> {
        let found = self.find(attributes);
        let mut out = self.one_word_off(who, attributes, &found.question);
        out.extend(self.elsewhere(who, attributes, &found));
        out.sort_by(|one, other| one.gap.cmp(&other.gap));
        out.truncate(limit);
        if out.len() < limit {
            out.extend(self.unbound(who, attributes, &found, (limit - out.len()).min(3)));
        }
        out
    }

    /// Rules that the subject holds in the request's scopes and of which one list does not match.
    fn one_word_off(
        &self,
        who: Subject<'_>,
        attributes: &Attributes<'_>,
        question: &Question,
    ) -> Vec<Near<'_>> {
        let Request::Resource { resource, .. } = attributes.request else { return Vec::new() };
        let (mut out, mut left) = (Vec::new(), RULES);
        for scope in self.scopes(attributes) {
            for holds in self.holders.of(who).filter_map(|holder| self.holds(holder, scope)) {
                for role in holds.roles.iter() {
                    let rules = self.roles.get(role).map_or(&[][..], |role| &role.rules);
                    for (number, held) in rules.iter().enumerate() {
                        let Some(rest) = left.checked_sub(1) else { return out };
                        left = rest;
                        let Some(gap) = self.gap(&held.rule, question, resource) else { continue };
                        let first = holds.of_role(role).first();
                        out.extend(first.and_then(|hold| self.near(gap, *hold, scope, number)));
                    }
                }
            }
        }
        out
    }

    fn gap(&self, rule: &Rule, question: &Question, resource: &str) -> Option<Gap<'_>> {
        let texts = |list: &[Symbol]| list.iter().map(|symbol| self.symbols.text(*symbol)).collect();
        let fits = (
            question.verb_matches(rule),
            question.group_matches(rule),
            question.resource_matches(rule),
            question.name_matches(rule),
        );
        match fits {
            (false, true, true, true) => Some(Gap::Verb(texts(&rule.verbs))),
            (true, false, true, true) => Some(Gap::Group(texts(&rule.groups))),
            (true, true, true, false) => Some(Gap::Name(texts(&rule.names))),
            (true, true, false, true) => {
                let base = |text: &&str| text.split('/').next() == Some(resource);
                rule.resources.iter().map(|&owned| self.symbols.text(owned)).find(base).map(Gap::Resource)
            }
            _ => None,
        }
    }

    /// Grants of the same in other namespaces.
    fn elsewhere(&self, who: Subject<'_>, attributes: &Attributes<'_>, found: &Found<'_>) -> Vec<Near<'_>> {
        let mut out = Vec::new();
        let here: Vec<_> = self.scopes(attributes).flatten().collect();
        let mut left = PLACES;
        for holder in self.holders.of(who) {
            for &namespace in self.holders.get(holder).into_iter().flat_map(|holder| &holder.namespaces) {
                let Some(rest) = left.checked_sub(1) else { return out };
                left = rest;
                let Some(holds) = self.holds(holder, Some(namespace)).filter(|_| !here.contains(&namespace))
                else {
                    continue;
                };
                for role in holds.roles.iter().filter(|role| self.may_grant(*role, found)) {
                    let Some(rule) = self.granting_rules(role, attributes, found).next() else { continue };
                    let gap = Gap::Namespace(self.symbols.text(namespace));
                    let first = holds.of_role(role).first();
                    out.extend(first.and_then(|hold| self.near(gap, *hold, Some(namespace), rule)));
                }
            }
        }
        out
    }

    /// The smallest roles that grant it and could be bound.
    fn unbound(
        &self,
        who: Subject<'_>,
        attributes: &Attributes<'_>,
        found: &Found<'_>,
        limit: usize,
    ) -> impl Iterator<Item = Near<'_>> {
        let namespace = self.scopes(attributes).flatten().next();
        let fits = |number: &u32| {
            let Some(role) = self.roles.get(*number) else { return false };
            match role.key {
                super::roles::RoleKey::Cluster(_) => true,
                super::roles::RoleKey::Namespaced(own, _) => Some(own) == namespace,
                super::roles::RoleKey::Other(..) => false,
            }
        };
        let mut roles: Vec<u32> = self.granting_roles(attributes, found).into_iter().filter(fits).collect();
        // A role that is held in the right scope would have granted it: what is left is held elsewhere, or by none.
        let held = |role: &u32| {
            self.holders.of(who).any(|holder| {
                self.scopes(attributes)
                    .any(|scope| self.holds(holder, scope).is_some_and(|holds| holds.roles.contains(*role)))
            })
        };
        roles.retain(|role| !held(role));
        let size = |role: &u32| self.roles.get(*role).map_or(0, |role| role.rules.len());
        let name = |role: &u32| self.role_ref(*role).map_or("", |role| role.object.name());
        roles.sort_by(|one, other| size(one).cmp(&size(other)).then_with(|| name(one).cmp(name(other))));
        let near = |role| Some(Near { gap: Gap::Unbound, proof: None, role: self.role_ref(role)? });
        roles.into_iter().filter_map(near).take(limit).collect::<Vec<_>>().into_iter()
    }

    fn near<'a>(&'a self, gap: Gap<'a>, hold: Hold, scope: Option<Symbol>, rule: usize) -> Option<Near<'a>> {
        Some(Near { gap, proof: Some(self.proof(hold, scope, rule)?), role: self.role_ref(hold.role)? })
    }
}
