//! What do subjects hold here that they do not hold in another world? Rights are compared by their effect, so that
//! what another binding or role gives now is no change, and neither is what everybody holds.

mod fold;

use super::RbacAuthorizer;
use super::bindings::{Holder, Holds};
use super::held::RuleText;
use super::proof::Proof;
use super::roles::{Role, RoleKey};
use super::symbols::{Map, Symbol};
use crate::rbac::{Part, remainder};
use crate::user::SYSTEM_MASTERS;
use fold::{effective, implied_groups, without_repetition};
use foldhash::fast::RandomState;
use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, Hasher};

/// Parts of all subjects, and of one subject in one scope.
const ALL: usize = 100_000;
const PARTS: usize = 10_000;

/// What a subject holds in one scope and not in the other world.
#[derive(Clone, Debug)]
pub struct Beyond<'a> {
    /// Whether the subject is a group; service accounts are users.
    pub group: bool,
    /// Its name.
    pub name: &'a str,
    /// The namespace; `None` for the whole cluster.
    pub namespace: Option<&'a str>,
    /// The rights, each with one way in which it is granted. A right that a wildcard among them covers is not said
    /// again.
    pub rights: Vec<(Part<'a>, Proof<'a>)>,
    /// Roles that it is bound to here alone and that do not exist, each with its kind.
    pub missing: Vec<(&'static str, &'a str)>,
    /// Whether `rights` is all; otherwise comparing them costs too much.
    pub complete: bool,
}

/// What a comparison needs again and again.
struct Compare<'a> {
    here: &'a RbacAuthorizer,
    other: &'a RbacAuthorizer,
    hasher: [RandomState; 2],
    /// By the role's number.
    digests: Map<u32, Digest>,
    /// What a holder of the other world holds in a scope, by digest.
    others: Map<(u32, Option<Symbol>), HashSet<Digest, RandomState>>,
    /// How many parts may still be said.
    left: usize,
}

/// A role by its rules, or by its name where it does not exist. Two keys of this process alone: nobody can prepare
/// roles that pass as equal.
type Digest = (u64, u64);

impl RbacAuthorizer {
    /// What each subject that a binding names holds here beyond what it holds in `other`, implied groups counted:
    /// `system:authenticated` for all but the anonymous, the groups of service accounts. Users first, by name, and
    /// the whole cluster before namespaces. `steps` bounds the work beyond a look at each binding (a look at a word
    /// of a rule is one).
    pub fn beyond<'a>(&'a self, other: &'a Self, steps: &mut u64) -> Vec<Beyond<'a>> {
        let hasher = [RandomState::default(), RandomState::default()];
        let (digests, others) = (Map::default(), Map::default());
        let mut compare = Compare { here: self, other, hasher, digests, others, left: ALL };
        let mut order: Vec<(u32, u32)> =
            self.holders.ranks().iter().enumerate().map(|(number, rank)| (*rank, number as u32)).collect();
        order.sort_unstable();
        let mut out = Vec::new();
        for (_, number) in order {
            let Some(holder) = self.holders.get(number) else { continue };
            if holder.group && &*holder.name == SYSTEM_MASTERS {
                continue;
            }
            let mut scopes: Vec<_> =
                holder.namespaces.iter().map(|&symbol| (self.symbols.text(symbol), Some(symbol))).collect();
            scopes.sort_unstable();
            let mut all: Vec<Beyond<'a>> = Vec::new();
            for scope in [None].into_iter().chain(scopes.into_iter().map(|(_, symbol)| symbol)) {
                let found = compare.scope(number, holder, scope, steps);
                all.extend(found.map(|found| without_repetition(found, all.first(), steps)));
            }
            all.retain(|one| !one.rights.is_empty() || !one.missing.is_empty() || !one.complete);
            out.extend(all);
        }
        out
    }
}

impl<'a> Compare<'a> {
    fn scope(
        &mut self,
        number: u32,
        holder: &'a Holder,
        scope: Option<Symbol>,
        steps: &mut u64,
    ) -> Option<Beyond<'a>> {
        let here = self.here;
        let holds: &'a Holds = here.holds(number, scope)?;
        let namespace = scope.map(|symbol| here.symbols.text(symbol));
        let mut scopes = vec![None];
        if let Some(namespace) = namespace {
            let symbol = self.other.symbols.find(namespace);
            scopes.extend(Some(symbol).filter(|symbol| *symbol != Symbol::UNKNOWN).map(Some));
        }
        let others = self.holders_of(holder);
        let roles: Vec<u32> = holds.roles.iter().filter(|&role| !self.held(role, &others, &scopes)).collect();
        if roles.is_empty() {
            return None;
        }
        let mut found = Beyond {
            group: holder.group,
            name: &holder.name,
            namespace,
            rights: Vec::new(),
            missing: Vec::new(),
            complete: true,
        };
        let Some(owned) = self.rules_of(&others, &scopes, steps) else {
            found.complete = false;
            return Some(found);
        };
        for role in roles {
            let Some(entry) = here.roles.get(role) else { continue };
            if entry.object.is_none() {
                found.missing.extend(self.missing(entry));
            }
            let Some(&hold) = holds.of_role(role).first() else { continue };
            for (at, held) in entry.rules.iter().enumerate() {
                let rule = here.rule_text(&held.rule);
                let Some(parts) = remainder(&owned, &rule, steps) else {
                    found.complete = false;
                    continue;
                };
                let Some(proof) = here.proof(hold, scope, at) else { continue };
                for part in parts {
                    let parts = effective(here.own_words(part), scope.is_some());
                    found.rights.extend(parts.into_iter().map(|part| (part, proof)));
                }
                if found.rights.len() > PARTS.min(self.left) {
                    found.rights.truncate(PARTS.min(self.left));
                    self.left -= found.rights.len();
                    found.complete = false;
                    return Some(found);
                }
            }
        }
        self.left -= found.rights.len();
        Some(found)
    }
}

impl<'a> Compare<'a> {
    /// The numbers that the subject and its implied groups have in the other world.
    fn holders_of(&self, holder: &Holder) -> Vec<u32> {
        let other = &self.other.holders;
        let groups = implied_groups(holder);
        let groups = groups.iter().filter_map(|group| other.find(true, group));
        other.find(holder.group, &holder.name).into_iter().chain(groups).collect()
    }

    /// Whether a role of the same rules is held there.
    fn held(&mut self, role: u32, others: &[u32], scopes: &[Option<Symbol>]) -> bool {
        let here = self.here;
        let Some(entry) = here.roles.get(role) else { return true };
        let digest = match self.digests.get(&role) {
            Some(digest) => *digest,
            None => {
                let digest = here.digest(entry, &self.hasher);
                self.digests.insert(role, digest);
                digest
            }
        };
        let (other, hasher) = (self.other, &self.hasher);
        others.iter().any(|&number| {
            scopes.iter().any(|&scope| {
                let held = self.others.entry((number, scope)).or_insert_with(|| {
                    let holds = other.holds(number, scope).into_iter();
                    let roles = holds.flat_map(|holds| holds.roles.iter());
                    roles
                        .filter_map(|role| other.roles.get(role))
                        .map(|role| other.digest(role, hasher))
                        .collect()
                });
                held.contains(&digest)
            })
        })
    }

    /// The rules of all roles held there; `None` when looking at them costs too much.
    fn rules_of(
        &self,
        others: &[u32],
        scopes: &[Option<Symbol>],
        steps: &mut u64,
    ) -> Option<Vec<RuleText<'a>>> {
        let other = self.other;
        let mut seen = HashSet::new();
        let mut out = Vec::new();
        for &number in others {
            for holds in scopes.iter().filter_map(|&scope| other.holds(number, scope)) {
                for role in holds.roles.iter().filter(|&role| seen.insert(role)) {
                    let rules = other.roles.get(role).into_iter().flat_map(|role| &role.rules);
                    out.extend(rules.map(|held| other.rule_text(&held.rule)));
                    *steps = steps
                        .checked_sub(1 + other.roles.get(role).map_or(0, |role| role.rules.len()) as u64)?;
                }
            }
        }
        Some(out)
    }

    fn missing(&self, role: &Role) -> Option<(&'static str, &'a str)> {
        match role.key {
            RoleKey::Cluster(name) => Some(("ClusterRole", self.here.symbols.text(name))),
            RoleKey::Namespaced(_, name) => Some(("Role", self.here.symbols.text(name))),
            RoleKey::Other(..) => None,
        }
    }
}

impl RbacAuthorizer {
    /// The words of a part as long as this index lives.
    fn own_words(&self, part: Part<'_>) -> Part<'_> {
        let own = |words: Vec<&str>| {
            words.into_iter().map(|word| self.symbols.text(self.symbols.find(word))).collect::<Vec<_>>()
        };
        Part {
            verbs: own(part.verbs),
            groups: own(part.groups),
            resources: own(part.resources),
            names: own(part.names),
            urls: own(part.urls),
        }
    }

    fn digest(&self, role: &Role, hasher: &[RandomState; 2]) -> Digest {
        let [one, two] = hasher.each_ref().map(|hasher| {
            let mut state = hasher.build_hasher();
            let mut words = |list: &[Symbol]| {
                list.len().hash(&mut state);
                list.iter().for_each(|symbol| self.symbols.text(*symbol).hash(&mut state));
            };
            if role.object.is_none() {
                match role.key {
                    RoleKey::Cluster(name) => words(&[name]),
                    RoleKey::Namespaced(one, two) | RoleKey::Other(one, two) => words(&[one, two]),
                }
            }
            for held in &role.rules {
                let rule = &held.rule;
                let lists = [&rule.verbs, &rule.groups, &rule.resources, &rule.names, &rule.urls];
                lists.into_iter().for_each(|list| words(list));
            }
            (role.object.is_some(), role.rules.len()).hash(&mut state);
            state.finish()
        });
        (one, two)
    }
}
