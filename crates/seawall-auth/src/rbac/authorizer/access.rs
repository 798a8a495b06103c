//! What may somebody do? The rules of all roles held, folded.

use super::RbacAuthorizer;
use super::proof::Proof;
use super::symbols::Symbol;
use crate::rbac::Subject;
use std::collections::BTreeMap;

/// What a subject may do in one scope.
#[derive(Clone, Debug)]
pub struct Access<'a> {
    /// The namespace; `None` for what holds in the whole cluster and so in every namespace too.
    pub namespace: Option<&'a str>,
    /// The rights, sorted.
    pub rights: Vec<AccessRight<'a>>,
    /// Roles that bindings refer to and that do not exist, in upstream's words.
    pub missing: Vec<String>,
    /// Roles that may hold more: what the API would not decode in them.
    pub unclear: Vec<String>,
}

/// Verbs on something. Rules of the usual size are taken apart, so that groups and resources have one element each.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct RightOn<'a> {
    /// Paths, of a right on paths.
    pub urls: Vec<&'a str>,
    /// API groups.
    pub groups: Vec<&'a str>,
    /// Resources.
    pub resources: Vec<&'a str>,
    /// Names; none means any.
    pub names: Vec<&'a str>,
}

/// A right with its proofs.
#[derive(Clone, Debug)]
pub struct AccessRight<'a> {
    /// On what.
    pub on: RightOn<'a>,
    /// The verbs, sorted.
    pub verbs: Vec<&'a str>,
    /// Through what, one for each binding and rule; at most as many as asked for.
    pub proofs: Vec<Proof<'a>>,
}

type Folded<'a> = BTreeMap<RightOn<'a>, AccessRight<'a>>;

impl RbacAuthorizer {
    /// The rights of a subject: those of the whole cluster first, then by namespace, each with at most `limit`
    /// proofs.
    pub fn access<'a>(&'a self, who: Subject<'_>, limit: usize) -> Vec<Access<'a>> {
        let mut scopes: Vec<(&str, Option<Symbol>)> = vec![("", None)];
        let holders: Vec<u32> = self.holders.of(who).collect();
        for holder in holders.iter().filter_map(|holder| self.holders.get(*holder)) {
            scopes.extend(holder.namespaces.iter().map(|&symbol| (self.symbols.text(symbol), Some(symbol))));
        }
        scopes.sort_unstable();
        scopes.dedup();
        let access = |(_, scope)| self.access_in(&holders, scope, limit);
        scopes.into_iter().map(access).filter(|access| !access.is_empty()).collect()
    }

    fn access_in<'a>(&'a self, holders: &[u32], scope: Option<Symbol>, limit: usize) -> Access<'a> {
        let mut folded = Folded::new();
        let (mut missing, mut unclear) = (Vec::new(), Vec::new());
        for holds in holders.iter().filter_map(|holder| self.holds(*holder, scope)) {
            for role in holds.roles.iter() {
                let Some(entry) = self.roles.get(role) else { continue };
                if entry.object.is_none() {
                    missing.extend(self.not_found(role));
                }
                unclear.extend(entry.unclear.as_ref().map(super::decide::unclear_text));
                for number in 0..entry.rules.len() {
                    for &hold in holds.of_role(role).iter().take(limit.max(1)) {
                        if let Some(proof) = self.proof(hold, scope, number) {
                            self.fold(&mut folded, role, number, proof, limit);
                        }
                    }
                }
            }
        }
        for list in [&mut missing, &mut unclear] {
            list.sort_unstable();
            list.dedup();
        }
        let namespace = scope.map(|symbol| self.symbols.text(symbol));
        Access { namespace, rights: folded.into_values().collect(), missing, unclear }
    }

    fn fold<'a>(&'a self, into: &mut Folded<'a>, role: u32, number: usize, proof: Proof<'a>, limit: usize) {
        let Some(held) = self.roles.get(role).and_then(|role| role.rules.get(number)) else { return };
        let rule = &held.rule;
        let texts = |list: &[Symbol]| {
            let mut list: Vec<&str> = list.iter().map(|symbol| self.symbols.text(*symbol)).collect();
            list.sort_unstable();
            list.dedup();
            list
        };
        let verbs = texts(&rule.verbs);
        let mut add = |on: RightOn<'a>| {
            let right = into.entry(on.clone());
            let right = right.or_insert_with(|| AccessRight { on, verbs: Vec::new(), proofs: Vec::new() });
            for verb in &verbs {
                if let Err(at) = right.verbs.binary_search(verb) {
                    right.verbs.insert(at, verb);
                }
            }
            if right.proofs.len() < limit {
                right.proofs.push(proof);
            }
        };
        let (groups, resources, names) = (texts(&rule.groups), texts(&rule.resources), texts(&rule.names));
        let nothing = || RightOn { urls: vec![], groups: vec![], resources: vec![], names: vec![] };
        if rule.is_wide() {
            return add(RightOn { urls: texts(&rule.urls), groups, resources, names });
        }
        for group in &groups {
            for resource in &resources {
                add(RightOn {
                    groups: vec![group],
                    resources: vec![resource],
                    names: names.clone(),
                    ..nothing()
                });
            }
        }
        for url in texts(&rule.urls) {
            add(RightOn { urls: vec![url], ..nothing() });
        }
    }
}

impl Access<'_> {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.rights.is_empty() && self.missing.is_empty() && self.unclear.is_empty()
    }
}
