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

/// One subject through one binding; sorted as they are shown, the whole cluster before a namespace.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
struct Way {
    rank: u32,
    scope: Option<Symbol>,
    binding: u32,
    subject: u32,
    role: u32,
    holder: u32,
}

impl RbacAuthorizer {
    /// Every user and group that some binding names and that is allowed to do it, users first, by name, each with
    /// at most `limit` proofs. `system:masters` needs no binding and is not among them for that.
    pub fn who_can(&self, attributes: &Attributes<'_>, limit: usize) -> Vec<Granted<'_>> {
        let found = self.table.find(&self.symbols, attributes);
        let ranks = self.holders.ranks();
        let mut ways: Vec<Way> = Vec::new();
        let scopes: Vec<_> = self.scopes(attributes).collect();
        for role in self.granting_roles(attributes, &found) {
            for &scope in &scopes {
                for &number in self.of_role.get(&(role, scope)).into_iter().flatten() {
                    let Some(Some(binding)) = self.bindings.get(number as usize) else { continue };
                    if binding.unclear.is_some() {
                        continue;
                    }
                    for (subject, holder) in binding.subjects.iter().enumerate() {
                        let Some(holder) = *holder else { continue };
                        let rank = ranks.get(holder as usize).copied().unwrap_or(u32::MAX);
                        ways.push(Way {
                            rank,
                            scope,
                            binding: number,
                            subject: subject as u32,
                            role,
                            holder,
                        });
                    }
                }
            }
        }
        ways.sort_unstable();
        // The first of several elements that mean the same subject counts.
        ways.dedup_by_key(|way| (way.holder, way.binding));
        let granted = |ways: &[Way]| {
            let holder = self.holders.get(ways.first()?.holder)?;
            let proof = |way: &Way| {
                let hold = Hold { role: way.role, binding: way.binding, subject: way.subject };
                let rule = self.granting_rules(hold.role, attributes, &found).next()?;
                self.proof(hold, way.scope, rule)
            };
            let proofs = ways.iter().take(limit).filter_map(proof).collect();
            Some(Granted { group: holder.group, name: &holder.name, proofs, bindings: ways.len() })
        };
        ways.chunk_by(|one, other| one.holder == other.holder).filter_map(granted).collect()
    }

    /// The roles that grant a request, ascending.
    pub(super) fn granting_roles(&self, attributes: &Attributes<'_>, found: &Found<'_>) -> Vec<u32> {
        let mut out: Vec<u32> = found.urls.iter().flat_map(|roles| roles.iter()).collect();
        if let Some(row) = &found.row {
            out.extend(row.any.iter());
            let named = row.named.iter().filter(|entry| self.names(**entry, found));
            out.extend(named.map(|(role, _)| *role));
        }
        let wide = found.wide.into_iter().flat_map(|wide| wide.iter());
        out.extend(wide.filter(|role| self.granting_rules(*role, attributes, found).next().is_some()));
        out.sort_unstable();
        out.dedup();
        out
    }
}
