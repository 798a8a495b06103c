use crate::support::rights::{CHANGE, Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # admission-policy-writable
///
/// ## What it finds
/// A rule that lets its holder change admission policies or their bindings without naming them.
///
/// ## Why it matters
/// A MutatingAdmissionPolicy changes any object inside the API server, without needing a server of its own:
/// a pod becomes privileged or gets another account. Deleting or narrowing a ValidatingAdmissionPolicy
/// switches a protection off.
///
/// ## Fix
/// Keep policies with the people who administer the cluster; controllers that manage some get them by
/// `resourceNames`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
/// - https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation"]
)]
pub fn admission_policy_writable(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[
        right(CHANGE, "admissionregistration.k8s.io", "mutatingadmissionpolicies"),
        right(CHANGE, "admissionregistration.k8s.io", "mutatingadmissionpolicybindings"),
        right(CHANGE, "admissionregistration.k8s.io", "validatingadmissionpolicies"),
        right(CHANGE, "admissionregistration.k8s.io", "validatingadmissionpolicybindings"),
    ],
    cluster: Severity::High,
    namespace: Severity::High,
    named: Named::Fine,
    effect: "it rewrites objects on their way in, or switches checks off",
};
