//! What a reading says about itself: which cluster, when, and how much of it was seen.

use crate::limits::bounded;
use serde::{Deserialize, Serialize};

/// The version of the format that this program writes.
pub(crate) const FORMAT: u32 = 1;

/// The first line of a snapshot, and what is known after reading a live cluster.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// The version of the format; [`FORMAT`].
    pub seawall_snapshot: u32,
    /// The version of the program that wrote it.
    pub seawall: String,
    /// When it was read, in RFC 3339.
    pub time: String,
    /// The cluster; absent for a snapshot of files alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterAbout>,
    /// Objects in the file, of files and of the cluster.
    pub objects: u64,
    /// Bytes of all lines after this one, line ends included.
    pub length: u64,
    /// What was asked of the cluster, kind by kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<KindRead>,
    /// Custom resources that were counted and not kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counted: Vec<Counted>,
    /// What could not be read beside kinds, as sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

/// Which cluster.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterAbout {
    /// As the kubeconfig calls the cluster (not the context, which names the person who read it).
    pub name: String,
    /// The uid of the namespace `kube-system`, which stays the same for the life of a cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// What the server says it is, such as `v1.36.3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The only namespace that was read; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// How much of a kind was read.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Extent {
    /// All there is.
    #[default]
    Complete,
    /// Some of it.
    Partial,
    /// Nothing.
    NotCollected,
}

/// One kind.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KindRead {
    /// API group, `""` for core.
    pub group: String,
    /// The version it was read in.
    pub version: String,
    /// The resource's plural name.
    pub resource: String,
    /// The kind.
    pub kind: String,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// How many objects are in the file.
    pub objects: u64,
    /// The state of the kind that was read; pages of one list all show it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub resource_version: String,
    /// How much of it was read.
    pub extent: Extent,
    /// Where not all of it was read: the namespaces in which it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub complete_in: Vec<String>,
    /// Why not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The RBAC rule to add, as one line of YAML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

impl KindRead {
    /// `deployments.apps`, or `pods`.
    pub fn resource_name(&self) -> String {
        let dot = if self.group.is_empty() { "" } else { "." };
        bounded(&format!("{}{dot}{}", self.resource, self.group))
    }

    /// What is missing and what to do, as one sentence; `None` where nothing is.
    pub fn gap(&self) -> Option<String> {
        let what = match self.extent {
            Extent::Complete => return None,
            Extent::Partial => "were read in part",
            Extent::NotCollected => "were not read",
        };
        let reason = self.reason.as_deref().unwrap_or("no reason is given");
        let rule = self.rule.as_ref().map(|rule| format!("; add the rule {rule}")).unwrap_or_default();
        Some(format!("{} {what}: {reason}{rule}", self.resource_name()))
    }
}

/// A custom resource that no analysis uses.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counted {
    /// API group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// How many there are; absent where that may not be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objects: Option<u64>,
}

impl Header {
    /// What is missing of the cluster, a sentence each; nothing for files.
    pub fn gaps(&self) -> Vec<String> {
        self.kinds.iter().filter_map(KindRead::gap).chain(self.problems.iter().cloned()).collect()
    }

    /// The kinds that could not be read for want of rights, and the rules that give them.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.kinds.iter().filter_map(|kind| kind.rule.as_deref())
    }
}
