use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # pod-creation
///
/// ## What it finds
/// A rule that lets its holder create Pods.
///
/// ## Why it matters
/// Nothing checks which service account or which Secrets a new pod names: its creator gets all of them, and
/// where Pod Security does not forbid it also the node, through a privileged pod or a host path.
///
/// ## Fix
/// Grant it only to controllers that create pods, in a Role of their namespace, and enforce the Pod
/// Security level `restricted` there. People deploy through Deployments in namespaces of their own.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation"],
    cis = ["5.1.4"],
    aliases = ["KSV-0048", "kube-linter:access-to-create-pods"]
)]
pub fn pod_creation(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[right(&["create"], "", "pods")],
    cluster: Severity::High,
    namespace: Severity::Medium,
    named: Named::Fine,
    effect: "a pod it creates may use any service account, Secret and volume of its namespace",
};
