//! Bindings, and what each subject holds through them.

use super::role_set::RoleSet;
use super::rule::{fields, list, string};
use super::symbols::{Map, Symbol};
use crate::rbac::{Subject, SubjectKind};
use seawall_model::{At, FieldRef, Object};
use smallvec::SmallVec;
use std::sync::{Arc, OnceLock};

/// A RoleBinding or ClusterRoleBinding.
#[derive(Clone, Debug)]
pub(super) struct Binding {
    pub(super) object: Arc<Object>,
    /// `None`: a ClusterRoleBinding.
    pub(super) namespace: Option<Symbol>,
    /// The role it refers to.
    pub(super) role: u32,
    /// Assumed, not read.
    pub(super) built_in: bool,
    /// The subject of each element of `subjects`; `None` where it matches nobody.
    pub(super) subjects: SmallVec<[Option<u32>; 2]>,
    /// What the API would not decode: the binding grants nothing for sure.
    pub(super) unclear: Option<FieldRef>,
}

/// One element of `subjects`, decoded.
pub(super) struct Named<'a> {
    pub(super) kind: SubjectKind,
    pub(super) name: &'a str,
    /// As written.
    pub(super) namespace: &'a str,
}

/// `subjects` as the API decodes them.
///
/// # Errors
/// The place of the first value that it does not decode.
pub(super) fn subjects_in(binding: &Arc<Object>) -> Result<SmallVec<[Named<'_>; 2]>, At<'_>> {
    let mut out = SmallVec::new();
    for at in list(binding.at().key("subjects"))? {
        let Some(node) = at.node() else {
            out.push(Named { kind: SubjectKind::Other, name: "", namespace: "" });
            continue;
        };
        if !node.is_mapping() {
            return Err(at);
        }
        let [kind, group, name, namespace] = fields(node, ["kind", "apiGroup", "name", "namespace"]);
        let text = |field: Option<_>| field.map_or(Ok(""), string).map_err(|place| At::new(binding, place));
        let kind = match text(kind)? {
            "User" => SubjectKind::User,
            "Group" => SubjectKind::Group,
            "ServiceAccount" => SubjectKind::ServiceAccount,
            _ => SubjectKind::Other,
        };
        text(group)?;
        out.push(Named { kind, name: text(name)?, namespace: text(namespace)? });
    }
    Ok(out)
}

/// Kind and name in `roleRef` as the API decodes them.
///
/// # Errors
/// The place of the first value that it does not decode.
pub(super) fn role_ref(binding: &Arc<Object>) -> Result<(&str, &str), At<'_>> {
    let Some(node) = binding.root().get("roleRef").filter(|node| !node.is_null()) else {
        return Ok(("", ""));
    };
    if !node.is_mapping() {
        return Err(At::new(binding, node.id()));
    }
    let text = |field: Option<_>| field.map_or(Ok(""), string).map_err(|place| At::new(binding, place));
    let [group, kind, name] = fields(node, ["apiGroup", "kind", "name"]);
    text(group)?;
    Ok((text(kind)?, text(name)?))
}

/// Scope and number of each binding of one role; most roles have few.
type OfRole = SmallVec<[(Option<Symbol>, u32); 2]>;

/// The bindings that refer to each role, by its number, sorted once all are there.
#[derive(Clone, Debug, Default)]
pub(super) struct References {
    all: Vec<OfRole>,
    /// Not while everything is added.
    sorted: bool,
}

impl References {
    pub(super) fn add(&mut self, role: u32, scope: Option<Symbol>, binding: u32) {
        if self.all.len() <= role as usize {
            self.all.resize_with(role as usize + 1, SmallVec::new);
        }
        let Some(list) = self.all.get_mut(role as usize) else { return };
        if !self.sorted {
            list.push((scope, binding));
        } else if let Err(at) = list.binary_search(&(scope, binding)) {
            list.insert(at, (scope, binding));
        }
    }

    pub(super) fn remove(&mut self, role: u32, scope: Option<Symbol>, binding: u32) {
        let Some(list) = self.all.get_mut(role as usize) else { return };
        if let Ok(at) = list.binary_search(&(scope, binding)) {
            list.remove(at);
        }
    }

    pub(super) fn sort(&mut self) {
        self.all.iter_mut().for_each(|list| list.sort_unstable());
        self.sorted = true;
    }

    /// The bindings of a role in a scope, ascending.
    pub(super) fn of(&self, role: u32, scope: Option<Symbol>) -> impl Iterator<Item = u32> {
        let list = self.all.get(role as usize).map_or(&[][..], |list| list);
        let start = list.partition_point(|entry| entry.0 < scope);
        let rest = list.get(start..).unwrap_or(&[]);
        rest.iter().take_while(move |entry| entry.0 == scope).map(|entry| entry.1)
    }
}

/// A role that a subject holds.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Hold {
    pub(super) role: u32,
    pub(super) binding: u32,
    /// The element of `subjects` that means the subject.
    pub(super) subject: u32,
}

/// What one subject holds in one scope.
#[derive(Clone, Debug, Default)]
pub(super) struct Holds {
    pub(super) roles: RoleSet,
    /// Sorted.
    pub(super) list: SmallVec<[Hold; 2]>,
}

impl Holds {
    fn add(&mut self, hold: Hold, sorted: bool) {
        self.roles.insert(hold.role);
        if !sorted {
            self.list.push(hold);
        } else if let Err(at) = self.list.binary_search(&hold) {
            self.list.insert(at, hold);
        }
    }

    fn remove(&mut self, hold: Hold) {
        if let Ok(at) = self.list.binary_search(&hold) {
            self.list.remove(at);
        }
        if self.of_role(hold.role).is_empty() {
            self.roles.remove(hold.role);
        }
    }

    /// The bindings through which a role is held.
    pub(super) fn of_role(&self, role: u32) -> &[Hold] {
        let start = self.list.partition_point(|hold| hold.role < role);
        let end = self.list.partition_point(|hold| hold.role <= role);
        self.list.get(start..end).unwrap_or(&[])
    }
}

/// A user or group that some binding names.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    /// User (service accounts are users) or group.
    pub(super) group: bool,
    pub(super) name: Arc<str>,
    /// What it holds everywhere.
    pub(super) cluster: Holds,
    /// Namespaces in which it holds something.
    pub(super) namespaces: Vec<Symbol>,
}

/// All subjects.
#[derive(Clone, Debug, Default)]
pub(super) struct Holders {
    users: Map<Arc<str>, u32>,
    groups: Map<Arc<str>, u32>,
    all: Vec<Holder>,
    /// By subject and namespace.
    local: Map<(u32, Symbol), Holds>,
    /// Not while everything is added: one sort at the end is cheaper than many insertions.
    sorted: bool,
    /// Where the user names of service accounts are put together.
    scratch: String,
    /// The places of all subjects in an order of users, then groups, by name; made when first asked for.
    ranks: OnceLock<Box<[u32]>>,
}

impl Holders {
    /// Makes room for the subjects of so many bindings.
    pub(super) fn reserve(&mut self, bindings: usize) {
        self.local.reserve(bindings);
    }

    /// The number of a user or group.
    pub(super) fn number(&mut self, group: bool, name: &str) -> u32 {
        let numbers = if group { &mut self.groups } else { &mut self.users };
        if let Some(number) = numbers.get(name) {
            return *number;
        }
        let (name, number): (Arc<str>, _) = (name.into(), self.all.len() as u32);
        numbers.insert(name.clone(), number);
        self.ranks = OnceLock::new();
        self.all.push(Holder { group, name, cluster: Holds::default(), namespaces: Vec::new() });
        number
    }

    /// The number of a service account.
    pub(super) fn service_account(&mut self, namespace: &str, name: &str) -> u32 {
        let mut user = std::mem::take(&mut self.scratch);
        user.clear();
        for part in ["system:serviceaccount:", namespace, ":", name] {
            user.push_str(part);
        }
        let number = self.number(false, &user);
        self.scratch = user;
        number
    }

    /// The number of a user or group, if some binding names it.
    pub(super) fn find(&self, group: bool, name: &str) -> Option<u32> {
        let numbers = if group { &self.groups } else { &self.users };
        numbers.get(name).copied()
    }

    /// The numbers that mean somebody: the user, then the groups, those that some binding names.
    pub(super) fn of<'a>(&'a self, who: Subject<'a>) -> impl Iterator<Item = u32> + Clone + 'a {
        let user = self.users.get(who.user);
        user.into_iter().chain(who.groups.iter().filter_map(|group| self.groups.get(*group))).copied()
    }

    /// The place of each subject among all: users, then groups, by name.
    pub(super) fn ranks(&self) -> &[u32] {
        self.ranks.get_or_init(|| {
            let mut order: Vec<(bool, &str, usize)> = self
                .all
                .iter()
                .enumerate()
                .map(|(number, holder)| (holder.group, &*holder.name, number))
                .collect();
            order.sort_unstable();
            let mut ranks = vec![0; order.len()];
            for (rank, (_, _, number)) in order.into_iter().enumerate() {
                if let Some(slot) = ranks.get_mut(number) {
                    *slot = rank as u32;
                }
            }
            ranks.into()
        })
    }

    pub(super) fn get(&self, number: u32) -> Option<&Holder> {
        self.all.get(number as usize)
    }

    pub(super) fn local(&self, number: u32, namespace: Symbol) -> Option<&Holds> {
        self.local.get(&(number, namespace))
    }

    /// Sorts what was added so far.
    pub(super) fn sort(&mut self) {
        self.all.iter_mut().for_each(|holder| holder.cluster.list.sort_unstable());
        self.local.values_mut().for_each(|holds| holds.list.sort_unstable());
        self.sorted = true;
    }

    pub(super) fn add(&mut self, holder: u32, namespace: Option<Symbol>, hold: Hold) {
        let Some(entry) = self.all.get_mut(holder as usize) else { return };
        match namespace {
            None => entry.cluster.add(hold, self.sorted),
            Some(namespace) => {
                let holds = self.local.entry((holder, namespace)).or_insert_with(|| {
                    entry.namespaces.push(namespace);
                    Holds::default()
                });
                holds.add(hold, self.sorted);
            }
        }
    }

    pub(super) fn remove(&mut self, holder: u32, namespace: Option<Symbol>, hold: Hold) {
        let Some(entry) = self.all.get_mut(holder as usize) else { return };
        match namespace {
            None => entry.cluster.remove(hold),
            Some(namespace) => {
                let Some(holds) = self.local.get_mut(&(holder, namespace)) else { return };
                holds.remove(hold);
                if holds.list.is_empty() {
                    self.local.remove(&(holder, namespace));
                    entry.namespaces.retain(|other| *other != namespace);
                }
            }
        }
    }
}
