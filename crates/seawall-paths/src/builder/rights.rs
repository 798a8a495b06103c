//! Who holds which right: from bindings to vertices.

use super::{Builder, DEFAULT, Grant, evidence_of};
use crate::evidence::Evidence;
use crate::fact::{Fact, Name};
use crate::right::{Reach, Right};
use seawall_auth::Attributes;
use seawall_auth::rbac::service_account_of;
use seawall_model::WellKnown;
use std::rc::Rc;

impl<'a> Builder<'a> {
    /// Vertices for every right that a binding gives; a right in the whole cluster is one in every namespace.
    pub(super) fn collect_rights(&mut self) {
        let rbac = self.input.rbac;
        let asked: Vec<(Right, Attributes<'static>)> =
            Right::ALL.iter().flat_map(|&right| right.questions().map(move |ask| (right, ask))).collect();
        let questions: Vec<_> = asked.iter().map(|(_, ask)| *ask).collect();
        for ((right, _), ways) in asked.iter().zip(rbac.all_ways(&questions)) {
            for way in ways {
                let holder = self.holder(way.group, way.name);
                let scope = self.name(way.proof.namespace.unwrap_or(""));
                self.grant(*right, holder, scope, &way.names, evidence_of(&way.proof));
            }
        }
        let admin = self.vertex(Fact::ClusterAdmin);
        for &right in Right::ALL {
            let everywhere = self.vertex(Fact::Can(right, Name::EMPTY));
            self.follows(admin, everywhere, [], []);
            if right.reach() == Reach::Cluster {
                continue;
            }
            for at in 0..self.namespaces.len() {
                let Some(&namespace) = self.namespaces.get(at) else { break };
                let here = self.vertex(Fact::Can(right, namespace));
                let local_admin = self.vertex(Fact::NamespaceAdmin(namespace));
                self.follows(everywhere, here, [], []);
                self.follows(local_admin, here, [], []);
            }
        }
    }

    /// The vertex of a user or group.
    pub(crate) fn holder(&mut self, group: bool, name: &str) -> u32 {
        let fact = if group {
            Fact::Group(self.name(name))
        } else if let Some((namespace, name)) = service_account_of(name) {
            Fact::Account(self.name(namespace), self.name(name))
        } else {
            Fact::User(self.name(name))
        };
        self.vertex(fact)
    }

    /// Somebody holds a right.
    pub(crate) fn grant(
        &mut self,
        right: Right,
        holder: u32,
        scope: Name,
        names: &[&str],
        evidence: impl Iterator<Item = Evidence>,
    ) {
        if right.reach() == Reach::Cluster && scope != Name::EMPTY || !names.is_empty() && !right.by_name() {
            return;
        }
        let evidence: Vec<Evidence> = evidence.collect();
        let list = self.graph.store.evidence_list(evidence.iter().cloned());
        let names: Vec<Name> = match names {
            [] => vec![Name::EMPTY],
            // A rule for the name "" grants requests without one; those that edges need carry one.
            names => {
                names.iter().filter(|name| !name.is_empty()).map(|name| self.graph.names.add(name)).collect()
            }
        };
        for name in names {
            let grant = Grant { scope, name, evidence: list };
            let of_holder = self.grants.entry((right, holder)).or_default();
            if of_holder.is_empty() {
                self.holders.entry(right).or_default().push(holder);
            }
            of_holder.push(grant);
            let can = if name == Name::EMPTY {
                self.vertex(Fact::Can(right, scope))
            } else {
                let known = self.graph.find(Fact::CanNamed(right, scope, name));
                let can = self.vertex(Fact::CanNamed(right, scope, name));
                if known.is_none() {
                    self.named.entry(right).or_default().push((scope, name, can));
                }
                can
            };
            self.follows(holder, can, evidence.iter().cloned(), []);
        }
    }

    /// The right for every name in a namespace (empty: in the whole cluster).
    pub(crate) fn can(&mut self, right: Right, scope: Name) -> u32 {
        self.vertex(Fact::Can(right, scope))
    }

    /// The vertices that each give the right for one name: for every name, for this name here, for it everywhere.
    pub(crate) fn can_for(&mut self, right: Right, scope: Name, name: Name) -> Vec<u32> {
        let mut out = vec![self.can(right, scope)];
        for scope in [scope, Name::EMPTY] {
            let vertex = self.graph.find(Fact::CanNamed(right, scope, name));
            out.extend(vertex.filter(|vertex| !out.contains(vertex)));
        }
        out
    }

    /// The rights for certain names: scope, name, vertex.
    pub(crate) fn named(&self, right: Right) -> Vec<(Name, Name, u32)> {
        self.named.get(&right).cloned().unwrap_or_default()
    }

    /// Those that hold one of `rights` themselves.
    pub(crate) fn holders_of(&self, rights: &[Right]) -> Vec<u32> {
        let mut all: Vec<u32> =
            rights.iter().filter_map(|right| self.holders.get(right)).flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What an identity holds of a right, by itself and through the groups that it always has.
    pub(crate) fn of_identity(&self, identity: u32, right: Right) -> Vec<Grant> {
        let mut out = Vec::new();
        // Whoever holds something by a binding is known before anybody asks.
        let groups =
            self.groups.borrow_mut().entry(identity).or_insert_with(|| self.implied(identity).into()).clone();
        for holder in std::iter::once(identity).chain(groups.iter().copied()) {
            out.extend(self.grants.get(&(right, holder)).into_iter().flatten().copied());
        }
        out
    }

    /// The vertex for "this one identity holds the right": conditions that one request must meet together are asked
    /// of one identity. `scope` and `name` are those that the request has; `None` where the identity lacks it.
    pub(crate) fn identity_can(
        &mut self,
        identity: u32,
        right: Right,
        scope: Name,
        name: Name,
    ) -> Option<u32> {
        let fits = |grant: &Grant| {
            (grant.scope == Name::EMPTY || grant.scope == scope)
                && (grant.name == Name::EMPTY || grant.name == name)
        };
        let fact = Fact::CanOf(identity, right, scope, name);
        if let Some(known) = self.graph.find(fact) {
            return Some(known);
        }
        let grants: Vec<Grant> = self.of_identity(identity, right).into_iter().filter(fits).collect();
        self.alternatives(identity, fact, &grants)
    }

    /// A vertex that each of some grants of an identity gives.
    pub(crate) fn alternatives(&mut self, identity: u32, fact: Fact, grants: &[Grant]) -> Option<u32> {
        if grants.is_empty() {
            return None;
        }
        let vertex = self.vertex(fact);
        for grant in grants {
            let numbers = self.graph.store.numbers(grant.evidence).to_vec();
            let evidence: Vec<Evidence> =
                numbers.iter().filter_map(|number| self.graph.store.evidence(*number).cloned()).collect();
            self.follows(identity, vertex, evidence, []);
        }
        Some(vertex)
    }

    /// What becomes of whoever binds itself to a role in a scope: an administrator, where the role may do everything,
    /// else somebody with its rights.
    pub(crate) fn role_held(&mut self, namespace: Option<&str>, name: &str, scope: Name) -> Option<u32> {
        let role = (self.name(namespace.unwrap_or("")), self.name(name));
        let fact = Fact::RoleHeld(role.0, role.1, scope);
        if let Some(known) = self.graph.find(fact) {
            return Some(known);
        }
        let rights = self.role_rights(role)?;
        if rights.iter().any(|(right, ..)| *right == Right::Everything) {
            return Some(self.admin(scope));
        }
        let vertex = self.vertex(fact);
        let bound = self.vertex(Fact::BoundTo(role.0, role.1, scope));
        self.follows(vertex, bound, [], []);
        for (right, evidence, names) in rights.iter() {
            self.grant(*right, vertex, scope, names, evidence.iter().cloned());
        }
        Some(vertex)
    }

    /// What a role would grant to whoever holds it, in whatever scope; `None` where nobody knows the role.
    fn role_rights(&mut self, role: (Name, Name)) -> Option<Rc<RoleRights<'a>>> {
        if let Some(known) = self.role_rights.get(&role) {
            return known.clone();
        }
        let rbac = self.input.rbac;
        let (namespace, name) = (self.text(role.0), self.text(role.1));
        let namespace = (!namespace.is_empty()).then_some(namespace);
        let rights = rbac.role(namespace, name).map(|_| {
            let mut all = Vec::new();
            for &right in Right::ALL {
                for ask in right.questions() {
                    for (source, rule, names) in rbac.role_grants(namespace, name, &ask) {
                        let evidence =
                            (!source.built_in).then(|| Evidence::Rule(source.object.clone(), rule as u32));
                        all.push((right, evidence, names));
                    }
                }
            }
            Rc::new(all)
        });
        self.role_rights.insert(role, rights.clone());
        rights
    }

    /// What becomes of whoever binds itself to any one of the Roles of a namespace.
    pub(crate) fn roles_held_in(&mut self, namespace: Name) -> Vec<u32> {
        if let Some(known) = self.roles_held.get(&namespace) {
            return known.clone();
        }
        let (cluster, name) = (self.input.cluster, self.text(namespace).to_owned());
        let unnamed = (name == DEFAULT).then(|| cluster.in_namespace(WellKnown::Role, None));
        let roles = cluster.in_namespace(WellKnown::Role, Some(&name)).iter();
        let held: Vec<u32> = roles
            .chain(unnamed.into_iter().flatten())
            .filter_map(|role| self.role_held(Some(&name), role.name(), namespace))
            .collect();
        self.roles_held.insert(namespace, held.clone());
        held
    }
}

/// The rights that the rules of a role give: each with its rule, and the names that it is limited to.
pub(super) type RoleRights<'a> = Vec<(Right, Option<Evidence>, Vec<&'a str>)>;
