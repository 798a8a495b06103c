//! Worlds with known answers.

mod cut;
mod families;
mod shape;

use crate::{Cut, Found, Input, Paths, Place};
use seawall_auth::rbac::authorizer::{Options, RbacAuthorizer};
use seawall_model::{Cluster, Components, Coverage, Object, Origin, Version, objects_of};
use seawall_network::Network;
use seawall_yaml::{Source, parse_documents};
use std::sync::{Arc, OnceLock};

pub(crate) struct World {
    pub(crate) cluster: Cluster,
    version: Version,
    coverage: Coverage,
    rbac: RbacAuthorizer,
    network: Network,
    components: Components,
}

impl World {
    pub(crate) fn new(text: &str) -> Self {
        let documents = parse_documents(&Source::new("world.yaml", text.to_owned()));
        let objects = documents.into_iter().flat_map(|document| {
            let document = Arc::new(document.expect("the world is YAML"));
            objects_of(&document, &Origin::File).unwrap_or_default()
        });
        let objects: Vec<Arc<Object>> = objects.map(Arc::new).collect();
        Self::of(Cluster::new(objects), Version::NEWEST)
    }

    pub(crate) fn of(cluster: Cluster, version: Version) -> Self {
        let rbac = RbacAuthorizer::new(&cluster, Options::files(version));
        let (network, components) = (Network::new(&cluster), Components::of(&cluster));
        Self { cluster, version, coverage: Coverage::open(), rbac, network, components }
    }

    pub(crate) fn in_version(self, version: Version) -> Self {
        Self::of(self.cluster, version)
    }

    pub(crate) fn paths(&self, places: &[Place]) -> Paths {
        let input = Input {
            cluster: &self.cluster,
            version: self.version,
            coverage: &self.coverage,
            rbac: &self.rbac,
            network: &self.network,
            reach: &OnceLock::new(),
            components: &self.components,
        };
        Paths::new(input, places)
    }

    pub(crate) fn find(&self, from: &str, to: &str, limit: usize) -> Found {
        let (from, to) = (place(from), place(to));
        self.paths(&[from.clone(), to.clone()]).find(&from, &to, limit)
    }

    pub(crate) fn cut(&self, from: &str, to: &str) -> Cut {
        let (from, to) = (place(from), place(to));
        self.paths(&[from.clone(), to.clone()]).cut(&from, &to)
    }

    /// The names of the steps of the shortest path; empty where there is none.
    pub(crate) fn shortest(&self, from: &str, to: &str) -> Vec<&'static str> {
        let found = self.find(from, to, 1);
        found.paths.iter().flat_map(|path| path.steps.iter().map(|step| step.row.info().name)).collect()
    }
}

pub(crate) fn place(text: &str) -> Place {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// A ClusterRole or (with a namespace) a Role with one rule, and a binding of it.
pub(crate) fn right(subject: &str, namespace: Option<&str>, rule: &str) -> String {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let (kind, place) = match namespace {
        Some(namespace) => ("Role", format!(", namespace: {namespace}")),
        None => ("ClusterRole", String::new()),
    };
    let subject = match place_of(subject) {
        Place::ServiceAccount(namespace, name) => {
            format!("{{kind: ServiceAccount, namespace: {namespace}, name: {name}}}")
        }
        Place::Group(name) => format!("{{kind: Group, name: '{name}'}}"),
        Place::User(name) => format!("{{kind: User, name: '{name}'}}"),
        other => panic!("{other} is no subject"),
    };
    format!(
        "---\n{{apiVersion: rbac.authorization.k8s.io/v1, kind: {kind}, metadata: {{name: r{number}{place}}}, \
         rules: [{rule}]}}\n---\n{{apiVersion: rbac.authorization.k8s.io/v1, kind: {kind}Binding, \
         metadata: {{name: b{number}{place}}}, subjects: [{subject}], \
         roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: r{number}}}}}\n"
    )
}

fn place_of(text: &str) -> Place {
    place(text)
}

pub(crate) fn rule(group: &str, resources: &str, verbs: &str) -> String {
    format!("{{apiGroups: ['{group}'], resources: [{resources}], verbs: [{verbs}]}}")
}

pub(crate) const ADMIN: &str = "---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: \
     {name: admins}, subjects: [{kind: ServiceAccount, namespace: ops, name: admin}], \
     roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}}\n";

pub(crate) fn namespace(name: &str, level: &str) -> String {
    format!(
        "---\n{{apiVersion: v1, kind: Namespace, metadata: {{name: {name}, \
         labels: {{pod-security.kubernetes.io/enforce: {level}}}}}}}\n"
    )
}
