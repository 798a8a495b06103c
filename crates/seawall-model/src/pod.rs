//! Workloads of every kind through one view of their pod template, and containers of all four sorts.

use crate::{At, Object, WellKnown};
use seawall_yaml::{NodeId, NodeRef};
use std::sync::Arc;

/// A pod, or the pod template of a workload.
#[derive(Clone, Copy, Debug)]
pub struct PodAt<'a> {
    at: At<'a>,
    /// Places that nearly every control asks for, found once.
    spec: Option<NodeId>,
    security_context: Option<NodeId>,
}

/// The four sorts of containers.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ContainerSort {
    /// Runs to its end before the others start.
    Init,
    /// An init container with `restartPolicy: Always` (KEP-753).
    Sidecar,
    /// An ordinary one.
    Regular,
    /// Added to a running pod for debugging.
    Ephemeral,
}

impl<'a> PodAt<'a> {
    pub(crate) fn new(at: At<'a>) -> Self {
        let spec = at.nearest().get("spec");
        let security_context = spec.and_then(|spec| spec.get("securityContext"));
        Self { at, spec: spec.map(NodeRef::id), security_context: security_context.map(NodeRef::id) }
    }

    /// The workload or pod.
    pub fn object(self) -> &'a Arc<Object> {
        self.at.object()
    }

    /// The node that holds `metadata` and `spec`.
    pub fn at(self) -> At<'a> {
        self.at
    }

    /// Whether the object is no built-in workload but has the shape of one.
    pub fn is_guessed(self) -> bool {
        self.object().well_known() == WellKnown::Other
    }

    /// The pod's `metadata`.
    pub fn metadata(self) -> At<'a> {
        self.at.key("metadata")
    }

    /// The pod's `spec`.
    pub fn spec(self) -> At<'a> {
        self.spec.map_or_else(|| self.at.key("spec"), |node| At::new(self.object(), node))
    }

    /// A field of the pod's spec, keys joined by dots.
    pub fn get(self, path: &'a str) -> At<'a> {
        self.spec().get(path)
    }

    /// The pod-level security context.
    pub fn security_context(self) -> At<'a> {
        self.security_context
            .map_or_else(|| self.spec().key("securityContext"), |node| At::new(self.object(), node))
    }

    /// The pods' labels.
    pub fn labels(self) -> At<'a> {
        self.metadata().key("labels")
    }

    /// The namespace; `None` is unset.
    pub fn namespace(self) -> Option<&'a str> {
        self.object().namespace()
    }

    /// Whether `spec.os.name` is `windows`.
    pub fn is_windows(self) -> bool {
        self.get("os.name").str() == Some("windows")
    }

    /// Whether the pod runs in a user namespace of its own (`hostUsers: false`).
    pub fn has_user_namespace(self) -> bool {
        self.get("hostUsers").is_false()
    }

    /// The service account the pod runs as: `serviceAccountName`, else the deprecated `serviceAccount`, else
    /// `default` (defaulting of the ServiceAccount admission plugin).
    pub fn service_account(self) -> &'a str {
        let named = |key| self.spec().key(key).str().filter(|name| !name.is_empty());
        named("serviceAccountName").or_else(|| named("serviceAccount")).unwrap_or("default")
    }

    /// Where the service account is named, or would be.
    pub fn service_account_at(self) -> At<'a> {
        let name = self.spec().key("serviceAccountName");
        let old = self.spec().key("serviceAccount");
        if !name.exists() && old.exists() { old } else { name }
    }

    /// Every container: init and sidecars, then regular, then ephemeral ones.
    pub fn containers(self) -> impl Iterator<Item = ContainerAt<'a>> {
        const LISTS: [(&str, ContainerSort); 3] = [
            ("initContainers", ContainerSort::Init),
            ("containers", ContainerSort::Regular),
            ("ephemeralContainers", ContainerSort::Ephemeral),
        ];
        LISTS.into_iter().flat_map(move |(list, sort)| {
            self.spec().key(list).items().enumerate().map(move |(index, at)| {
                let restarts = sort == ContainerSort::Init && at.key("restartPolicy").str() == Some("Always");
                let sort = if restarts { ContainerSort::Sidecar } else { sort };
                let security_context = at.nearest().get("securityContext").map(NodeRef::id);
                ContainerAt { pod: self, at, security_context, sort, index }
            })
        })
    }

    /// The volumes.
    pub fn volumes(self) -> impl Iterator<Item = At<'a>> {
        self.spec().key("volumes").items()
    }
}

/// A container of a pod or template.
#[derive(Clone, Copy, Debug)]
pub struct ContainerAt<'a> {
    pod: PodAt<'a>,
    at: At<'a>,
    security_context: Option<NodeId>,
    sort: ContainerSort,
    index: usize,
}

impl<'a> ContainerAt<'a> {
    /// Its pod.
    pub fn pod(self) -> PodAt<'a> {
        self.pod
    }

    /// The container's mapping.
    pub fn at(self) -> At<'a> {
        self.at
    }

    /// Which sort it is.
    pub fn sort(self) -> ContainerSort {
        self.sort
    }

    /// Its place in its list.
    pub fn index(self) -> usize {
        self.index
    }

    /// Its name, `""` if it has none.
    pub fn name(self) -> &'a str {
        self.at.key("name").text().unwrap_or("")
    }

    /// Its image, if given.
    pub fn image(self) -> Option<&'a str> {
        self.at.key("image").str()
    }

    /// A field, keys joined by dots.
    pub fn get(self, path: &'a str) -> At<'a> {
        self.at.get(path)
    }

    /// The container-level security context.
    pub fn security_context(self) -> At<'a> {
        let found = self.security_context.map(|node| At::new(self.at.object(), node));
        found.unwrap_or_else(|| self.at.key("securityContext"))
    }

    /// A security field with the pod's as fallback (`runAsUser`, `runAsNonRoot`, `seccompProfile` …): the
    /// container's if it is set, else the pod's if it is set, else the container's missing place.
    pub fn inherited(self, key: &'a str) -> At<'a> {
        let own = self.security_context().key(key);
        let pods = self.pod.security_context().key(key);
        if !own.exists() && pods.exists() { pods } else { own }
    }
}

/// The capability without `CAP_`, in upper case: containerd and CRI-O read `cap_net_raw`, `net_raw` and `NET_RAW`
/// alike (containerd `oci.WithAddedCapabilities`, CRI-O `toCAPPrefixed`).
pub fn capability_name(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    upper.strip_prefix("CAP_").map_or_else(|| upper.clone(), str::to_owned)
}
