//! How is a component configured in effect?
//!
//! Components of the control plane and of nodes are recognised in pods that run them, in kubeadm's configuration and
//! in their own configuration files. [`Component`] holds what was given; [`ComponentAt`] answers what is in effect in
//! a Kubernetes version: flags and files merged as the program itself merges them, with the place of each value.

mod admission;
mod authentication;
mod authorization;
mod command;
mod facts;
mod features;
mod fields;
mod files;
mod flag;
mod kind;
mod kubeadm;
mod mounts;
mod setting;
#[cfg(test)]
mod tests;
mod words;

pub use admission::Plugin;
pub use authentication::Anonymous;
pub use authorization::{Authorizer, Authorizers};
pub use features::Gate;
pub use files::NamedFile;
pub use kind::ComponentKind;
pub use setting::{Fate, GivenFlag, Setting, State};

use crate::{At, Cluster, Object, Version, VersionError, WellKnown};
use flag::Given;
use seawall_yaml::NodeId;
use std::sync::Arc;

/// What a component was recognised in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Base {
    /// A container that runs the program: all its flags are known.
    Program,
    /// kubeadm's configuration: kubeadm adds flags of its own.
    Kubeadm,
    /// Its own configuration file; flags may be given elsewhere.
    File,
}

/// One component as it is given: flags, its own configuration file, and the files that flags name.
#[derive(Clone, Debug)]
pub struct Component {
    kind: ComponentKind,
    object: Arc<Object>,
    /// What findings point at when nothing better exists.
    anchor: NodeId,
    base: Base,
    /// The list to which flags can be added.
    words: Option<NodeId>,
    container: Option<Box<str>>,
    version: Option<Version>,
    /// Its version is older than the oldest that is known exactly: no claim that a flag is gone.
    is_older: bool,
    given: Vec<Given>,
    /// Why there may be flags that are not in `given`.
    hidden: Option<Box<str>>,
    /// KubeletConfiguration, KubeProxyConfiguration, KubeSchedulerConfiguration.
    config: Option<Arc<Object>>,
    /// Files that flags name, by flag.
    files: Vec<(&'static str, files::Joined)>,
}

impl Component {
    fn new(kind: ComponentKind, object: &Arc<Object>, anchor: NodeId, base: Base) -> Self {
        Self {
            kind,
            object: object.clone(),
            anchor,
            base,
            words: None,
            container: None,
            version: None,
            is_older: false,
            given: Vec::new(),
            hidden: None,
            config: None,
            files: Vec::new(),
        }
    }

    /// Takes the version that an image's tag or kubeadm names; other texts leave it open.
    fn name_version(&mut self, text: Option<&str>) {
        match text.map(Version::read) {
            Some(Ok(reading)) => self.version = Some(reading.version),
            Some(Err(VersionError::TooOld { .. })) => {
                self.version = Some(Version::OLDEST);
                self.is_older = true;
            }
            _ => {}
        }
    }

    /// Which component it is.
    pub fn kind(&self) -> ComponentKind {
        self.kind
    }

    /// The object it was recognised in.
    pub fn object(&self) -> &Arc<Object> {
        &self.object
    }

    /// The container that runs it.
    pub fn container(&self) -> Option<&str> {
        self.container.as_deref()
    }

    /// The component in `version`, or in the version that its image or kubeadm names.
    pub fn in_version(&self, version: Version) -> ComponentAt<'_> {
        ComponentAt { component: self, version: self.version.unwrap_or(version) }
    }
}

/// All components of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Components {
    all: Vec<Component>,
}

/// The kinds whose pods may run a component.
const RUNNERS: [WellKnown; 6] = [
    WellKnown::Pod,
    WellKnown::Deployment,
    WellKnown::ReplicaSet,
    WellKnown::StatefulSet,
    WellKnown::DaemonSet,
    WellKnown::ReplicationController,
];

impl Components {
    /// Recognises the components in `cluster` and joins the files that they name.
    pub fn of(cluster: &Cluster) -> Self {
        let mut all = Vec::new();
        for object in RUNNERS.into_iter().flat_map(|kind| cluster.of(kind)) {
            for pod in object.pods() {
                all.extend(pod.containers().filter_map(command::component));
            }
        }
        kubeadm::components(cluster, &mut all);
        drop_foreign_etcd(&mut all);
        files::join(cluster, &mut all);
        Self { all }
    }

    /// All of them, in the order of the input.
    pub fn iter(&self) -> impl Iterator<Item = &Component> {
        self.all.iter()
    }
}

/// etcd is also a database of applications: one in a pod counts when it is a static pod's or stands beside a
/// kube-apiserver.
fn drop_foreign_etcd(all: &mut Vec<Component>) {
    let namespaces: Vec<Option<Box<str>>> = all
        .iter()
        .filter(|component| component.kind == ComponentKind::ApiServer)
        .map(|component| component.object.namespace().map(Into::into))
        .collect();
    all.retain(|component| {
        component.kind != ComponentKind::Etcd || component.base != Base::Program || {
            let namespace = component.object.namespace();
            let labels = |key| component.object.label(key);
            namespace == Some("kube-system")
                || labels("tier") == Some("control-plane")
                || component.object.well_known() == WellKnown::Pod && namespace.is_none()
                || namespaces.iter().any(|of_server| of_server.as_deref() == namespace)
        }
    });
}

/// A component in a Kubernetes version: what is in effect?
#[derive(Clone, Copy, Debug)]
pub struct ComponentAt<'a> {
    component: &'a Component,
    version: Version,
}

impl<'a> ComponentAt<'a> {
    /// What was given.
    pub fn component(self) -> &'a Component {
        self.component
    }

    /// Which component it is.
    pub fn kind(self) -> ComponentKind {
        self.component.kind
    }

    /// The program's name, for messages.
    pub fn program(self) -> &'static str {
        self.component.kind.program()
    }

    /// The version that applies.
    pub fn version(self) -> Version {
        self.version
    }

    /// The component as a whole: its container, kubeadm's section, or its configuration file.
    pub fn at(self) -> At<'a> {
        At::new(&self.component.object, self.component.anchor)
    }

    /// Its own configuration file, if it is in the input.
    pub fn config(self) -> Option<At<'a>> {
        self.component.config.as_ref().map(Object::at)
    }
}
