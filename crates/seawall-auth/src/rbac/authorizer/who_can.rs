//! Who may do something? From the request to roles, to their bindings, to the subjects.

use super::RbacAuthorizer;
use super::bindings::Binding;
use super::proof::{Proof, RoleRef};
use super::symbols::Symbol;
use super::table::Found;
use crate::Attributes;
use smallvec::SmallVec;

/// A user or group that may do it.
#[derive(Clone, Debug)]
pub struct Granted<'a> {
    /// Whether it is a group; service accounts are users named `system:serviceaccount:<namespace>:<name>`.
    pub group: bool,
    /// Its name.
    pub name: &'a str,
    /// Through what: the whole cluster first, then by binding; one rule of each role.
    pub proofs: SmallVec<[Proof<'a>; 1]>,
    /// How many bindings grant it, if not all of them are in `proofs`.
    pub bindings: usize,
}

/// One subject through one binding.
#[derive(Clone, Copy)]
struct Way<'a> {
    binding: &'a Binding,
    number: u32,
    subject: u32,
    holder: u32,
    /// The place of the role among those that grant it.
    role: u32,
}

/// A role that grants it, with the first rule that does.
struct Granting<'a> {
    number: u32,
    role: RoleRef<'a>,
    source: RoleRef<'a>,
    rule: usize,
}

impl RbacAuthorizer {
    /// Every user and group that some binding names and that is allowed to do it, users first, by name, each with
    /// at most `limit` proofs. `system:masters` needs no binding and is not among them for that.
    pub fn who_can<'a>(&'a self, attributes: &Attributes<'_>, limit: usize) -> Vec<Granted<'a>> {
        let found = self.find(attributes);
        let scopes: Vec<_> = self.scopes(attributes).collect();
        // Most roles are bound elsewhere.
        let is_bound =
            |role: &u32| scopes.iter().any(|scope| self.of_role.of(*role, *scope).next().is_some());
        let roles = self.granting_roles(attributes, &found).into_iter().filter(is_bound);
        let roles: Vec<Granting<'_>> =
            roles.filter_map(|role| self.granting(role, attributes, &found)).collect();
        let (ways, order) = self.ways(&roles, &scopes);
        let way = |key: &u64| ways.get(*key as u32 as usize);
        // The first of several elements that mean the same subject counts: they stand side by side.
        let proof = |way: &Way<'a>| {
            let role = roles.get(way.role as usize)?;
            Some(Proof {
                binding: &way.binding.object,
                binding_built_in: way.binding.built_in,
                subject: way.subject as usize,
                role: role.role,
                source: role.source,
                rule: role.rule,
                namespace: way.binding.namespace.map(|namespace| self.symbols.text(namespace)),
            })
        };
        let granted = |keys: &[u64]| {
            let holder = self.holders.get(way(keys.first()?)?.holder)?;
            let bindings = || keys.chunk_by(|one, other| same_binding(way(one), way(other)));
            let first = |keys: &[u64]| way(keys.first()?);
            let proofs = bindings().take(limit).filter_map(first).filter_map(proof).collect();
            Some(Granted { group: holder.group, name: &holder.name, proofs, bindings: bindings().count() })
        };
        order.chunk_by(|one, other| one >> 32 == other >> 32).filter_map(granted).collect()
    }

    fn granting(&self, number: u32, asked: &Attributes<'_>, found: &Found<'_>) -> Option<Granting<'_>> {
        let rule = self.granting_rules(number, asked, found).next()?;
        let held = self.roles.get(number)?.rules.get(rule)?;
        let (role, source) = (self.role_ref(number)?, self.role_ref(held.source)?);
        Some(Granting { number, role, source, rule: held.index as usize })
    }

    /// All ways in the order in which they are shown: the whole cluster first, then by binding; and keys of them in
    /// the order of subjects, whose higher half is the subject's place and whose lower half is the way's number.
    fn ways(&self, roles: &[Granting<'_>], scopes: &[Option<Symbol>]) -> (Vec<Way<'_>>, Vec<u64>) {
        let ranks = self.holders.ranks();
        let (mut ways, mut order) = (Vec::new(), Vec::new());
        for &scope in scopes {
            let mut bindings: Vec<u64> = Vec::new();
            for (place, role) in roles.iter().enumerate() {
                let of_role = self.of_role.of(role.number, scope);
                bindings.extend(of_role.map(|number| u64::from(number) << 32 | place as u64));
            }
            bindings.sort_unstable();
            for key in bindings {
                let (number, role) = ((key >> 32) as u32, key as u32);
                let Some(Some(binding)) = self.bindings.get(number as usize) else { continue };
                if binding.unclear.is_some() {
                    continue;
                }
                for (subject, holder) in binding.subjects.iter().enumerate() {
                    let Some(holder) = *holder else { continue };
                    let rank = ranks.get(holder as usize).copied().unwrap_or(u32::MAX);
                    order.push(u64::from(rank) << 32 | ways.len() as u64);
                    ways.push(Way { binding, number, subject: subject as u32, holder, role });
                }
            }
        }
        order.sort_unstable();
        (ways, order)
    }

    /// The roles that grant a request, ascending.
    pub(super) fn granting_roles(&self, attributes: &Attributes<'_>, found: &Found<'_>) -> Vec<u32> {
        let mut out: Vec<u32> = found.urls.iter().flat_map(|roles| roles.iter()).collect();
        if let Some(row) = &found.row {
            out.extend(row.any.iter());
            out.extend(row.of_name(found.question.name));
        }
        let wide = found.wide.into_iter().flat_map(|wide| wide.iter());
        out.extend(wide.filter(|role| self.granting_rules(*role, attributes, found).next().is_some()));
        out.sort_unstable();
        out.dedup();
        out
    }
}

fn same_binding(one: Option<&Way<'_>>, other: Option<&Way<'_>>) -> bool {
    one.map(|way| way.number) == other.map(|way| way.number)
}
