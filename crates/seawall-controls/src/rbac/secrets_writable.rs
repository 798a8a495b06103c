use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # secrets-writable
///
/// ## What it finds
/// A rule that lets its holder create or change Secrets without naming them.
///
/// ## Why it matters
/// A Secret of type `kubernetes.io/service-account-token` makes Kubernetes write a token of any service
/// account of the namespace into it. Changed Secrets also reach the pods that mount them: a replaced key or
/// certificate is then trusted.
///
/// ## Fix
/// Limit `update` and `patch` to Secrets listed in `resourceNames`; let an operator that must create
/// Secrets do so in its own namespace only.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#secrets
/// - https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#manual-secret-management-for-serviceaccounts
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation"],
    aliases = ["KSV-0041"],
    group = "rbac-secrets"
)]
pub fn secrets_writable(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[right(&["create", "update", "patch"], "", "secrets")],
    cluster: Severity::High,
    namespace: Severity::Medium,
    named: Named::Fine,
    effect: "it can plant credentials and ask for tokens of service accounts",
};
