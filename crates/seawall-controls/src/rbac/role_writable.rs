use crate::support::rights::{CHANGE, Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # role-writable
///
/// ## What it finds
/// A rule that lets its holder change Roles, ClusterRoles or their bindings.
///
/// ## Why it matters
/// The API server stops the holder from granting more than it has, but not from handing its own rights to
/// others, for good and unseen, nor from removing bindings that controllers live by. With one more verb,
/// `bind` or `escalate`, it is the whole cluster.
///
/// ## Fix
/// Keep RBAC objects with the deployment pipeline; give operators only the roles they really install.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization", "escalation"],
    aliases = ["KSV-0052"]
)]
pub fn role_writable(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

const RIGHTS: Rights = Rights {
    any: &[
        right(CHANGE, "rbac.authorization.k8s.io", "roles"),
        right(CHANGE, "rbac.authorization.k8s.io", "rolebindings"),
        right(CHANGE, "rbac.authorization.k8s.io", "clusterroles"),
        right(CHANGE, "rbac.authorization.k8s.io", "clusterrolebindings"),
    ],
    cluster: Severity::Medium,
    namespace: Severity::Low,
    named: Named::Fine,
    effect: "it hands its own rights on and can take away those of others",
};
