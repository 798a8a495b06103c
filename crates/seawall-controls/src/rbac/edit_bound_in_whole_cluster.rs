use crate::{BindingAt, World};
use seawall_auth::rbac::subjects_of;
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # edit-bound-in-whole-cluster
///
/// ## What it finds
/// A ClusterRoleBinding of the roles `admin` or `edit`.
///
/// ## Why it matters
/// Both are made for one namespace. In the whole cluster they read every Secret, run commands in every pod
/// and act as every service account, those of kube-system included: that is as good as `cluster-admin`.
///
/// ## Fix
/// Bind the role with RoleBindings in the namespaces that are meant. To look at everything `view` is
/// enough.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation"]
)]
pub fn edit_bound_in_whole_cluster(binding: BindingAt<'_>, _: &World, out: &mut Report) {
    let name = binding.get("roleRef.name");
    let Some(role @ ("admin" | "edit")) = name.str() else { return };
    let cluster = binding.object().well_known() == WellKnown::ClusterRoleBinding;
    if !cluster || binding.get("roleRef.kind").str() != Some("ClusterRole") {
        return;
    }
    if let Some(subject) = subjects_of(binding.object()).next() {
        let message = format!("`{}` holds `{role}` in every namespace, kube-system included", subject.name());
        out.finding(name, message);
    }
}
