use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # ephemeral-container-creation
///
/// ## What it finds
/// A rule that lets its holder add ephemeral containers to running pods (`pods/ephemeralcontainers`).
///
/// ## Why it matters
/// The added container runs an image and a security context of the caller's choice in the pod's namespaces,
/// with its volumes and its service account within reach; where Pod Security admits it, privileged.
///
/// ## Fix
/// Grant it only to people who debug, in single namespaces, and enforce Pod Security there: ephemeral
/// containers are checked like all others.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation"]
)]
pub fn ephemeral_container_creation(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[right(&["update", "patch"], "", "pods/ephemeralcontainers")],
    cluster: Severity::High,
    namespace: Severity::Medium,
    named: Named::Lower,
    effect: "it starts containers of its choice inside running pods",
};
