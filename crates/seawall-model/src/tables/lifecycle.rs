//! When did an API kind come, when does it go, and what replaces it?

use super::rows::{self, Row};
use crate::schema::{KindInfo, Schema};
use crate::{Minor, Version};
use foldhash::{HashMap, HashSet};
use std::sync::OnceLock;

const TABLE: &str = include_str!("lifecycle.tsv");
const MORE: &str = include_str!("lifecycle_more.tsv");

/// Another kind to use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Replacement {
    /// API group, `""` for core.
    pub group: &'static str,
    /// API version.
    pub version: &'static str,
    /// Kind.
    pub kind: &'static str,
}

/// The history of a kind in one API version, as upstream marks it. What lies in the future is upstream's plan.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Lifecycle {
    /// The minor that first had it.
    pub introduced: Option<Minor>,
    /// The minor from which on it is, or will be, deprecated.
    pub deprecated: Option<Minor>,
    /// The first minor that does not, or shall not, serve it.
    pub removed: Option<Minor>,
    /// What to use instead, where upstream says so.
    pub replacement: Option<Replacement>,
}

/// What is known about a kind: group (`""` for core), API version, kind.
pub fn lookup(group: &str, version: &str, kind: &str) -> Option<Lifecycle> {
    // Asked for every object: one pass over the few hundred rows is cheaper than bisections from the second on.
    static ROWS: OnceLock<HashMap<[&'static str; 3], Lifecycle>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| {
        let all = [TABLE, MORE].into_iter().flat_map(rows::all);
        all.map(|row| ([row.column(0), row.column(1), row.column(2)], lifecycle(row))).collect()
    });
    rows.get(&[kind, group, version]).copied()
}

fn lifecycle(row: Row) -> Lifecycle {
    Lifecycle {
        introduced: row.minor(3),
        deprecated: row.minor(4),
        removed: row.minor(5),
        replacement: replacement(row),
    }
}

fn replacement(row: Row) -> Option<Replacement> {
    let (group_version, kind) = row.column(6).split_once(' ')?;
    let (group, version) = group_version.split_once('/')?;
    Some(Replacement { group, version, kind })
}

/// What a version's API server makes of a kind.
#[derive(Clone, Copy, Debug)]
pub enum Served {
    /// It can serve it; see [`KindInfo::served_by_default`].
    Yes(KindInfo),
    /// It no longer does; this minor was the first that did not.
    Removed {
        /// The first minor without it.
        since: Minor,
        /// What to use instead, if that is served.
        replacement: Option<KindInfo>,
    },
    /// A later minor will.
    NotYet {
        /// The first minor with it.
        since: Minor,
    },
    /// The group belongs to Kubernetes, and no known version of it has or had such a kind in this API version.
    Never,
    /// The group is not Kubernetes' own: a custom resource or an aggregated API.
    Foreign,
}

/// Whether `version` serves a kind, from the schemas of all supported versions and the markers of older ones.
pub fn served(version: Version, group: &str, api_version: &str, kind: &str) -> Served {
    let schema = Schema::for_version(version);
    if let Some(info) = schema.kind(group, api_version, kind) {
        return Served::Yes(info);
    }
    // Custom resources are the most common objects that are not in the schema: answer them first.
    if !is_builtin(group) {
        return Served::Foreign;
    }
    let life = lookup(group, api_version, kind);
    let has = |other: &Version| Schema::for_version(*other).kind(group, api_version, kind).is_some();
    let removed = match Version::all().rev().filter(|other| *other < version).find(has) {
        Some(last) => Some(Minor(last.minor() + 1)),
        None => life.and_then(|life| life.removed).filter(|removed| *removed <= Minor::from(version)),
    };
    if let Some(since) = removed {
        return Served::Removed { since, replacement: successor(schema, kind, life) };
    }
    if let Some(first) = Version::all().filter(|other| *other > version).find(has) {
        return Served::NotYet { since: Minor::from(first) };
    }
    Served::Never
}

/// The replacement upstream names, followed through removed ones; else the same kind in the best version served.
fn successor(schema: Schema, kind: &str, life: Option<Lifecycle>) -> Option<KindInfo> {
    let mut next = life.and_then(|life| life.replacement);
    // Chains are short (v1beta1, v1beta2, v1beta3, v1).
    for _ in 0..5 {
        let Some(wanted) = next else { break };
        // Upstream's marker of IngressClass names a list by mistake.
        if let Some(info) =
            schema.kind(wanted.group, wanted.version, wanted.kind).filter(|info| info.resource().is_some())
        {
            return Some(info);
        }
        next = lookup(wanted.group, wanted.version, wanted.kind).and_then(|life| life.replacement);
    }
    let mut found: Vec<KindInfo> =
        schema.versions_of(kind).filter(|info| info.resource().is_some()).collect();
    found.sort_by_key(|info| std::cmp::Reverse((info.level(), info.version())));
    // One group only: `Event` of two groups replaces nothing.
    let group = found.first()?.group();
    found.iter().all(|info| info.group() == group).then(|| found.first().copied())?
}

/// Whether a group is one of Kubernetes' own, now or in the past. Groups below `k8s.io` are reserved for it, but
/// CRDs of its sub-projects live there too, so only groups that the tables know count.
fn is_builtin(group: &str) -> bool {
    static GROUPS: OnceLock<HashSet<&'static str>> = OnceLock::new();
    let groups = GROUPS.get_or_init(|| {
        let served = Version::all().flat_map(|version| Schema::for_version(version).resources());
        let listed = [TABLE, MORE].into_iter().flat_map(rows::all).map(|row| row.column(1));
        served.map(|info| info.group()).chain(listed).collect()
    });
    groups.contains(group)
}
