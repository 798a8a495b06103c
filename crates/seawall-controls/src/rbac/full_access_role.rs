use crate::support::rights::{Reach, is_full_access, judged_rules};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # full-access-role
///
/// ## What it finds
/// A rule that allows every verb on every resource of every API group.
///
/// ## Why it matters
/// Its holder is a cluster administrator, or in a Role the administrator of the namespace: it reads all
/// Secrets, runs pods of any kind and gives rights to others. What is installed later is included as well.
///
/// ## Fix
/// List what the holder really does; a recording of its requests in the audit log tells. For people who
/// must do everything, bind `cluster-admin` to a group by name, so that it is seen.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["authorization", "escalation", "team-isolation"],
    cis = ["5.1.3", "5.1.1"],
    aliases = ["KSV-0044", "KSV-0112", "kube-linter:wildcard-in-rules", "CKV_K8S_49"]
)]
pub fn full_access_role(role: RoleAt<'_>, world: &World, out: &mut Report) {
    for rule in judged_rules(role, world).filter(|rule| is_full_access(*rule)) {
        let reach = Reach::of(role.object(), world, false);
        let message = format!(
            "{} `{}` allows everything{}",
            role.object().kind(),
            role.object().name(),
            reach.phrase()
        );
        let severity = reach.severity(Severity::Critical, Severity::High);
        reach.explain(out.finding(rule.at().key("resources"), message).severity(severity));
    }
}
