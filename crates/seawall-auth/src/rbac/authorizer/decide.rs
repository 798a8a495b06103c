//! Decisions.

use super::bindings::Holds;
use super::role_set::RoleSet;
use super::roles::RoleKey;
use super::symbols::Symbol;
use super::table::{Found, rule_allows};
use super::{RbacAuthorizer, Unread};
use crate::Attributes;
use crate::authorizer::{Answer, Decision};
use crate::go_quote::quote_into;
use crate::rbac::Subject;

/// Unclear bindings that are looked at for one request.
const UNCLEAR: usize = 1000;

impl RbacAuthorizer {
    /// The decision alone.
    pub fn decide(&self, who: Subject<'_>, attributes: &Attributes<'_>) -> Decision {
        let found = self.find(attributes);
        if self.granting_scope(who, attributes, &found).is_some() {
            Decision::Allow
        } else if self.doubt(who, attributes, &found).is_some() {
            Decision::Unknown
        } else {
            Decision::NoOpinion
        }
    }

    /// The decision with its reason.
    pub fn authorize(&self, who: Subject<'_>, attributes: &Attributes<'_>) -> Answer {
        let found = self.find(attributes);
        if self.granting_scope(who, attributes, &found).is_some() {
            let proof = self.first_proof(who, attributes, &found);
            let reason = proof.map(|proof| proof.reason()).unwrap_or_default();
            return Answer { reason, ..Answer::allow() };
        }
        let reason = self.resolution_errors(who, attributes);
        let unknown = self.doubt(who, attributes, &found);
        let decision = if unknown.is_some() { Decision::Unknown } else { Decision::NoOpinion };
        Answer { decision, reason, unknown, error: None }
    }

    /// Whether every role and binding could be read. If not, what is refused may be allowed by one of them.
    pub fn is_clear(&self) -> bool {
        self.unclear_roles.is_empty() && self.unclear_bindings.is_empty() && self.options.unread.is_empty()
    }

    /// Roles and bindings that could not be read and may count for a request in `namespace` (`""`: the whole cluster).
    fn unread(&self, namespace: &str) -> Option<String> {
        let counts = |unread: &&Unread| {
            unread.everywhere
                || !namespace.is_empty() && !unread.known_in.iter().any(|known| **known == *namespace)
        };
        let reasons: Vec<&str> =
            self.options.unread.iter().filter(counts).map(|unread| &*unread.reason).collect();
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }

    /// The scopes of a request: the whole cluster, then its namespace if it has one.
    pub(super) fn scopes(&self, attributes: &Attributes<'_>) -> impl Iterator<Item = Option<Symbol>> + use<> {
        let namespace = Some(attributes.namespace()).filter(|namespace| !namespace.is_empty());
        let namespace = namespace.map(|namespace| self.symbols.find(namespace));
        [None].into_iter().chain(namespace.filter(|symbol| *symbol != Symbol::UNKNOWN).map(Some))
    }

    /// What is known about a request, whoever asks.
    pub(super) fn find(&self, attributes: &Attributes<'_>) -> Found<'_> {
        self.table.find(&self.symbols, &self.roles, attributes)
    }

    /// What a subject holds in a scope.
    pub(super) fn holds(&self, holder: u32, scope: Option<Symbol>) -> Option<&Holds> {
        match scope {
            None => self.holders.get(holder).map(|holder| &holder.cluster),
            Some(namespace) => self.holders.local(holder, namespace),
        }
    }

    /// The first scope in which the request is granted.
    pub(super) fn granting_scope(
        &self,
        who: Subject<'_>,
        attributes: &Attributes<'_>,
        found: &Found<'_>,
    ) -> Option<Option<Symbol>> {
        self.scopes(attributes).find(|&scope| {
            let mut holds = self.holders.of(who).filter_map(|holder| self.holds(holder, scope));
            holds.any(|holds| self.grants(&holds.roles, attributes, found))
        })
    }

    /// Whether one of these roles grants the request.
    pub(super) fn grants(&self, roles: &RoleSet, attributes: &Attributes<'_>, found: &Found<'_>) -> bool {
        if let Some(row) = &found.row
            && (row.any.meets(roles)
                || row.named_roles.meets(roles)
                    && row.of_name(found.question.name).any(|role| roles.contains(role)))
        {
            return true;
        }
        found.urls.iter().any(|set| set.meets(roles))
            || found.wide.is_some_and(|wide| {
                wide.meets(roles)
                    && wide
                        .iter()
                        .filter(|role| roles.contains(*role))
                        .any(|role| self.granting_rules(role, attributes, found).next().is_some())
            })
    }

    /// The numbers of the rules of a role that allow the request, one by one.
    pub(super) fn granting_rules<'a>(
        &'a self,
        role: u32,
        attributes: &'a Attributes<'_>,
        found: &'a Found<'_>,
    ) -> impl Iterator<Item = usize> + 'a {
        let rules = self.roles.get(role).into_iter().flat_map(|role| role.rules.iter().enumerate());
        rules
            .filter(|(_, held)| rule_allows(&held.rule, &found.question, attributes, &self.symbols))
            .map(|(number, _)| number)
    }

    /// Upstream's reason of a refusal: the roles that the subject's bindings refer to and that do not exist.
    fn resolution_errors(&self, who: Subject<'_>, attributes: &Attributes<'_>) -> String {
        let mut missing = Vec::new();
        for scope in self.scopes(attributes) {
            for holds in self.holders.of(who).filter_map(|holder| self.holds(holder, scope)) {
                if holds.roles.meets(&self.missing) {
                    missing.extend(holds.roles.iter().filter(|role| self.missing.contains(*role)));
                }
            }
        }
        missing.sort_unstable();
        missing.dedup();
        let mut texts: Vec<String> = missing.into_iter().filter_map(|role| self.not_found(role)).collect();
        texts.sort_unstable();
        texts.dedup();
        match texts.as_slice() {
            [] => String::new(),
            [only] => format!("RBAC: {only}"),
            several => format!("RBAC: [{}]", several.join(", ")),
        }
    }

    /// What resolving a role that does not exist gives.
    pub(super) fn not_found(&self, role: u32) -> Option<String> {
        let (mut out, name) = match self.roles.get(role)?.key {
            RoleKey::Cluster(name) => ("clusterrole.rbac.authorization.k8s.io ".to_owned(), name),
            RoleKey::Namespaced(_, name) => ("role.rbac.authorization.k8s.io ".to_owned(), name),
            RoleKey::Other(kind, _) => {
                let mut out = "unsupported role reference kind: ".to_owned();
                quote_into(&mut out, self.symbols.text(kind));
                return Some(out);
            }
        };
        quote_into(&mut out, self.symbols.text(name));
        out.push_str(" not found");
        Some(out)
    }

    /// What might grant a request that nothing certainly grants.
    pub(super) fn doubt(
        &self,
        who: Subject<'_>,
        attributes: &Attributes<'_>,
        found: &Found<'_>,
    ) -> Option<String> {
        if let Some(unread) = self.unread(attributes.namespace()) {
            return Some(unread);
        }
        if self.unclear_roles.is_empty() && self.unclear_bindings.is_empty() {
            return None;
        }
        for scope in self.scopes(attributes) {
            for holds in self.holders.of(who).filter_map(|holder| self.holds(holder, scope)) {
                let mut roles = holds.roles.iter().filter(|role| self.unclear_roles.contains(*role));
                if let Some(role) = roles.next().and_then(|role| self.roles.get(role)) {
                    return Some(unclear_text(role.unclear.as_ref()?));
                }
            }
        }
        let scopes: Vec<_> = self.scopes(attributes).collect();
        if self.unclear_bindings.len() > UNCLEAR {
            return Some(format!("{} bindings that the API does not decode", self.unclear_bindings.len()));
        }
        self.unclear_bindings.iter().find_map(|&number| {
            let binding = self.bindings.get(number as usize)?.as_ref()?;
            let place = binding.unclear.as_ref()?;
            let applies = scopes.contains(&binding.namespace) && self.may_mean(binding, who);
            // A reference that cannot be read may name any role.
            let readable = super::bindings::role_ref(&binding.object).is_ok();
            let grants = !readable
                || self.unclear_roles.contains(binding.role)
                || self.granting_rules(binding.role, attributes, found).next().is_some();
            (applies && grants).then(|| unclear_text(place))
        })
    }

    /// Whether a binding that is not clear may mean the subject.
    fn may_mean(&self, binding: &super::Binding, who: Subject<'_>) -> bool {
        match super::bindings::subjects_in(&binding.object) {
            Err(_) => true,
            Ok(_) => self.holders.of(who).any(|holder| binding.subjects.contains(&Some(holder))),
        }
    }
}

pub(super) fn unclear_text(place: &seawall_model::FieldRef) -> String {
    let object = &place.object;
    let field = place.field();
    // A rule of the right type is only named where following it was too much.
    let what = if field.ends_with("aggregationRule") && place.nearest().is_mapping() {
        "leads to too many roles and rules to follow"
    } else {
        "is not of its type"
    };
    format!("{} `{}`: `{field}` {what}", object.kind(), object.name())
}
