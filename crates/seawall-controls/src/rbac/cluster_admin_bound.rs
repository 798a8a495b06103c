use crate::{BindingAt, World};
use seawall_auth::rbac::subjects_of;
use seawall_controls_macros::control;
use seawall_model::{Report, Severity, WellKnown};

/// # cluster-admin-bound
///
/// ## What it finds
/// A binding of the ClusterRole `cluster-admin`. Those that the API server and kubeadm make are left out.
///
/// ## Why it matters
/// The subjects may do everything: in the whole cluster by a ClusterRoleBinding, in the namespace by a
/// RoleBinding. A service account that holds it makes every pod that runs as it, and every node such a pod
/// runs on, a cluster administrator.
///
/// ## Fix
/// Bind a role with the rights that are used. Keep `cluster-admin` for a small group of people.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["authorization", "escalation"],
    cis = ["5.1.1"],
    aliases = ["KSV-0111", "kube-linter:cluster-admin-role-binding", "polaris:clusterrolebindingClusterAdmin", "polaris:rolebindingClusterAdminClusterRole"]
)]
pub fn cluster_admin_bound(binding: BindingAt<'_>, _: &World, out: &mut Report) {
    let object = binding.object();
    let name = binding.get("roleRef.name");
    if name.str() != Some("cluster-admin") || binding.get("roleRef.kind").str() != Some("ClusterRole") {
        return;
    }
    let own = object.name() == "cluster-admin"
        && object.label("kubernetes.io/bootstrapping") == Some("rbac-defaults")
        || object.name() == "kubeadm:cluster-admins";
    let subjects: Vec<String> =
        subjects_of(object).take(3).map(|subject| format!("`{}`", subject.name())).collect();
    if own || subjects.is_empty() {
        return;
    }
    let people = subjects_of(object).all(|subject| subject.service_account().is_none());
    let (severity, place) = match (object.well_known() == WellKnown::ClusterRoleBinding, object.namespace()) {
        // People who administer the cluster must be bound somehow.
        (true, _) if people => (Severity::High, "the cluster".to_owned()),
        (true, _) => (Severity::Critical, "the cluster".to_owned()),
        (false, Some("kube-system")) => (Severity::Critical, "kube-system, and so of the cluster".to_owned()),
        (false, Some(namespace)) => (Severity::High, format!("namespace `{namespace}`")),
        (false, None) => (Severity::High, "its namespace".to_owned()),
    };
    let verb = if subjects.len() == 1 { "is administrator" } else { "are administrators" };
    out.finding(name, format!("{} {verb} of {place}", subjects.join(", "))).severity(severity);
}
