use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # impersonation
///
/// ## What it finds
/// A rule with the verb `impersonate` on users, groups, service accounts, uids or extra fields.
///
/// ## Why it matters
/// The holder sends requests as somebody else. With `users` or `serviceaccounts` together with `groups`
/// that includes the group `system:masters`, which no authorizer stops; in a Role it reaches every service
/// account of the namespace.
///
/// ## Fix
/// Remove it, or name the identities in `resourceNames`; never name `system:masters`. From Kubernetes 1.36
/// on, constrained impersonation limits what may be done in another's name.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#impersonate-verb
/// - https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["authorization", "escalation", "authentication"],
    cis = ["5.1.8"],
    aliases = ["KSV-0043"]
)]
pub fn impersonation(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[
        right(&["impersonate"], "", "users"),
        right(&["impersonate"], "", "groups"),
        right(&["impersonate"], "", "serviceaccounts"),
        right(&["impersonate"], "authentication.k8s.io", "uids"),
        right(&["impersonate"], "authentication.k8s.io", "userextras/scopes"),
    ],
    cluster: Severity::Critical,
    namespace: Severity::High,
    named: Named::Lower,
    effect: "it acts as whomever it names",
};
