//! From objects to the index, at once or object by object.

use super::bindings::{Binding, Hold, Holders, References, role_ref, subjects_in};
use super::roles::{RoleKey, Roles};
use super::rule::{self, HeldRule};
use super::symbols::{Map, Symbol, Symbols};
use super::table::Table;
use super::{Options, RbacAuthorizer};
use crate::rbac::{SubjectKind, built_in_objects};
use seawall_model::{At, Cluster, Object, Version, WellKnown};
use smallvec::SmallVec;
use std::cmp::Ordering;
use std::sync::Arc;

impl RbacAuthorizer {
    /// The version whose rules these are.
    pub fn version(&self) -> Version {
        self.options.version
    }

    /// The authorizer of a cluster. Of several objects of one name the last counts, as it would when they are
    /// applied one after the other.
    pub fn new(cluster: &Cluster, options: Options) -> Self {
        let mut all = Self::empty(options);
        let kinds = [WellKnown::ClusterRole, WellKnown::Role];
        let built_in = all.built_in.iter().filter(|object| kinds.contains(&object.well_known()));
        built_in.for_each(|object| all.put(object, true));
        kinds.into_iter().flat_map(|kind| cluster.of(kind)).for_each(|object| all.put(object, false));
        let bindings = bindings_by_name(all.built_in, cluster, &all.options.unnamed);
        all.bindings.reserve(bindings.len());
        all.holders.reserve(bindings.len());
        for (object, built_in) in bindings {
            all.bind(object, built_in);
        }
        all.of_role.sort();
        all.in_order = all.bindings.len() as u32;
        all.holders.sort();
        all.fill();
        for number in 0..all.roles.len() {
            all.index(number);
        }
        all
    }

    fn empty(options: Options) -> Self {
        let built_in = if options.built_in { built_in_objects(options.version) } else { &[] };
        Self {
            options,
            symbols: Symbols::default(),
            roles: Roles::default(),
            table: Table::default(),
            bindings: Vec::new(),
            names: None,
            holders: Holders::default(),
            of_role: References::default(),
            missing: Default::default(),
            unclear_roles: Default::default(),
            unclear_bindings: Vec::new(),
            in_order: 0,
            built_in,
        }
    }

    /// Adds or replaces one object; others than roles and bindings change nothing. A binding costs what its own
    /// subjects cost; a ClusterRole also what the roles cost that are filled from others.
    pub fn set(&mut self, object: &Arc<Object>) {
        self.change(object, Some((object, false)));
    }

    /// Removes the object of this kind, namespace and name. A built-in one of that name is assumed again.
    pub fn remove(&mut self, object: &Arc<Object>) {
        let same = |other: &&Arc<Object>| other.identity() == object.identity();
        let built_in = self.built_in.iter().find(same);
        self.change(object, built_in.map(|object| (object, true)));
    }

    fn change(&mut self, old: &Arc<Object>, new: Option<(&Arc<Object>, bool)>) {
        if let Some(key) = self.role_key(old) {
            let number = self.roles.number(key);
            self.unindex(number);
            match new {
                Some((object, built_in)) => self.put(object, built_in),
                None => {
                    if let Some(role) = self.roles.get_mut(number) {
                        (role.object, role.built_in, role.unclear) = (None, false, None);
                        role.rules = Vec::new();
                    }
                }
            }
            self.index(number);
            if matches!(key, RoleKey::Cluster(_)) {
                self.refill();
            }
        } else if is_binding(old) {
            match new {
                Some((object, built_in)) => self.put(object, built_in),
                None => self.unbind(old),
            }
        }
    }

    fn put(&mut self, object: &Arc<Object>, built_in: bool) {
        if let Some(key) = self.role_key(object) {
            self.put_role(object, key, built_in);
        } else if is_binding(object) {
            self.unbind(object);
            self.bind(object, built_in);
        }
    }

    /// The name of a role; `None` for objects that are none, or have no name yet: nothing refers to those.
    pub(super) fn role_key(&mut self, object: &Arc<Object>) -> Option<RoleKey> {
        let name = self.symbols.add(given_name(object)?);
        match object.well_known() {
            WellKnown::ClusterRole => Some(RoleKey::Cluster(name)),
            WellKnown::Role => Some(RoleKey::Namespaced(self.namespace_of(object), name)),
            _ => None,
        }
    }

    fn namespace_of(&mut self, object: &Object) -> Symbol {
        let unnamed = &self.options.unnamed;
        self.symbols.add(object.namespace().unwrap_or(unnamed))
    }

    fn put_role(&mut self, object: &Arc<Object>, key: RoleKey, built_in: bool) {
        let number = self.roles.number(key);
        let read = rule::read(object, &mut self.symbols);
        let Some(role) = self.roles.get_mut(number) else { return };
        role.object = Some(object.clone());
        role.built_in = built_in;
        role.unclear = read.as_ref().err().map(|at| at.field_ref());
        let held = |(index, rule)| HeldRule { rule, source: number, index: index as u32 };
        role.rules = read.unwrap_or_default().into_iter().enumerate().map(held).collect();
    }

    fn bind(&mut self, object: &Arc<Object>, built_in: bool) {
        let namespace = (object.well_known() == WellKnown::RoleBinding).then(|| self.namespace_of(object));
        let reference = role_ref(object);
        let subjects = subjects_in(object);
        let unclear: Option<At<'_>> = reference.as_ref().err().or(subjects.as_ref().err()).copied();
        let role = self.reference(reference.unwrap_or(("", "")), namespace);
        let number = self.bindings.len() as u32;
        let own_namespace = namespace.map_or("", |symbol| self.symbols.text(symbol));
        let mut numbers = SmallVec::new();
        for subject in subjects.unwrap_or_default() {
            let holder = match subject.kind {
                SubjectKind::User => Some(self.holders.number(false, subject.name)),
                SubjectKind::Group => Some(self.holders.number(true, subject.name)),
                SubjectKind::ServiceAccount => {
                    let written = Some(subject.namespace).filter(|namespace| !namespace.is_empty());
                    Some(written.unwrap_or(own_namespace))
                        .filter(|namespace| !namespace.is_empty())
                        .map(|namespace| self.holders.service_account(namespace, subject.name))
                }
                SubjectKind::Other => None,
            };
            numbers.push(holder);
        }
        if unclear.is_some() {
            self.unclear_bindings.push(number);
        } else {
            for (subject, holder) in numbers.iter().enumerate() {
                let Some(holder) = holder else { continue };
                self.holders.add(*holder, namespace, Hold { role, binding: number, subject: subject as u32 });
            }
        }
        self.of_role.add(role, namespace, number);
        if let (Some(names), Some(name)) = (&mut self.names, given_name(object)) {
            names.insert((namespace, self.symbols.add(name)), number);
        }
        self.bindings.push(Some(Binding {
            object: object.clone(),
            namespace,
            role,
            built_in,
            subjects: numbers,
            unclear: unclear.map(At::field_ref),
        }));
    }

    /// The role that a reference names; it may not exist.
    fn reference(&mut self, (kind, name): (&str, &str), namespace: Option<Symbol>) -> u32 {
        let name = self.symbols.add(name);
        let key = match kind {
            "ClusterRole" => RoleKey::Cluster(name),
            // A ClusterRoleBinding looks for the Role in the namespace "", where none is.
            "Role" => RoleKey::Namespaced(namespace.unwrap_or(Symbol::EMPTY), name),
            _ => RoleKey::Other(self.symbols.add(kind), name),
        };
        let number = self.roles.number(key);
        if self.roles.get(number).is_some_and(|role| role.object.is_none()) {
            self.missing.insert(number);
        }
        number
    }

    /// Forgets the binding of the same namespace and name.
    fn unbind(&mut self, object: &Arc<Object>) {
        let namespace = (object.well_known() == WellKnown::RoleBinding).then(|| self.namespace_of(object));
        let Some(name) = given_name(object) else { return };
        let name = self.symbols.add(name);
        let Some(number) = self.names().remove(&(namespace, name)) else { return };
        let Some(binding) = self.bindings.get_mut(number as usize).and_then(Option::take) else { return };
        for (subject, holder) in binding.subjects.iter().enumerate() {
            let Some(holder) = holder else { continue };
            let hold = Hold { role: binding.role, binding: number, subject: subject as u32 };
            self.holders.remove(*holder, namespace, hold);
        }
        self.unclear_bindings.retain(|other| *other != number);
        self.of_role.remove(binding.role, namespace, number);
    }

    /// The bindings by namespace and name.
    fn names(&mut self) -> &mut Map<(Option<Symbol>, Symbol), u32> {
        let (bindings, symbols) = (&self.bindings, &mut self.symbols);
        self.names.get_or_insert_with(|| {
            let given = bindings.iter().enumerate().filter_map(|(number, binding)| {
                let binding = binding.as_ref()?;
                let name = symbols.add(given_name(&binding.object)?);
                Some(((binding.namespace, name), number as u32))
            });
            given.collect()
        })
    }

    /// Puts a role's rules into the table.
    pub(super) fn index(&mut self, number: u32) {
        let Some(role) = self.roles.get(number) else { return };
        self.table.add(number, &role.rules, &mut self.symbols);
        if role.object.is_none() {
            self.missing.insert(number);
        }
        if role.unclear.is_some() {
            self.unclear_roles.insert(number);
        }
    }

    /// Takes a role's rules out of the table.
    pub(super) fn unindex(&mut self, number: u32) {
        let Some(role) = self.roles.get(number) else { return };
        self.table.remove(number, &role.rules, &mut self.symbols);
        self.missing.remove(number);
        self.unclear_roles.remove(number);
    }
}

/// A binding on its way into the index.
struct Unsorted<'c> {
    /// The first bytes of its name: they decide nearly every comparison.
    start: u128,
    object: &'c Arc<Object>,
    built_in: bool,
    number: u32,
}

impl Unsorted<'_> {
    /// By name, with what tells bindings of one name apart.
    fn order(&self, other: &Self, unnamed: &str) -> Ordering {
        let rest = |one: &Self| {
            let is_local = one.object.well_known() == WellKnown::RoleBinding;
            (given_name(one.object).is_some(), is_local)
        };
        let namespace = |one: &Self| one.object.namespace().unwrap_or(unnamed);
        self.start
            .cmp(&other.start)
            .then_with(|| self.object.name().cmp(other.object.name()))
            .then_with(|| rest(self).cmp(&rest(other)))
            .then_with(|| namespace(self).cmp(namespace(other)))
    }
}

/// The bindings by name, the last of each name and namespace; whether each is one of `built_in`.
fn bindings_by_name<'c>(
    built_in: &'static [Arc<Object>],
    cluster: &'c Cluster,
    unnamed: &str,
) -> Vec<(&'c Arc<Object>, bool)> {
    let written = [WellKnown::ClusterRoleBinding, WellKnown::RoleBinding];
    let written = written.into_iter().flat_map(|kind| cluster.of(kind)).map(|object| (object, false));
    let built_in = built_in.iter().filter(|object| is_binding(object)).map(|object| (object, true));
    let unsorted = built_in.chain(written).enumerate().map(|(number, (object, built_in))| {
        let mut start = [0; 16];
        start.iter_mut().zip(object.name().bytes()).for_each(|(to, byte)| *to = byte);
        Unsorted { start: u128::from_be_bytes(start), object, built_in, number: number as u32 }
    });
    let mut all: Vec<Unsorted<'_>> = unsorted.collect();
    all.sort_unstable_by(|one, other| one.order(other, unnamed).then(one.number.cmp(&other.number)));
    let same = |one: &Unsorted<'_>, other: &Unsorted<'_>| {
        given_name(one.object).is_some() && one.order(other, unnamed) == Ordering::Equal
    };
    let last = |chunk: &[Unsorted<'c>]| chunk.last().map(|one| (one.object, one.built_in));
    all.chunk_by(same).filter_map(last).collect()
}

fn is_binding(object: &Object) -> bool {
    matches!(object.well_known(), WellKnown::ClusterRoleBinding | WellKnown::RoleBinding)
}

/// `metadata.name`; objects with `generateName` get theirs later, so no two of them are the same.
fn given_name(object: &Object) -> Option<&str> {
    let name = object.root().get("metadata")?.get("name").filter(|name| !name.is_null())?;
    Some(name.text()).filter(|name| !name.is_empty())
}
