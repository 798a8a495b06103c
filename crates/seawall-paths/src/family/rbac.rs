//! Rights over roles and bindings (upstream: `pkg/registry/rbac/*/policybased`). Conditions of one request are asked
//! of one identity: who may change a role but not escalate, and who may escalate but not change it, do not help each
//! other.

use crate::builder::{Builder, Grant};
use crate::evidence::Evidence;
use crate::fact::{Fact, Name};
use crate::right::Right;
use crate::row::Row;
use seawall_model::{LabelSelector, Object};
use std::sync::Arc;

/// Roles that are held through roles that are held …: rounds, at most.
const ROUNDS: usize = 8;
/// Pairs of an identity and a binding that are looked at, at most.
const PAIRS: usize = 2_000_000;

pub(super) fn build(b: &mut Builder<'_>) {
    everything(b);
    bound(b);
    for _ in 0..ROUNDS {
        let before = b.holders_of(Right::ALL).len();
        bind(b);
        patch_bindings(b);
        if before == b.holders_of(Right::ALL).len() {
            break;
        }
    }
    rewrite(b);
    inject(b);
}

/// RB-7.
fn everything(b: &mut Builder<'_>) {
    let scopes: Vec<Name> = std::iter::once(Name::EMPTY).chain(b.namespaces.iter().copied()).collect();
    for scope in scopes {
        let (can, admin) = (b.can(Right::Everything, scope), b.admin(scope));
        b.step(Row::Wildcard, &[can], admin, [], []);
    }
}

/// Who is bound to which role.
fn bound(b: &mut Builder<'_>) {
    let rbac = b.input.rbac;
    for bound in rbac.all_bound() {
        let Some(role) = bound.role else { continue };
        let scope = b.name(bound.namespace.unwrap_or(""));
        let namespaced = role.object.kind() == "Role";
        let home = if namespaced { scope } else { Name::EMPTY };
        let name = b.name(role.object.name());
        let to = b.vertex(Fact::BoundTo(home, name, scope));
        let any = b.vertex(if namespaced { Fact::BoundToAnyRole(scope) } else { Fact::BoundToAny(scope) });
        b.follows(to, any, [], []);
        if is_aggregated(role.object) {
            let aggregated = b.vertex(Fact::BoundToAggregated(scope));
            b.follows(to, aggregated, [], []);
        }
        for (subject, group, name) in bound.subjects {
            let holder = b.holder(group, name);
            if !bound.built_in {
                b.own.insert(holder);
            }
            let evidence =
                (!bound.built_in).then(|| Evidence::Subject(bound.binding.clone(), subject as u32));
            b.follows(holder, to, evidence, []);
        }
    }
}

/// Whether its rules are filled from others.
fn is_aggregated(role: &Arc<Object>) -> bool {
    let mut selectors = role.at().get("aggregationRule.clusterRoleSelectors").items();
    role.kind() == "ClusterRole" && selectors.any(|at| LabelSelector::new(at).is_some())
}

/// RB-2 and RB-3.
fn bind(b: &mut Builder<'_>) {
    for identity in b.holders_of(&[Right::CreateClusterRoleBindings, Right::BindClusterRoles]) {
        let Some(create) =
            b.identity_can(identity, Right::CreateClusterRoleBindings, Name::EMPTY, Name::EMPTY)
        else {
            continue;
        };
        for grant in distinct(b.of_identity(identity, Right::BindClusterRoles)) {
            if grant.scope == Name::EMPTY {
                bind_one(b, Row::BindCrb, identity, create, (Right::BindClusterRoles, grant), Name::EMPTY);
            }
        }
    }
    let local = [Right::CreateRoleBindings, Right::BindClusterRoles, Right::BindRoles];
    for identity in b.holders_of(&local) {
        let creates = b.of_identity(identity, Right::CreateRoleBindings);
        if creates.is_empty() {
            continue;
        }
        for right in [Right::BindClusterRoles, Right::BindRoles] {
            for grant in distinct(b.of_identity(identity, right)) {
                let everywhere =
                    grant.scope == Name::EMPTY && creates.iter().any(|one| one.scope == Name::EMPTY);
                let scopes: Vec<Name> = if everywhere {
                    b.namespaces.clone()
                } else if grant.scope == Name::EMPTY {
                    creates.iter().map(|one| one.scope).collect()
                } else {
                    vec![grant.scope]
                };
                for scope in scopes {
                    if let Some(create) =
                        b.identity_can(identity, Right::CreateRoleBindings, scope, Name::EMPTY)
                    {
                        bind_one(b, Row::BindRb, identity, create, (right, grant), scope);
                    }
                }
            }
        }
    }
}

/// One grant of each scope and name: which of several bindings gives it is asked later.
fn distinct(mut grants: Vec<Grant>) -> Vec<Grant> {
    grants.sort_by_key(|grant| (grant.scope, grant.name));
    grants.dedup_by_key(|grant| (grant.scope, grant.name));
    grants
}

fn bind_one(
    b: &mut Builder<'_>,
    row: Row,
    identity: u32,
    create: u32,
    (right, grant): (Right, Grant),
    scope: Name,
) {
    let Some(bind) = b.identity_can(identity, right, scope, grant.name) else { return };
    let role = b.text(grant.name).to_owned();
    let namespace = (right == Right::BindRoles).then(|| b.text(scope).to_owned());
    let targets: Vec<u32> = if grant.name != Name::EMPTY {
        b.role_held(namespace.as_deref(), &role, scope).into_iter().collect()
    } else if right == Right::BindClusterRoles {
        // `cluster-admin`, among all others.
        vec![b.admin(scope)]
    } else {
        b.roles_held_in(scope)
    };
    for target in targets.into_iter().filter(|target| *target != identity) {
        b.step(row, &[create, bind], target, [], []);
    }
}

/// RB-4: a subject is added to a binding that is there.
fn patch_bindings(b: &mut Builder<'_>) {
    let rbac = b.input.rbac;
    let changing = [Right::ChangeClusterRoleBindings, Right::ChangeRoleBindings];
    let mut left = PAIRS;
    for identity in b.holders_of(&changing) {
        let may_bind = [Right::BindClusterRoles, Right::BindRoles]
            .iter()
            .any(|right| !b.of_identity(identity, *right).is_empty());
        if !may_bind {
            continue;
        }
        for bound in rbac.all_bound() {
            let Some(rest) = left.checked_sub(1) else { return };
            left = rest;
            let Some(role) = bound.role else { continue };
            let scope = b.name(bound.namespace.unwrap_or(""));
            let (binding, name) = (b.name(bound.binding.name()), b.name(role.object.name()));
            let change = if bound.namespace.is_none() { changing[0] } else { changing[1] };
            let namespaced = role.object.kind() == "Role";
            let bind = if namespaced { Right::BindRoles } else { Right::BindClusterRoles };
            let Some(change) = b.identity_can(identity, change, scope, binding) else { continue };
            let Some(bind) = b.identity_can(identity, bind, scope, name) else { continue };
            let home = if namespaced { bound.namespace } else { None };
            let Some(target) = b.role_held(home, role.object.name(), scope) else { continue };
            let evidence =
                (!bound.built_in).then(|| Evidence::Field(bound.binding.at().key("roleRef").field_ref()));
            if target != identity {
                b.step(Row::BindingPatch, &[change, bind], target, evidence, []);
            }
        }
    }
}

/// RB-1: a role that the attacker holds gets every rule.
fn rewrite(b: &mut Builder<'_>) {
    let cluster = (Right::ChangeClusterRoles, Right::EscalateClusterRoles);
    for identity in b.holders_of(&[cluster.0, cluster.1]) {
        for name in names_of_both(b, identity, cluster, Name::EMPTY) {
            let Some(vertex) = both(b, identity, cluster, Name::EMPTY, name) else { continue };
            let may = b.vertex(if name == Name::EMPTY { Fact::RewriteAny } else { Fact::Rewrite(name) });
            b.follows(vertex, may, [], []);
        }
    }
    let local = (Right::ChangeRoles, Right::EscalateRoles);
    for identity in b.holders_of(&[local.0, local.1]) {
        for scope in scopes_of(b, identity, &[local.0, local.1]) {
            for name in names_of_both(b, identity, local, scope) {
                let Some(vertex) = both(b, identity, local, scope, name) else { continue };
                let any = name == Name::EMPTY;
                let fact = if any { Fact::RewriteAnyRole(scope) } else { Fact::RewriteRole(scope, name) };
                let may = b.vertex(fact);
                b.follows(vertex, may, [], []);
            }
        }
    }
    let facts = b.graph.facts.clone();
    let mut escalate = |may: Fact, bound: u32, scope: Name| {
        if let Some(may) = b.graph.find(may) {
            let admin = b.admin(scope);
            b.step(Row::Escalate, &[may, bound], admin, [], []);
        }
    };
    for (at, fact) in facts.into_iter().enumerate() {
        let bound = at as u32;
        match fact {
            Fact::BoundToAny(scope) => escalate(Fact::RewriteAny, bound, scope),
            Fact::BoundToAnyRole(scope) => escalate(Fact::RewriteAnyRole(scope), bound, scope),
            Fact::BoundTo(Name::EMPTY, name, scope) => escalate(Fact::Rewrite(name), bound, scope),
            Fact::BoundTo(home, name, scope) => escalate(Fact::RewriteRole(home, name), bound, scope),
            _ => {}
        }
    }
}

/// RB-6: a role is added, or changed, so that an aggregated one takes its rules.
fn inject(b: &mut Builder<'_>) {
    let scopes: Vec<(u32, Name)> = (b.graph.facts.iter().enumerate())
        .filter_map(|(at, fact)| match fact {
            Fact::BoundToAggregated(scope) => Some((at as u32, *scope)),
            _ => None,
        })
        .collect();
    let mut ways: Vec<u32> = Vec::new();
    for identity in b.holders_of(&[Right::CreateClusterRoles, Right::EscalateClusterRoles]) {
        let new = (Right::CreateClusterRoles, Right::EscalateClusterRoles);
        ways.extend(both(b, identity, new, Name::EMPTY, Name::EMPTY));
    }
    let changes = b.graph.facts.iter().enumerate();
    let changes = changes.filter(|(_, fact)| matches!(fact, Fact::Rewrite(_))).map(|(at, _)| at as u32);
    ways.extend(changes);
    for (bound, scope) in scopes {
        for &way in &ways {
            let admin = b.admin(scope);
            b.step(Row::AggregateInject, &[way, bound], admin, [], []);
        }
    }
}

/// The scopes in which an identity holds one of the rights; every namespace where it holds it everywhere.
fn scopes_of(b: &Builder<'_>, identity: u32, rights: &[Right]) -> Vec<Name> {
    let mut out = Vec::new();
    for grant in rights.iter().flat_map(|right| b.of_identity(identity, *right)) {
        if grant.scope == Name::EMPTY {
            return b.namespaces.clone();
        }
        out.push(grant.scope);
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// The names for which an identity holds both rights in a scope; empty for every name.
fn names_of_both(b: &Builder<'_>, identity: u32, (one, other): (Right, Right), scope: Name) -> Vec<Name> {
    let names = |right| -> Vec<Name> {
        let grants = b.of_identity(identity, right).into_iter();
        let here = grants.filter(|grant| grant.scope == Name::EMPTY || grant.scope == scope);
        here.map(|grant| grant.name).collect()
    };
    let (one, other) = (names(one), names(other));
    let mut all: Vec<Name> = one.iter().chain(&other).copied().collect();
    all.sort_unstable();
    all.dedup();
    let held = |list: &[Name], name: &Name| list.contains(name) || list.contains(&Name::EMPTY);
    all.retain(|name| held(&one, name) && held(&other, name));
    all
}

/// The vertex for an identity that holds both rights for a name (empty: for every name).
fn both(
    b: &mut Builder<'_>,
    identity: u32,
    (one, other): (Right, Right),
    scope: Name,
    name: Name,
) -> Option<u32> {
    let first = b.identity_can(identity, one, scope, name)?;
    let second = b.identity_can(identity, other, scope, name)?;
    let joined = b.vertex(Fact::Both(b.graph.facts.len() as u32));
    b.graph.add(None, &[first, second], joined, [], []);
    Some(joined)
}
