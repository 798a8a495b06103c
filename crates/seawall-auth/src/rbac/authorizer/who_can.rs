//! Who may do something? From the request to roles, to their bindings, to the subjects.

use super::RbacAuthorizer;
use super::bindings::Hold;
use super::proof::Proof;
use super::symbols::Symbol;
use super::table::Found;
use crate::Attributes;

/// A user or group that may do it.
#[derive(Clone, Debug)]
pub struct Granted<'a> {
    /// Whether it is a group; service accounts are users named `system:serviceaccount:<namespace>:<name>`.
    pub group: bool,
    /// Its name.
    pub name: &'a str,
    /// Through what: the whole cluster first, then by binding; one rule of each role.
    pub proofs: Vec<Proof<'a>>,
    /// How many bindings grant it, if not all of them are in `proofs`.
    pub bindings: usize,
}

impl RbacAuthorizer {
    /// Every user and group that some binding names and that is allowed to do it, users first, by name, each with
    /// at most `limit` proofs. `system:masters` needs no binding and is not among them for that.
    pub fn who_can(&self, attributes: &Attributes<'_>, limit: usize) -> Vec<Granted<'_>> {
        let found = self.table.find(&self.symbols, attributes);
        let mut holds: Vec<(u32, bool, Hold, Option<Symbol>)> = Vec::new();
        let scopes: Vec<_> = self.scopes(attributes).collect();
        for role in self.granting_roles(attributes, &found) {
            for &scope in &scopes {
                for &number in self.of_role.get(&(role, scope)).into_iter().flatten() {
                    let Some(Some(binding)) = self.bindings.get(number as usize) else { continue };
                    if binding.unclear.is_some() {
                        continue;
                    }
                    for (subject, holder) in binding.subjects.iter().enumerate() {
                        let Some(holder) = holder else { continue };
                        let hold = Hold { role, binding: number, subject: subject as u32 };
                        holds.push((*holder, scope.is_some(), hold, scope));
                    }
                }
            }
        }
        holds.sort_unstable_by_key(|(holder, local, hold, _)| (*holder, *local, hold.binding, hold.subject));
        // The first of several elements that mean the same subject counts.
        holds.dedup_by_key(|(holder, _, hold, _)| (*holder, hold.binding));
        let mut out: Vec<Granted<'_>> = holds
            .chunk_by(|one, other| one.0 == other.0)
            .filter_map(|holds| {
                let holder = self.holders.get(holds.first()?.0)?;
                let proof = |(_, _, hold, scope): &(u32, bool, Hold, Option<Symbol>)| {
                    let rule = self.granting_rules(hold.role, attributes, &found).next()?;
                    self.proof(*hold, *scope, rule)
                };
                Some(Granted {
                    group: holder.group,
                    name: &holder.name,
                    proofs: holds.iter().take(limit).filter_map(proof).collect(),
                    bindings: holds.len(),
                })
            })
            .collect();
        out.sort_unstable_by_key(|granted| (granted.group, granted.name));
        out
    }

    /// The roles that grant a request, ascending.
    pub(super) fn granting_roles(&self, attributes: &Attributes<'_>, found: &Found<'_>) -> Vec<u32> {
        let mut out: Vec<u32> = found.urls.iter().flat_map(|roles| roles.iter()).collect();
        for posting in found.postings.iter().flatten() {
            out.extend(posting.any.iter());
            let named = posting.named.iter().filter(|entry| self.names(**entry, found));
            out.extend(named.map(|(role, _)| *role));
        }
        let wide = found.wide.into_iter().flat_map(|wide| wide.iter());
        out.extend(wide.filter(|role| self.granting_rules(*role, attributes, found).next().is_some()));
        out.sort_unstable();
        out.dedup();
        out
    }
}
