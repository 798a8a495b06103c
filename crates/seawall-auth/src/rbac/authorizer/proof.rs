//! Why a request is allowed: binding, role, rule and subject, with their places.

use super::bindings::Hold;
use super::symbols::Symbol;
use super::table::Found;
use super::{Binding, RbacAuthorizer};
use crate::Attributes;
use crate::go_quote::quote_into;
use crate::rbac::Subject;
use seawall_model::{At, Object};
use std::sync::Arc;

/// One way in which a request is granted.
#[derive(Clone, Copy, Debug)]
pub struct Proof<'a> {
    /// The binding.
    pub binding: &'a Arc<Object>,
    /// Whether the binding is assumed to be there because every API server makes it.
    pub binding_built_in: bool,
    /// The number of the element in its `subjects`.
    pub subject: usize,
    /// The role that it refers to.
    pub role: RoleRef<'a>,
    /// The role that the rule is written in: another one where `role` is aggregated.
    pub source: RoleRef<'a>,
    /// The number of the rule in its `rules`.
    pub rule: usize,
    /// The namespace it holds in; `None` for the whole cluster.
    pub namespace: Option<&'a str>,
}

/// A role in a proof.
#[derive(Clone, Copy, Debug)]
pub struct RoleRef<'a> {
    /// The Role or ClusterRole.
    pub object: &'a Arc<Object>,
    /// Whether it is assumed to be there because every API server makes it.
    pub built_in: bool,
}

impl<'a> Proof<'a> {
    /// The place of the subject.
    pub fn subject_at(&self) -> At<'a> {
        let subjects = self.binding.at().key("subjects");
        subjects.items().nth(self.subject).unwrap_or(subjects)
    }

    /// The place of the rule.
    pub fn rule_at(&self) -> At<'a> {
        let rules = self.source.object.at().key("rules");
        rules.items().nth(self.rule).unwrap_or(rules)
    }

    /// Upstream's reason, such as `RBAC: allowed by RoleBinding "b/ns" of Role "r" to User "u"`.
    pub fn reason(&self) -> String {
        let mut out = String::from("RBAC: allowed by ");
        let text = |at: At<'a>| at.str().unwrap_or("");
        let name = |object: &'a Object| object.root().get("metadata").and_then(|m| m.get("name"));
        let binding_name = name(self.binding).map_or("", |name| name.text());
        match self.namespace {
            None => {
                out.push_str("ClusterRoleBinding ");
                quote_into(&mut out, binding_name);
            }
            Some(namespace) => {
                out.push_str("RoleBinding ");
                quote_into(&mut out, &format!("{binding_name}/{namespace}"));
            }
        }
        let reference = self.binding.at().key("roleRef");
        out.push_str(" of ");
        out.push_str(text(reference.key("kind")));
        out.push(' ');
        quote_into(&mut out, text(reference.key("name")));
        out.push_str(" to ");
        let subject = self.subject_at();
        let (kind, name) = (text(subject.key("kind")), text(subject.key("name")));
        out.push_str(kind);
        out.push(' ');
        if kind == "ServiceAccount" {
            let own = Some(text(subject.key("namespace"))).filter(|namespace| !namespace.is_empty());
            quote_into(&mut out, &format!("{name}/{}", own.or(self.namespace).unwrap_or("")));
        } else {
            quote_into(&mut out, name);
        }
        out
    }
}

impl RbacAuthorizer {
    /// The ways in which a request is granted, at most `limit`: those of the whole cluster first, then by the name
    /// of the binding. The first gives the reason.
    pub fn proofs(&self, who: Subject<'_>, attributes: &Attributes<'_>, limit: usize) -> Vec<Proof<'_>> {
        self.proofs_of(who, attributes, &self.find(attributes), limit)
    }

    pub(super) fn proofs_of(
        &self,
        who: Subject<'_>,
        attributes: &Attributes<'_>,
        found: &Found<'_>,
        limit: usize,
    ) -> Vec<Proof<'_>> {
        let mut out = Vec::new();
        for scope in self.scopes(attributes) {
            let mut holds: Vec<(&str, Hold)> = Vec::new();
            for held in self.holders.of(who).filter_map(|holder| self.holds(holder, scope)) {
                let roles = held.roles.iter().filter(|&role| self.may_grant(role, found));
                for role in roles.filter(|&role| self.granting_rules(role, attributes, found).any(|_| true)) {
                    holds.extend(
                        held.of_role(role).iter().map(|hold| (self.binding_name(hold.binding), *hold)),
                    );
                }
            }
            // The first subject of each binding counts, as upstream; names repeat only where there are none yet.
            let key = |(name, hold): &(&str, Hold)| (hold.binding, hold.subject, name.len());
            holds.sort_by_key(key);
            holds.dedup_by_key(|(_, hold)| hold.binding);
            holds.sort_by(|(one, first), (other, second)| {
                one.cmp(other).then(first.binding.cmp(&second.binding))
            });
            for (_, hold) in holds {
                for rule in self.granting_rules(hold.role, attributes, found) {
                    if out.len() >= limit {
                        return out;
                    }
                    out.extend(self.proof(hold, scope, rule));
                }
            }
        }
        out
    }

    /// The first of all proofs, which gives the reason. Bindings were numbered in the order of their names when the
    /// index was made, so that of each role only the first one and those that came later are compared.
    pub(super) fn first_proof(
        &self,
        who: Subject<'_>,
        attributes: &Attributes<'_>,
        found: &Found<'_>,
    ) -> Option<Proof<'_>> {
        self.scopes(attributes).find_map(|scope| {
            let mut first: Option<(&str, Hold)> = None;
            for held in self.holders.of(who).filter_map(|holder| self.holds(holder, scope)) {
                for role in held.roles.iter().filter(|&role| self.may_grant(role, found)) {
                    if self.granting_rules(role, attributes, found).next().is_none() {
                        continue;
                    }
                    let holds = held.of_role(role);
                    let later = holds.iter().rev().take_while(|hold| hold.binding >= self.in_order);
                    for hold in holds.first().into_iter().chain(later) {
                        let key = (self.binding_name(hold.binding), hold.binding, hold.subject);
                        if first.is_none_or(|(name, first)| key < (name, first.binding, first.subject)) {
                            first = Some((key.0, *hold));
                        }
                    }
                }
            }
            let (_, hold) = first?;
            let rule = self.granting_rules(hold.role, attributes, found).next()?;
            self.proof(hold, scope, rule)
        })
    }

    /// A quick look whether a role can grant the request.
    pub(super) fn may_grant(&self, role: u32, found: &Found<'_>) -> bool {
        let row = found.row.as_ref();
        row.is_some_and(|row| row.any.contains(role) || row.named_roles.contains(role))
            || found.urls.iter().any(|roles| roles.contains(role))
            || found.wide.is_some_and(|wide| wide.contains(role))
    }

    fn binding_name(&self, binding: u32) -> &str {
        let binding = self.bindings.get(binding as usize).and_then(Option::as_ref);
        binding.map_or("", |binding| binding.object.name())
    }

    pub(super) fn proof(&self, hold: Hold, scope: Option<Symbol>, rule: usize) -> Option<Proof<'_>> {
        let binding: &Binding = self.bindings.get(hold.binding as usize)?.as_ref()?;
        let role = self.role_ref(hold.role)?;
        let held = self.roles.get(hold.role)?.rules.get(rule)?;
        Some(Proof {
            binding: &binding.object,
            binding_built_in: binding.built_in,
            subject: hold.subject as usize,
            role,
            source: self.role_ref(held.source)?,
            rule: held.index as usize,
            namespace: scope.map(|namespace| self.symbols.text(namespace)),
        })
    }

    pub(super) fn role_ref(&self, role: u32) -> Option<RoleRef<'_>> {
        let role = self.roles.get(role)?;
        Some(RoleRef { object: role.object.as_ref()?, built_in: role.built_in })
    }
}
