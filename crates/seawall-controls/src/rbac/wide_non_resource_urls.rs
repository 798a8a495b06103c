use crate::support::rights::{is_full_access, judged_rules, words};
use crate::{RoleAt, World};
use seawall_auth::rbac::{PolicyRule, url_matches};
use seawall_controls_macros::control;
use seawall_model::{At, Report, WellKnown};

/// # wide-non-resource-urls
///
/// ## What it finds
/// A rule of a ClusterRole that allows every path of the API server that is no resource (`*` or `/*`).
///
/// ## Why it matters
/// Such paths include `/debug/pprof`, `/metrics`, `/logs` and `/configz`: they show what happens in the
/// cluster and can slow the API server down.
///
/// ## Fix
/// List the paths, such as `/metrics` or `/healthz`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
/// - https://kubernetes.io/docs/reference/using-api/health-checks/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["authorization"]
)]
pub fn wide_non_resource_urls(role: RoleAt<'_>, world: &World, out: &mut Report) {
    let wide = |at: &At<'_>| at.str().is_some_and(|url| url_matches(url, "/debug/pprof/profile"));
    if role.object().well_known() != WellKnown::ClusterRole || judged_rules(role, world).any(is_full_access) {
        return;
    }
    for rule in judged_rules(role, world) {
        let Some(at) = rule.non_resource_urls_at().find(wide) else { continue };
        let message =
            format!("ClusterRole `{}` allows `{}` on every path", role.object().name(), words(rule.verbs()));
        out.finding(at, message);
    }
}
