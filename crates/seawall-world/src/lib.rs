//! What is a question asked of? The cluster, the version whose semantics apply, what of the cluster is known, and
//! the decision engines, built once when first asked for.

mod coverage;

pub use coverage::{Coverage, Extent};
use seawall_auth::rbac::Rbac;
use seawall_auth::rbac::authorizer::{Options, RbacAuthorizer};
use seawall_model::{Cluster, Components, CustomSchemas, Version, WellKnown};
use seawall_network::Network;
use std::sync::OnceLock;

/// Everything a control may ask. It needs no source text beyond what the objects own, so the guard asks the same
/// of one admitted object.
#[derive(Debug)]
pub struct World {
    cluster: Cluster,
    version: Version,
    coverage: Coverage,
    auth: OnceLock<Rbac>,
    authorizer: OnceLock<RbacAuthorizer>,
    network: OnceLock<Network>,
    components: OnceLock<Components>,
    custom: OnceLock<CustomSchemas>,
}

impl World {
    /// A world of `cluster` as Kubernetes `version` sees it.
    pub fn new(cluster: Cluster, version: Version, coverage: Coverage) -> Self {
        Self {
            cluster,
            version,
            coverage,
            auth: OnceLock::new(),
            authorizer: OnceLock::new(),
            network: OnceLock::new(),
            components: OnceLock::new(),
            custom: OnceLock::new(),
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

    /// Roles and bindings.
    pub fn auth(&self) -> &Rbac {
        self.auth.get_or_init(|| Rbac::new(&self.cluster))
    }

    /// RBAC's decisions. Where some roles or bindings of the cluster may not be in the input, the ones that every
    /// API server makes are taken for granted and aggregated roles are filled; else the objects are what is stored.
    pub fn authorizer(&self) -> &RbacAuthorizer {
        const RBAC: [WellKnown; 4] = [
            WellKnown::ClusterRole,
            WellKnown::ClusterRoleBinding,
            WellKnown::Role,
            WellKnown::RoleBinding,
        ];
        self.authorizer.get_or_init(|| {
            let stored = RBAC.into_iter().all(|kind| self.coverage.is_complete(kind, None));
            let options = if stored { Options::stored } else { Options::files };
            RbacAuthorizer::new(&self.cluster, options(self.version))
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

    /// The same world with other objects.
    pub fn with_cluster(&self, cluster: Cluster) -> Self {
        Self::new(cluster, self.version, self.coverage.clone())
    }
}
