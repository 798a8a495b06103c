use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # service-account-token-creation
///
/// ## What it finds
/// A rule that lets its holder create tokens of service accounts (`serviceaccounts/token`) without naming
/// them.
///
/// ## Why it matters
/// A token made by TokenRequest is as good as the account itself. In the whole cluster that includes the
/// controllers of kube-system, some of which may do everything.
///
/// ## Fix
/// Name the accounts in `resourceNames`, in a Role of their namespace. Pods get their own token mounted
/// without any such right.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#token-request
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["authorization", "escalation", "authentication"],
    cis = ["5.1.13"]
)]
pub fn service_account_token_creation(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[right(&["create"], "", "serviceaccounts/token")],
    cluster: Severity::Critical,
    namespace: Severity::High,
    named: Named::Fine,
    effect: "it makes tokens of any service account there and acts as it",
};
