use crate::support::rights::{Reach, has_star, judged_rules, star, words};
use crate::{RoleAt, World};
use seawall_auth::rbac::{PolicyRule, is_cluster_scoped};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # wildcard-verbs
///
/// ## What it finds
/// A rule with `*` in `verbs` on named resources.
///
/// ## Why it matters
/// The wildcard includes verbs nobody thinks of: `deletecollection`, `impersonate`, `bind`, `escalate`,
/// `approve`, and those that later versions bring.
///
/// ## Fix
/// List the verbs that are used: mostly some of `get`, `list`, `watch`, `create`, `update`, `patch`,
/// `delete`.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#role-and-clusterrole
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization"],
    cis = ["5.1.3"],
    aliases = ["KSV-0045", "kube-linter:wildcard-in-rules", "CKV_K8S_49"]
)]
pub fn wildcard_verbs(role: RoleAt<'_>, world: &World, out: &mut Report) {
    for rule in judged_rules(role, world) {
        let Some(at) = star(rule.verbs_at()).filter(|_| !has_star(rule.resources())) else { continue };
        if rule.resources().next().is_none() {
            continue;
        }
        let reach = Reach::of(role.object(), world, false);
        let own = rule.api_groups().all(|group| group != "*" && is_cluster_scoped(group, "").is_none());
        // An operator with its own custom resources is the usual case, and little is lost.
        let cluster = if own { Severity::Low } else { Severity::Medium };
        let message = format!(
            "{} `{}` may use every verb on `{}`{}",
            role.object().kind(),
            role.object().name(),
            words(rule.resources()),
            reach.phrase()
        );
        reach.explain(out.finding(at, message).severity(reach.severity(cluster, Severity::Low)));
    }
}
