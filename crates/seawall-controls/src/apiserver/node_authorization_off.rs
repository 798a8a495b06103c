use crate::support::component::authorizers::must_include;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # node-authorization-off
///
/// ## What it finds
/// A kube-apiserver whose authorizers do not include Node.
///
/// ## Why it matters
/// The Node authorizer lets a kubelet read only what its own pods use. Without it kubelets need a role that
/// reads the secrets of the whole cluster, so one broken node gives them all away.
///
/// ## Fix
/// Set the modes to Node and RBAC, and remove the binding of the ClusterRole `system:node` to the group
/// `system:nodes`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/node/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization", "node-restriction"],
    cis = ["1.2.7"],
    aliases = ["KCV-0008", "CKV_K8S_75"],
    fix = Unsafe,
    group = "authorization-mode"
)]
pub fn node_authorization_off(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    must_include(&server, out, "Node", "kubelets have no authorizer of their own");
}
