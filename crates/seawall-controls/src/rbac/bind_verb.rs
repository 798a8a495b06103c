use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # bind-verb
///
/// ## What it finds
/// A rule with the verb `bind` on Roles or ClusterRoles without naming them.
///
/// ## Why it matters
/// Whoever may create bindings and holds `bind` on all roles binds itself to `cluster-admin`. In a
/// RoleBinding that reaches as far as the namespace.
///
/// ## Fix
/// List the roles that may be bound in `resourceNames`, none of them more powerful than needed.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#bind-verb
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#restrictions-on-role-binding-creation-or-update
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["authorization", "escalation"],
    cis = ["5.1.8"],
    aliases = ["KSV-0055", "CKV_K8S_157", "CKV2_K8S_1"]
)]
pub fn bind_verb(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[
        right(&["bind"], "rbac.authorization.k8s.io", "clusterroles"),
        right(&["bind"], "rbac.authorization.k8s.io", "roles"),
    ],
    cluster: Severity::Critical,
    namespace: Severity::High,
    named: Named::Fine,
    effect: "it binds roles with rights that it does not hold itself",
};
