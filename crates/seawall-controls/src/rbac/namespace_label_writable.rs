use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # namespace-label-writable
///
/// ## What it finds
/// A rule that lets its holder change Namespaces without naming them.
///
/// ## Why it matters
/// Pod Security and many webhooks and NetworkPolicies go by the labels of the namespace. Who may change
/// them and create pods there runs privileged pods, and with them owns a node. A Role is enough: requests
/// for one Namespace count as requests in it.
///
/// ## Fix
/// Leave namespaces to administrators. Where a controller must label its own, name it in `resourceNames`.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#namespace-modification
/// - https://kubernetes.io/docs/concepts/security/pod-security-admission/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation", "pod-security", "team-isolation"]
)]
pub fn namespace_label_writable(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[right(&["update", "patch"], "", "namespaces")],
    cluster: Severity::High,
    namespace: Severity::Medium,
    named: Named::Fine,
    effect: "it takes the Pod Security labels off and may then run privileged pods",
};
