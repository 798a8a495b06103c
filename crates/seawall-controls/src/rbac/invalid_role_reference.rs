use crate::{BindingAt, World};
use seawall_auth::rbac::RBAC_GROUP;
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # invalid-role-reference
///
/// ## What it finds
/// A binding whose `roleRef` the API server refuses: a wrong `kind` or `apiGroup`, no name, or a
/// ClusterRoleBinding of a Role.
///
/// ## Why it matters
/// The binding is not created, and the rights are missing where they were meant to be, often noticed only
/// when somebody hands out wider ones.
///
/// ## Fix
/// Write `kind: Role` or `kind: ClusterRole` and `apiGroup: rbac.authorization.k8s.io`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization"]
)]
pub fn invalid_role_reference(binding: BindingAt<'_>, _: &World, out: &mut Report) {
    let reference = binding.key("roleRef");
    let (kind, group, name) = (reference.key("kind"), reference.key("apiGroup"), reference.key("name"));
    if !reference.exists() {
        out.finding(reference, "`roleRef` is missing");
        return;
    }
    if !matches!(group.text(), None | Some("" | RBAC_GROUP)) {
        out.finding(
            group,
            format!("`{}` has no roles: the group is `{RBAC_GROUP}`", group.text().unwrap_or("")),
        );
    }
    match kind.text() {
        Some("ClusterRole") => {}
        Some("Role") if binding.object().well_known() == WellKnown::RoleBinding => {}
        Some("Role") => {
            out.finding(kind, "a ClusterRoleBinding can only refer to a ClusterRole");
        }
        other => {
            out.finding(kind, format!("`{}` is no kind of role", other.unwrap_or("")));
        }
    }
    if name.text().unwrap_or("").is_empty() {
        out.finding(name, "the role is not named");
    }
}
