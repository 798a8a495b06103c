//! Every way in which anybody holds a right, wherever and for whatever name: what graphs of rights are made of.

use super::RbacAuthorizer;
use super::bindings::Hold;
use super::proof::{Proof, RoleRef};
use super::roles::RoleKey;
use super::symbols::Map;
use super::table::Question;
use crate::Attributes;
use seawall_model::Object;
use std::sync::Arc;

/// A right that one element of a binding's subjects gets by one rule.
#[derive(Clone, Debug)]
pub struct Way<'a> {
    /// Whether the subject is a group; service accounts are users named `system:serviceaccount:<namespace>:<name>`.
    pub group: bool,
    /// The subject's name.
    pub name: &'a str,
    /// The names that the rule is limited to; none means any.
    pub names: Vec<&'a str>,
    /// Through what, and in which namespace.
    pub proof: Proof<'a>,
}

/// A binding with the role that it gives and to whom.
#[derive(Clone, Debug)]
pub struct Bound<'a> {
    /// The RoleBinding or ClusterRoleBinding.
    pub binding: &'a Arc<Object>,
    /// Whether it is assumed to be there because every API server makes it.
    pub built_in: bool,
    /// The namespace it holds in; `None` for the whole cluster.
    pub namespace: Option<&'a str>,
    /// The role; `None` where it does not exist.
    pub role: Option<RoleRef<'a>>,
    /// The number of each element of `subjects` that means somebody, whether it is a group, and its name.
    pub subjects: Vec<(usize, bool, &'a str)>,
}

/// Rules of one role that are told apart for one right: more names than this belong to no role of a person.
const RULES: usize = 64;

impl RbacAuthorizer {
    /// For each question, leaving its namespace and name aside: every way in which it is granted, by role and then
    /// by binding. Of the rules of a role for any name the first counts, beside it those for certain names only
    /// where there is none. Costs a look at each binding and at the rules of the roles that grant it.
    pub fn all_ways(&self, questions: &[Attributes<'_>]) -> Vec<Vec<Way<'_>>> {
        let mut of_role: Map<u32, Vec<u32>> = Map::default();
        for (number, binding) in self.bindings.iter().enumerate() {
            let clear = binding.as_ref().filter(|binding| binding.unclear.is_none());
            if let Some(binding) = clear {
                of_role.entry(binding.role).or_default().push(number as u32);
            }
        }
        questions.iter().map(|question| self.ways_of(question, &of_role)).collect()
    }

    fn ways_of(&self, question: &Attributes<'_>, of_role: &Map<u32, Vec<u32>>) -> Vec<Way<'_>> {
        let found = self.table.find(&self.symbols, &self.roles, question);
        let mut roles: Vec<u32> = found.wide.into_iter().flat_map(|wide| wide.iter()).collect();
        if let Some(row) = &found.row {
            roles.extend(row.any.iter());
            roles.extend(row.named_roles.iter());
        }
        roles.sort_unstable();
        roles.dedup();
        let mut out = Vec::new();
        for role in roles {
            let rules = self.rules_for_any_name(role, found.question);
            for &number in of_role.get(&role).into_iter().flatten() {
                let Some(Some(binding)) = self.bindings.get(number as usize) else { continue };
                for (subject, holder) in binding.subjects.iter().enumerate() {
                    let Some(holder) = holder.and_then(|holder| self.holders.get(holder)) else { continue };
                    let hold = Hold { role, binding: number, subject: subject as u32 };
                    for (rule, names) in &rules {
                        let Some(proof) = self.proof(hold, binding.namespace, *rule) else { continue };
                        let names = names.clone();
                        out.push(Way { group: holder.group, name: &holder.name, names, proof });
                    }
                }
            }
        }
        out
    }

    /// The numbers of the rules that grant it for some name, with their names.
    fn rules_for_any_name(&self, role: u32, question: Question) -> Vec<(usize, Vec<&str>)> {
        let rules = self.roles.get(role).map_or(&[][..], |role| &role.rules);
        let mut out = Vec::new();
        for (number, held) in rules.iter().enumerate() {
            let rule = &held.rule;
            let fits = question.verb_matches(rule)
                && question.group_matches(rule)
                && question.resource_matches(rule);
            if fits && rule.names.is_empty() {
                return vec![(number, Vec::new())];
            }
            if fits && out.len() < RULES {
                out.push((number, rule.names.iter().map(|name| self.symbols.text(*name)).collect()));
            }
        }
        out
    }

    /// The role of this name: a Role of a namespace, or a ClusterRole.
    pub fn role(&self, namespace: Option<&str>, name: &str) -> Option<RoleRef<'_>> {
        self.role_ref(self.role_number(namespace, name)?)
    }

    fn role_number(&self, namespace: Option<&str>, name: &str) -> Option<u32> {
        let name = self.symbols.find(name);
        self.roles.find(match namespace {
            None => RoleKey::Cluster(name),
            Some(namespace) => RoleKey::Namespaced(self.symbols.find(namespace), name),
        })
    }

    /// How a role would grant something to whoever holds it: the role that each rule is written in, the rule's
    /// number there, and the names that it is limited to (none means any). As [`RbacAuthorizer::all_ways`].
    pub fn role_grants(
        &self,
        namespace: Option<&str>,
        name: &str,
        question: &Attributes<'_>,
    ) -> Vec<(RoleRef<'_>, usize, Vec<&str>)> {
        let Some(number) = self.role_number(namespace, name) else { return Vec::new() };
        let question = Question::new(&self.symbols, question);
        let rules = self.rules_for_any_name(number, question).into_iter().filter_map(|(rule, names)| {
            let held = self.roles.get(number)?.rules.get(rule)?;
            Some((self.role_ref(held.source)?, held.index as usize, names))
        });
        rules.collect()
    }

    /// Every binding that could be read, in the order of their names as far as they were there from the start.
    pub fn all_bound(&self) -> impl Iterator<Item = Bound<'_>> {
        let clear = self.bindings.iter().flatten().filter(|binding| binding.unclear.is_none());
        clear.map(|binding| Bound {
            binding: &binding.object,
            built_in: binding.built_in,
            namespace: binding.namespace.map(|namespace| self.symbols.text(namespace)),
            role: self.role_ref(binding.role),
            subjects: binding
                .subjects
                .iter()
                .enumerate()
                .filter_map(|(at, holder)| {
                    let holder = self.holders.get((*holder)?)?;
                    Some((at, holder.group, &*holder.name))
                })
                .collect(),
        })
    }
}
