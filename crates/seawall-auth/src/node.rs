//! The node authorizer (upstream: `plugin/pkg/auth/authorizer/node`): what kubelets may do.
//!
//! Equal in all supported versions but for the gates in [`NodeOptions`], the verbs of ResourceSlices in 1.30 and
//! reads of service accounts before 1.33.

mod decide;
mod graph;
mod references;
mod volumes;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod upstream;

pub use graph::Relation;

use crate::rbac::{StaticRule, built_in_roles};
use graph::Graph;
use seawall_model::tables::gates;
use seawall_model::{Cluster, Version};

/// What the node authorizer's answers depend on beside the objects.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NodeOptions {
    /// Whose rules.
    pub version: Version,
    /// Gate `AuthorizeNodeWithSelectors`: nodes read only their own pods and Node object.
    pub selectors: bool,
    /// Gate `KubeletServiceAccountTokenForCredentialProviders`: nodes read service accounts of their pods.
    pub credential_providers: bool,
    /// Gate `PodCertificateRequest`.
    pub pod_certificates: bool,
    /// Gate `DynamicResourceAllocation`: ResourceSlices are looked at.
    pub dynamic_resources: bool,
    /// Whether the pods, volumes and claims are all of the cluster's as it stores them. If not, what no object
    /// shows is unknown: pods come from controllers, and their nodes from the scheduler.
    pub complete: bool,
}

impl NodeOptions {
    /// With the version's default gates.
    pub fn new(version: Version, complete: bool) -> Self {
        let on = |name| gates::lookup(version, name).is_some_and(|gate| gate.default);
        Self {
            version,
            selectors: on("AuthorizeNodeWithSelectors"),
            credential_providers: on("KubeletServiceAccountTokenForCredentialProviders"),
            pod_certificates: on("PodCertificateRequest"),
            dynamic_resources: on("DynamicResourceAllocation"),
            complete,
        }
    }
}

/// The node authorizer of a cluster.
#[derive(Clone, Debug)]
pub struct NodeAuthorizer {
    options: NodeOptions,
    graph: Graph,
    /// What every node may do, whatever it runs (upstream: `bootstrappolicy.NodeRules`). It is what the built-in
    /// ClusterRole `system:node` holds.
    rules: Vec<StaticRule>,
}

impl NodeAuthorizer {
    /// The authorizer of the objects in `cluster`.
    pub fn new(cluster: &Cluster, options: NodeOptions) -> Self {
        let roles = built_in_roles(options.version);
        let role = roles.iter().find(|role| role.name == "system:node");
        let rules = role.map_or(&[][..], |role| role.rules).to_vec();
        Self { options, graph: Graph::new(cluster, &options), rules }
    }
}

/// The node that a user is: the name `system:node:<node>` and the group `system:nodes`
/// (upstream: `pkg/auth/nodeidentifier`). The node's name may be empty.
pub fn node_of<'a>(who: crate::rbac::Subject<'a>) -> Option<&'a str> {
    let node = who.user.strip_prefix(crate::user::NODE_USER_PREFIX)?;
    who.groups.contains(&crate::user::NODES_GROUP).then_some(node)
}
