//! The rights of one subject in one scope, folded to what takes effect and is worth saying.

use super::super::bindings::Holder;
use super::Beyond;
use crate::rbac::{Part, is_cluster_scoped, remainder};
use crate::user::{ALL_AUTHENTICATED, ALL_SERVICE_ACCOUNTS, ALL_UNAUTHENTICATED, User};
use std::collections::{BTreeMap, HashSet};

/// Parts with wildcards that others are compared with.
const WILD: usize = 50;

/// The groups that everybody whom the subject means is in besides.
pub(super) fn implied_groups(holder: &Holder) -> Vec<String> {
    let name = &*holder.name;
    if !holder.group {
        return User::named(name).with_implied_groups().groups;
    }
    let mut groups = Vec::new();
    if name.strip_prefix(ALL_SERVICE_ACCOUNTS).is_some_and(|rest| rest.starts_with(':')) {
        groups.push(ALL_SERVICE_ACCOUNTS.to_owned());
    }
    if !matches!(name, ALL_AUTHENTICATED | ALL_UNAUTHENTICATED) {
        groups.push(ALL_AUTHENTICATED.to_owned());
    }
    groups
}

/// What takes effect: a RoleBinding grants no path and nothing that lives in no namespace. `bind` is asked for in
/// the namespace of the new binding, also for ClusterRoles (`policybased/storage.go`).
pub(super) fn effective(part: Part<'_>, in_namespace: bool) -> Vec<Part<'_>> {
    if !in_namespace {
        return vec![part];
    }
    if !part.urls.is_empty() {
        return Vec::new();
    }
    let is_bind = part.verbs.iter().any(|verb| matches!(*verb, "bind" | "*"));
    let works = |group: &str, resource: &str| {
        is_cluster_scoped(group, resource) != Some(true) || is_bind && resource == "clusterroles"
    };
    // Groups in which the same resources take effect stand together.
    let mut folded: BTreeMap<Vec<&str>, Vec<&str>> = BTreeMap::new();
    for group in &part.groups {
        let resources = part.resources.iter().copied().filter(|resource| works(group, resource)).collect();
        folded.entry(resources).or_default().push(group);
    }
    let folded = folded.into_iter().filter(|(resources, _)| !resources.is_empty());
    folded.map(|(resources, groups)| Part { resources, groups, ..part.clone() }).collect()
}

/// Leaves out what comes twice and what a wildcard among the rights covers, here or in the whole cluster.
pub(super) fn without_repetition<'a>(
    mut found: Beyond<'a>,
    cluster: Option<&Beyond<'a>>,
    steps: &mut u64,
) -> Beyond<'a> {
    // What stands first is what people read first: the way in which it is granted stays in the order of roles.
    let mut seen: HashSet<Part<'a>> = HashSet::new();
    found.rights.retain(|(part, _)| seen.insert(part.clone()));
    let is_wild = |part: &Part<'_>| {
        [&part.verbs, &part.groups, &part.resources, &part.urls].iter().any(|words| words.contains(&"*"))
    };
    let cluster: Vec<Part<'a>> = cluster
        .filter(|cluster| cluster.namespace.is_none() && found.namespace.is_some())
        .into_iter()
        .flat_map(|cluster| cluster.rights.iter().map(|(part, _)| part.clone()))
        .take(WILD)
        .collect();
    let mut covered = |by: &[Part<'a>], part: &Part<'a>| {
        let mut others = by.iter().filter(|by| *by != part);
        others.any(|by| remainder(std::slice::from_ref(by), part, steps).is_some_and(|left| left.is_empty()))
    };
    // Two that cover each other must not both go.
    let mut wild: Vec<Part<'a>> = Vec::new();
    for part in found.rights.iter().map(|(part, _)| part).filter(|part| is_wild(part)).take(WILD) {
        if !covered(&wild, part) {
            wild.retain(|other| !covered(std::slice::from_ref(part), other));
            wild.push(part.clone());
        }
    }
    found.rights.retain(|(part, _)| {
        let again = cluster.contains(part) || covered(&cluster, part);
        !again && (wild.contains(part) || !covered(&wild, part))
    });
    found
}
