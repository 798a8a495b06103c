//! What is a question asked of? The cluster, the version whose semantics apply, what of the cluster is known, and
//! the decision engines, built once when first asked for.

use seawall_auth::node::{NodeAuthorizer, NodeOptions};
use seawall_auth::rbac::Rbac;
use seawall_auth::rbac::authorizer::{Options, RbacAuthorizer, Unread};
use seawall_model::{Cluster, Components, CustomSchemas, Version, WellKnown};
pub use seawall_model::{Coverage, Extent};
use seawall_network::{Dialect, Network, Reach};
use seawall_paths::{Input, Paths};
use std::sync::{Arc, OnceLock};

/// Everything a control may ask. It needs no source text beyond what the objects own, so the guard asks the same
/// of one admitted object.
#[derive(Debug)]
pub struct World {
    cluster: Cluster,
    version: Version,
    coverage: Coverage,
    time: Option<i64>,
    // Shared with the generations that did not change what they are made of.
    auth: Arc<OnceLock<Rbac>>,
    authorizer: Arc<OnceLock<RbacAuthorizer>>,
    custom: Arc<OnceLock<CustomSchemas>>,
    node: OnceLock<NodeAuthorizer>,
    network: OnceLock<Network>,
    reach: OnceLock<Reach>,
    components: OnceLock<Components>,
    paths: OnceLock<Paths>,
}

/// What [`World::auth`] and [`World::authorizer`] are made of.
const RBAC: [WellKnown; 4] =
    [WellKnown::ClusterRole, WellKnown::ClusterRoleBinding, WellKnown::Role, WellKnown::RoleBinding];
/// What leads from a node to objects: graph.go of the node authorizer.
const NODE: [WellKnown; 2] = [WellKnown::Pod, WellKnown::PersistentVolume];
/// What [`World::custom_schemas`] are made of.
const CUSTOM: [WellKnown; 4] =
    [WellKnown::CustomResourceDefinition, WellKnown::Other, WellKnown::Gateway, WellKnown::HTTPRoute];

impl World {
    /// A world of `cluster` as Kubernetes `version` sees it.
    pub fn new(cluster: Cluster, version: Version, coverage: Coverage) -> Self {
        Self {
            cluster,
            version,
            coverage,
            time: None,
            auth: Arc::default(),
            authorizer: Arc::default(),
            custom: Arc::default(),
            node: OnceLock::new(),
            network: OnceLock::new(),
            reach: OnceLock::new(),
            components: OnceLock::new(),
            paths: OnceLock::new(),
        }
    }

    /// The objects.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The version whose semantics apply.
    pub fn version(&self) -> Version {
        self.version
    }

    /// What of the cluster is known.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// The same world, seen at a time in seconds since 1970-01-01T00:00:00Z.
    pub fn at_time(mut self, time: Option<i64>) -> Self {
        self.time = time;
        self
    }

    /// When the cluster was read, in seconds since 1970-01-01T00:00:00Z; files alone say nothing about the time. What
    /// has expired is asked of this, never of a clock.
    pub fn time(&self) -> Option<i64> {
        self.time
    }

    /// Roles and bindings.
    pub fn auth(&self) -> &Rbac {
        self.auth.get_or_init(|| Rbac::new(&self.cluster))
    }

    /// RBAC's decisions. Where some roles or bindings of the cluster may not be in the input, the ones that every
    /// API server makes are taken for granted and aggregated roles are filled; else the objects are what is stored.
    pub fn authorizer(&self) -> &RbacAuthorizer {
        self.authorizer.get_or_init(|| {
            let options = if self.coverage.is_closed() {
                Options { unread: self.unread_rights(), ..Options::stored(self.version) }
            } else {
                Options::files(self.version)
            };
            RbacAuthorizer::new(&self.cluster, options)
        })
    }

    /// Roles and bindings of a cluster that could not be read.
    fn unread_rights(&self) -> Vec<Unread> {
        let unread = RBAC.into_iter().filter_map(|kind| {
            let reason = self.coverage.extent(kind, None).reason()?;
            let known_in = self.coverage.complete_in(kind).map(Into::into).collect();
            Some(Unread { everywhere: kind.cluster_scoped() == Some(true), known_in, reason: reason.into() })
        });
        unread.collect()
    }

    /// Whether every role and binding of the cluster is in the input.
    pub fn knows_all_rights(&self) -> bool {
        RBAC.into_iter().all(|kind| self.coverage.is_complete(kind, None))
    }

    /// What nodes may do by the authorizer that is made for them.
    pub fn node_authorizer(&self) -> &NodeAuthorizer {
        self.node.get_or_init(|| {
            let complete = NODE.into_iter().all(|kind| self.coverage.is_complete(kind, None));
            NodeAuthorizer::new(&self.cluster, NodeOptions::new(self.version, complete))
        })
    }

    /// The components of the control plane and of nodes that the objects configure.
    pub fn components(&self) -> &Components {
        self.components.get_or_init(|| Components::of(&self.cluster))
    }

    /// What the CustomResourceDefinitions say about the custom resources.
    pub fn custom_schemas(&self) -> &CustomSchemas {
        self.custom.get_or_init(|| CustomSchemas::of(&self.cluster))
    }

    /// Policies, pods, Services and what leads to them from outside.
    pub fn network(&self) -> &Network {
        self.network.get_or_init(|| Network::new(&self.cluster))
    }

    /// Who can reach whom, as upstream's documentation and tests say; other dialects are made with
    /// [`World::reach_in`].
    pub fn reach(&self) -> &Reach {
        self.reach.get_or_init(|| self.reach_in(Dialect::UPSTREAM))
    }

    /// Who can reach whom in a dialect.
    pub fn reach_in(&self, dialect: Dialect) -> Reach {
        Reach::new(&self.cluster, self.network(), dialect)
    }

    /// What can become what.
    pub fn paths(&self) -> &Paths {
        self.paths.get_or_init(|| Paths::new(self.paths_input(), &[]))
    }

    /// What [`Paths`] are made of.
    pub fn paths_input(&self) -> Input<'_> {
        Input {
            cluster: &self.cluster,
            version: self.version,
            coverage: &self.coverage,
            rbac: self.authorizer(),
            network: self.network(),
            reach: &self.reach,
            components: self.components(),
        }
    }

    /// The same world with another generation of objects.
    pub fn with_cluster(&self, cluster: Cluster) -> Self {
        let mut next = Self::new(cluster, self.version, self.coverage.clone()).at_time(self.time);
        let same = |kinds: &[WellKnown]| kinds.iter().all(|&kind| next.cluster.shares(&self.cluster, kind));
        let (rights, custom) = (same(&RBAC), same(&CUSTOM));
        if rights {
            next.auth = self.auth.clone();
            next.authorizer = self.authorizer.clone();
        }
        if custom {
            next.custom = self.custom.clone();
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_model::{Object, Origin, objects_of};
    use seawall_yaml::{Source, parse_documents};

    fn objects(text: &str) -> Vec<Arc<Object>> {
        let documents = parse_documents(&Source::new("a.yaml", text.to_owned()));
        let documents = documents.into_iter().filter_map(Result::ok).map(Arc::new);
        documents.flat_map(|document| objects_of(&document, &Origin::File)).flatten().map(Arc::new).collect()
    }

    #[test]
    fn what_a_generation_did_not_change_is_shared() {
        let all = objects(
            "{apiVersion: v1, kind: Pod, metadata: {name: p}}\n---\n\
             {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r}}\n",
        );
        let world = World::new(Cluster::new(all.iter().cloned()), Version::NEWEST, Coverage::open());
        let change = |at: usize| {
            let again = objects(all[at].document().source().text()).swap_remove(at);
            world.with_cluster(world.cluster().apply([(Some(all[at].clone()), vec![again])]))
        };
        let (pod, role) = (change(0), change(1));
        assert!(std::ptr::eq(world.auth(), pod.auth()) && std::ptr::eq(world.authorizer(), pod.authorizer()));
        assert!(!std::ptr::eq(world.auth(), role.auth()));
        assert!(std::ptr::eq(world.custom_schemas(), role.custom_schemas()));
        assert!(!std::ptr::eq(world.network(), pod.network()));
    }
}
