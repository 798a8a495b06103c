use crate::{RoleAt, World};
use seawall_auth::rbac::{PolicyRule, is_cluster_scoped, rules_of};
use seawall_controls_macros::control;
use seawall_model::{At, Report, WellKnown};

/// # cluster-scoped-rule-in-role
///
/// ## What it finds
/// A rule in a Role for cluster-scoped resources or for paths.
///
/// ## Why it matters
/// It grants nothing: requests for nodes, PersistentVolumes, webhook configurations and the like belong to
/// no namespace, so no RoleBinding is read for them. Whoever wrote it expected more, and may next put it
/// into a ClusterRole.
///
/// ## Fix
/// Remove it, or move it to a ClusterRole with a ClusterRoleBinding if it is really needed.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#role-and-clusterrole
#[control(
    since = "0.1.0",
    severity = Info,
    practices = ["authorization"]
)]
pub fn cluster_scoped_rule_in_role(role: RoleAt<'_>, _: &World, out: &mut Report) {
    if role.object().well_known() != WellKnown::Role {
        return;
    }
    for rule in rules_of(role.object()) {
        // `bind` on ClusterRoles is asked for in the namespace of the new RoleBinding.
        let binds = rule.verbs().any(|verb| matches!(verb, "bind" | "*"));
        let cluster_scoped = |at: &At<'_>| {
            let resource = at.str().unwrap_or("");
            !(binds && resource == "clusterroles")
                && rule.api_groups().next().is_some()
                && rule.api_groups().all(|group| is_cluster_scoped(group, resource) == Some(true))
        };
        if let Some(at) = rule.resources_at().find(cluster_scoped) {
            let what = at.str().unwrap_or("");
            out.finding(at, format!("`{what}` is cluster-scoped: in a Role this grants nothing"));
        } else if let Some(at) = rule.non_resource_urls_at().next() {
            out.finding(at, "in a Role paths grant nothing");
        }
    }
}
