use crate::support::rights::{has_star, judged_rules, words};
use crate::{RoleAt, World};
use seawall_auth::rbac::PolicyRule;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # wildcard-api-groups
///
/// ## What it finds
/// A rule with `*` in `apiGroups` that names its resources.
///
/// ## Why it matters
/// The same resource name may exist in several groups, or come with an extension tomorrow: the rule then
/// covers it too.
///
/// ## Fix
/// Name the group: `""` for the core group, `apps` for Deployments, and so on.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#role-and-clusterrole
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["authorization"],
    cis = ["5.1.3"],
    aliases = ["kube-linter:wildcard-in-rules"]
)]
pub fn wildcard_api_groups(role: RoleAt<'_>, world: &World, out: &mut Report) {
    for rule in judged_rules(role, world).filter(|rule| !has_star(rule.resources())) {
        let Some(at) = rule.api_groups_at().find(|group| group.str() == Some("*")) else { continue };
        let message = format!(
            "{} `{}` names `{}` in every API group",
            role.object().kind(),
            role.object().name(),
            words(rule.resources())
        );
        out.finding(at, message);
    }
}
