//! What is a question asked of? The cluster, the version whose semantics apply, what of the cluster is known, and
//! the decision engines, built once when first asked for.

mod coverage;

pub use coverage::{Coverage, Extent};
use seawall_model::{Cluster, Version};

/// Everything a control may ask. It needs no source text beyond what the objects own, so the guard asks the same
/// of one admitted object.
#[derive(Debug)]
pub struct World {
    cluster: Cluster,
    version: Version,
    coverage: Coverage,
}

impl World {
    /// A world of `cluster` as Kubernetes `version` sees it.
    pub fn new(cluster: Cluster, version: Version, coverage: Coverage) -> Self {
        Self { cluster, version, coverage }
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

    /// The same world with other objects.
    pub fn with_cluster(&self, cluster: Cluster) -> Self {
        Self::new(cluster, self.version, self.coverage.clone())
    }
}
