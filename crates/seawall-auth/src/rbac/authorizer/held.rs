//! The rules that somebody holds, to compare them with rules that somebody wants to give away.

use super::RbacAuthorizer;
use super::roles::RoleKey;
use super::rule::{self, Rule};
use super::symbols::{Symbol, Symbols};
use crate::rbac::{PolicyRule, Subject};
use seawall_model::{At, Object};
use std::sync::Arc;

/// A rule with its words.
#[derive(Clone, Copy, Debug)]
pub(in crate::rbac) struct RuleText<'a> {
    rule: &'a Rule,
    symbols: &'a Symbols,
}

impl<'a> RuleText<'a> {
    fn texts(self, list: &'a [Symbol]) -> impl Iterator<Item = &'a str> {
        list.iter().map(move |symbol| self.symbols.text(*symbol))
    }
}

impl PolicyRule for RuleText<'_> {
    fn verbs(&self) -> impl Iterator<Item = &str> {
        self.texts(&self.rule.verbs)
    }
    fn api_groups(&self) -> impl Iterator<Item = &str> {
        self.texts(&self.rule.groups)
    }
    fn resources(&self) -> impl Iterator<Item = &str> {
        self.texts(&self.rule.resources)
    }
    fn resource_names(&self) -> impl Iterator<Item = &str> {
        self.texts(&self.rule.names)
    }
    fn non_resource_urls(&self) -> impl Iterator<Item = &str> {
        self.texts(&self.rule.urls)
    }
}

/// What somebody holds in a namespace.
#[derive(Debug)]
pub(in crate::rbac) struct HeldRules<'a> {
    pub(in crate::rbac) rules: Vec<RuleText<'a>>,
    /// Kinds and names of roles that do not exist.
    pub(in crate::rbac) missing: Vec<(&'static str, &'a str)>,
    /// What may hold more.
    pub(in crate::rbac) unclear: Option<String>,
}

/// The rules of an object that is not in the index.
#[derive(Debug)]
pub(in crate::rbac) struct WrittenRules {
    rules: Vec<Arc<Rule>>,
    symbols: Symbols,
}

impl WrittenRules {
    /// Reads a role.
    ///
    /// # Errors
    /// The place of the first value that the API does not decode.
    pub(in crate::rbac) fn read(role: &Arc<Object>) -> Result<Self, At<'_>> {
        let mut symbols = Symbols::default();
        Ok(Self { rules: rule::read(role, &mut symbols)?, symbols })
    }

    pub(in crate::rbac) fn rules(&self) -> Vec<RuleText<'_>> {
        self.rules.iter().map(|rule| RuleText { rule, symbols: &self.symbols }).collect()
    }
}

impl RbacAuthorizer {
    /// A rule of one of the roles, with its words.
    pub(super) fn rule_text<'a>(&'a self, rule: &'a Rule) -> RuleText<'a> {
        RuleText { rule, symbols: &self.symbols }
    }

    /// `RulesFor`: all rules of all roles that a subject holds in the cluster and, if it is not `""`, in the
    /// namespace.
    pub(in crate::rbac) fn held_rules(&self, who: Subject<'_>, namespace: &str) -> HeldRules<'_> {
        let mut out = HeldRules { rules: Vec::new(), missing: Vec::new(), unclear: None };
        let mut seen = std::collections::HashSet::new();
        let local = Some(self.symbols.find(namespace)).filter(|symbol| *symbol != Symbol::UNKNOWN);
        let local = local.filter(|_| !namespace.is_empty()).map(Some);
        for scope in [None].into_iter().chain(local) {
            for holds in self.holders.of(who).filter_map(|holder| self.holds(holder, scope)) {
                for number in holds.roles.iter().filter(|number| seen.insert(*number)) {
                    let Some(role) = self.roles.get(number) else { continue };
                    let texts =
                        role.rules.iter().map(|held| RuleText { rule: &held.rule, symbols: &self.symbols });
                    out.rules.extend(texts);
                    if let Some(unclear) = &role.unclear {
                        out.unclear = Some(super::decide::unclear_text(unclear));
                    }
                    match role.key {
                        _ if role.object.is_some() => {}
                        RoleKey::Cluster(name) => out.missing.push(("ClusterRole", self.symbols.text(name))),
                        RoleKey::Namespaced(_, name) => out.missing.push(("Role", self.symbols.text(name))),
                        RoleKey::Other(..) => {}
                    }
                }
            }
        }
        if out.unclear.is_none() && !self.unclear_bindings.is_empty() {
            out.unclear = Some("a binding that the API does not decode may grant more".into());
        }
        out
    }

    /// The rules of the role that a reference names; `None` if there is no such role.
    ///
    /// # Errors
    /// When the role may hold more than can be read.
    pub(in crate::rbac) fn rules_of_reference(
        &self,
        kind: &str,
        name: &str,
        namespace: &str,
    ) -> Option<Result<Vec<RuleText<'_>>, String>> {
        let name = self.symbols.find(name);
        let key = match kind {
            "ClusterRole" => RoleKey::Cluster(name),
            "Role" => RoleKey::Namespaced(self.symbols.find(namespace), name),
            _ => return None,
        };
        let role = self.roles.get(self.roles.find(key)?)?;
        role.object.as_ref()?;
        Some(match &role.unclear {
            Some(unclear) => Err(super::decide::unclear_text(unclear)),
            None => Ok(role
                .rules
                .iter()
                .map(|held| RuleText { rule: &held.rule, symbols: &self.symbols })
                .collect()),
        })
    }
}
