use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # escalate-verb
///
/// ## What it finds
/// A rule with the verb `escalate` on Roles or ClusterRoles.
///
/// ## Why it matters
/// The API server refuses to write a role with rights that the writer lacks, unless the writer holds
/// `escalate`. Together with `update` or `patch` on a role somebody controlled is bound to, that is every
/// right there is.
///
/// ## Fix
/// Remove the verb. An operator that must create roles can hold the rights it hands out, which then also
/// bounds them.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#escalate-verb
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#restrictions-on-role-creation-or-update
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["authorization", "escalation"],
    cis = ["5.1.8"],
    aliases = ["KSV-0050", "KSV-0051", "CKV_K8S_158", "CKV2_K8S_3"]
)]
pub fn escalate_verb(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[
        right(&["escalate"], "rbac.authorization.k8s.io", "clusterroles"),
        right(&["escalate"], "rbac.authorization.k8s.io", "roles"),
    ],
    cluster: Severity::Critical,
    namespace: Severity::High,
    named: Named::Lower,
    effect: "it writes rights into roles that it does not hold itself",
};
