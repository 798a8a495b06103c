//! Known holes of node components, each with its upstream source, and the versions that nodes report.

use seawall_model::{Object, Severity, WellKnown};
use seawall_world::World;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A version as a node reports it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Reported {
    pub(crate) major: u32,
    pub(crate) minor: u32,
    pub(crate) patch: u32,
    /// Whether a vendor added something: fixes may be in it that the number does not tell.
    pub(crate) vendor: bool,
}

impl Reported {
    /// Reads `v1.36.3`, `1.7.27`, `v1.30.2-eks-036c24b`; `None` if it is no version.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let end = text.find(['-', '+', '~']).unwrap_or(text.len());
        let (plain, rest) = text.split_at_checked(end)?;
        let mut parts = plain.split('.').map(|part| part.parse::<u32>().ok());
        let (major, minor, patch) = (parts.next()??, parts.next()??, parts.next()??);
        parts.next().is_none().then_some(Self { major, minor, patch, vendor: !rest.is_empty() })
    }
}

/// A published hole.
pub(crate) struct Advisory {
    pub(crate) id: &'static str,
    /// The upstream announcement that the versions are from.
    pub(crate) source: &'static str,
    pub(crate) severity: Severity,
    /// What it lets whom do; follows "which lets".
    pub(crate) lets: &'static str,
    /// Branches with the first patch that is fixed, oldest first.
    pub(crate) fixed: &'static [(u32, u32, u32)],
    /// Whether branches older than the first one have it too.
    pub(crate) older: bool,
}

impl Advisory {
    /// Whether a version has the hole. Branches newer than all, and between two, never had it or got the fix first.
    pub(crate) fn affects(&self, version: Reported) -> bool {
        let Some(&(major, minor, _)) = self.fixed.first() else { return false };
        let branch = self.fixed.iter().find(|one| (one.0, one.1) == (version.major, version.minor));
        match branch {
            Some(&(.., patch)) => version.patch < patch,
            None => self.older && (version.major, version.minor) < (major, minor),
        }
    }

    /// The first version of the same branch that is fixed, else of the oldest.
    pub(crate) fn fixed_in(&self, version: Reported) -> String {
        let same = self.fixed.iter().find(|one| (one.0, one.1) == (version.major, version.minor));
        same.or(self.fixed.first())
            .map_or_else(String::new, |(major, minor, patch)| format!("{major}.{minor}.{patch}"))
    }
}

/// Of the kubelet.
pub(crate) const KUBELET: &[Advisory] = &[
    Advisory {
        id: "CVE-2024-10220",
        source: "https://github.com/kubernetes/kubernetes/issues/128885",
        severity: Severity::High,
        lets: "whoever may create pods run commands on the node by a gitRepo volume",
        fixed: &[(1, 28, 12), (1, 29, 7), (1, 30, 3)],
        older: true,
    },
    Advisory {
        id: "CVE-2021-25741",
        source: "https://github.com/kubernetes/kubernetes/issues/104980",
        severity: Severity::High,
        lets: "whoever may create pods read and write the node's files by a subpath",
        fixed: &[(1, 19, 15), (1, 20, 11), (1, 21, 5), (1, 22, 2)],
        older: true,
    },
    Advisory {
        id: "CVE-2025-0426",
        source: "https://github.com/kubernetes/kubernetes/issues/130016",
        severity: Severity::Medium,
        lets: "whoever reaches its read-only port fill the node's disk",
        fixed: &[(1, 30, 10), (1, 31, 6), (1, 32, 2)],
        older: false,
    },
];

/// Of containerd.
pub(crate) const CONTAINERD: &[Advisory] = &[
    Advisory {
        id: "CVE-2026-53488",
        source: "https://github.com/containerd/containerd/security/advisories/GHSA-xhf5-7wjv-pqxp",
        severity: Severity::High,
        lets: "an image run commands on the node by its labels",
        fixed: &[(1, 7, 33), (2, 0, 10), (2, 1, 9), (2, 2, 5), (2, 3, 2)],
        older: false,
    },
    Advisory {
        id: "CVE-2022-23648",
        source: "https://github.com/containerd/containerd/security/advisories/GHSA-crp2-qrr5-8pq7",
        severity: Severity::High,
        lets: "an image read files of the node by its volumes",
        fixed: &[(1, 4, 13), (1, 5, 10), (1, 6, 1)],
        older: true,
    },
    Advisory {
        id: "CVE-2024-40635",
        source: "https://github.com/containerd/containerd/security/advisories/GHSA-265r-hfxg-fhmg",
        severity: Severity::Medium,
        lets: "an image run as root where a user id above 2147483647 is asked for",
        fixed: &[(1, 6, 38), (1, 7, 27), (2, 0, 4)],
        older: true,
    },
];

/// The nodes of the input by the text at `path` of `status.nodeInfo`, in the order of the texts.
pub(crate) fn nodes_by<'w>(world: &'w World, path: &'static str) -> BTreeMap<&'w str, Vec<&'w Arc<Object>>> {
    let mut out: BTreeMap<&str, Vec<&Arc<Object>>> = BTreeMap::new();
    for node in world.cluster().of(WellKnown::Node) {
        if let Some(text) = node.at().get(path).str().filter(|text| !text.is_empty()) {
            out.entry(text).or_default().push(node);
        }
    }
    out
}

/// `node n1`, or `3 nodes (n1, n2, n3)`.
pub(crate) fn named(nodes: &[&Arc<Object>]) -> String {
    let names: Vec<String> = nodes.iter().take(5).map(|node| format!("`{}`", node.name())).collect();
    match nodes.len() {
        1 => format!("node {}", names.join("")),
        count => {
            format!("{count} nodes ({}{})", names.join(", "), if count > names.len() { ", …" } else { "" })
        }
    }
}

/// Reports the holes of each version that `nodes_by` gave.
pub(crate) fn report(
    world: &World,
    path: &'static str,
    program: &str,
    read: impl Fn(&str) -> Option<Reported>,
    advisories: &[Advisory],
    out: &mut seawall_model::Report,
) {
    for (text, nodes) in nodes_by(world, path) {
        let (Some(version), Some(first)) = (read(text), nodes.first()) else { continue };
        let at = first.at().get(path);
        let shown = seawall_model::decode::shown(text);
        for advisory in advisories.iter().filter(|advisory| advisory.affects(version)) {
            let who = named(&nodes);
            if version.vendor {
                let message = format!("whether {program} {shown} of {who} has {}", advisory.id);
                let why = format!(
                    "upstream fixed it in {}; whether the vendor of this build did is not told: {}",
                    advisory.fixed_in(version),
                    advisory.source
                );
                out.unknown(at, message, why).severity(advisory.severity);
                continue;
            }
            let message =
                format!("{program} {shown} of {who} has {}, which lets {}", advisory.id, advisory.lets);
            out.finding(at, message).severity(advisory.severity).evidence(format!(
                "fixed in {}: {}",
                advisory.fixed_in(version),
                advisory.source
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_branches() {
        let read = |text| Reported::read(text).unwrap();
        assert!(read("v1.30.2-eks-036c24b").vendor && !read("v1.36.3").vendor);
        for text in ["", "1.2", "v1.x.3", "1.2.3.4", "latest"] {
            assert_eq!(Reported::read(text), None, "{text}");
        }
        let hole = |text| KUBELET.first().unwrap().affects(read(text));
        assert!(hole("1.30.2") && hole("1.28.11") && hole("1.20.0"));
        assert!(!hole("1.30.3") && !hole("1.31.0") && !hole("2.0.0"));
        let containerd = |text| CONTAINERD.first().unwrap().affects(read(text));
        assert!(containerd("2.2.4") && !containerd("2.2.5") && !containerd("1.6.40") && !containerd("2.4.0"));
    }
}
