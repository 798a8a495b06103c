//! `--namespaces`: which namespaces reach each other.

use schemars::JsonSchema;
use seawall_model::UNSET_NAMESPACE;
use seawall_network::{Connection, Party, PortSet, Reach};
use serde::Serialize;
use std::collections::BTreeMap;

/// What workloads of one namespace may open to those of another.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NamespacePair {
    /// Who opens it; `outside` for addresses that are no pod's.
    pub(super) from: String,
    /// Who listens.
    pub(super) to: String,
    /// Pairs of workloads of which one surely reaches the other.
    pub(super) open: usize,
    /// Pairs of which it cannot be known.
    pub(super) unknown: usize,
    /// All pairs of workloads of the two.
    pub(super) pairs: usize,
    /// The ports that are surely open between some of them.
    pub(super) ports: String,
}

#[derive(Default)]
struct Sum {
    open: usize,
    unknown: usize,
    ports: PortSet,
}

/// The name of addresses that are no pod's.
const OUTSIDE: &str = "outside";

/// Pairs of different namespaces, and of each with the outside, between which something is or may be open.
pub(super) fn pairs(reach: &Reach, list: &[Connection]) -> Vec<NamespacePair> {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::from([(OUTSIDE, 1)]);
    for workload in reach.workloads() {
        *sizes.entry(workload.namespace_shown()).or_default() += 1;
    }
    let name = |party| match party {
        Party::Workload(number) => {
            reach.workloads().get(number).map_or(UNSET_NAMESPACE, |workload| workload.namespace_shown())
        }
        Party::Range(..) => OUTSIDE,
    };
    let mut sums: BTreeMap<(&str, &str), Sum> = BTreeMap::new();
    let mut last = None;
    for connection in list {
        let (from, to) = (name(connection.from), name(connection.to));
        if from == to {
            continue;
        }
        let sum = sums.entry((from, to)).or_default();
        // Several ranges of addresses are one outside.
        let inside = |party| match party {
            Party::Workload(number) => Some(number),
            Party::Range(..) => None,
        };
        let key = (inside(connection.from), inside(connection.to));
        let is_again = last.replace(key) == Some(key);
        match connection.sure.is_empty() {
            false if !is_again => sum.open += 1,
            true if !is_again => sum.unknown += 1,
            _ => {}
        }
        sum.ports.unite(&connection.sure);
    }
    let row = |((from, to), sum): ((&str, &str), Sum)| NamespacePair {
        from: from.to_owned(),
        to: to.to_owned(),
        open: sum.open,
        unknown: sum.unknown,
        pairs: sizes.get(from).copied().unwrap_or(0) * sizes.get(to).copied().unwrap_or(0),
        ports: sum.ports.to_string(),
    };
    sums.into_iter().map(row).collect()
}
