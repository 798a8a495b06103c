use crate::support::rights::{Reach, has_star, is_full_access, judged_rules, star, words};
use crate::{RoleAt, World};
use seawall_auth::rbac::{PolicyRule, is_cluster_scoped};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # wildcard-resources
///
/// ## What it finds
/// A rule with `*` in `resources`: all resources and subresources of its API groups. (With every verb and
/// every group it is `full-access-role`.)
///
/// ## Why it matters
/// In the core group that includes Secrets, pods and exec into them, and tokens of service accounts;
/// reading all of it is enough to take over what the Secrets open. New resources are included as soon as
/// they exist.
///
/// ## Fix
/// List the resources that are used. `*/scale` and the like stand for one subresource of all resources.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["authorization", "escalation"],
    cis = ["5.1.3", "5.1.2"],
    aliases = ["KSV-0046", "KSV-0041", "KSV-0112", "kube-linter:wildcard-in-rules", "kube-linter:access-to-secrets", "CKV_K8S_49"]
)]
pub fn wildcard_resources(role: RoleAt<'_>, world: &World, out: &mut Report) {
    for rule in judged_rules(role, world).filter(|rule| !is_full_access(*rule) && !rule.has_names()) {
        let Some(at) = star(rule.resources_at()) else { continue };
        let object = role.object();
        let reach = Reach::of(object, world, false);
        let groups: Vec<&str> = rule.api_groups().collect();
        let core = groups.iter().any(|group| matches!(*group, "" | "*"));
        let (cluster, namespace) =
            if core { (Severity::Critical, Severity::High) } else { own_groups(&groups) };
        let included =
            match rule.verbs().find(|verb| matches!(*verb, "*" | "create" | "get" | "list" | "watch")) {
                Some("get" | "list" | "watch") if core => ", Secrets included",
                Some(_) if core => ", so also pods and tokens of service accounts",
                _ => "",
            };
        let verbs = if has_star(rule.verbs()) { "use every verb on".into() } else { words(rule.verbs()) };
        let message = format!(
            "{} `{}` may {verbs} every resource of {}{}{included}",
            object.kind(),
            object.name(),
            group_names(&groups),
            reach.phrase()
        );
        reach.explain(out.finding(at, message).severity(reach.severity(cluster, namespace)));
    }
}

/// How bad all resources of certain groups are, the core group left aside: custom resources of the holder's own are
/// the usual case.
fn own_groups(groups: &[&str]) -> (Severity, Severity) {
    let built_in = |group: &&str| is_cluster_scoped(group, "").is_some();
    if groups.iter().any(built_in) {
        (Severity::High, Severity::Medium)
    } else {
        (Severity::Low, Severity::Low)
    }
}

fn group_names(groups: &[&str]) -> String {
    if groups.contains(&"*") {
        return "every API group".into();
    }
    let names = groups.iter().take(5).map(|group| if group.is_empty() { "the core group" } else { group });
    names.collect::<Vec<_>>().join(", ")
}
