use crate::{BindingAt, World};
use seawall_auth::rbac::subjects_of;
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # node-role-bound
///
/// ## What it finds
/// A binding of the ClusterRole `system:node` with subjects. Clusters that are older than Kubernetes 1.8 may still
/// have it for the group `system:nodes`.
///
/// ## Why it matters
/// The role reads every Secret and makes tokens of every service account. The Node authorizer gives a kubelet the
/// same for its own pods alone; with the binding it may do it for all pods of the cluster.
///
/// ## Fix
/// Set the binding's `subjects` to an empty list, and let kube-apiserver run with `--authorization-mode=Node,RBAC`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/node/
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#core-component-roles
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation", "kubelet"]
)]
pub fn node_role_bound(binding: BindingAt<'_>, _: &World, out: &mut Report) {
    let role = binding.get("roleRef.name");
    if role.str() != Some("system:node") || binding.get("roleRef.kind").str() != Some("ClusterRole") {
        return;
    }
    let Some(subject) = subjects_of(binding.object()).next() else { return };
    let place = if binding.object().well_known() == WellKnown::ClusterRoleBinding {
        "every pod of the cluster"
    } else {
        "every pod of the namespace"
    };
    let message = format!("`{}` holds a kubelet's rights for {place}, not for one node's", subject.name());
    out.finding(role, message).related(subject.at(), "who holds it");
}
