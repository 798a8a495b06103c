use crate::support::rights::{Named, Rights, WRITE, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # workload-creation
///
/// ## What it finds
/// A rule that lets its holder create or change workloads (Deployments, DaemonSets, StatefulSets,
/// ReplicaSets, Jobs, CronJobs, ReplicationControllers).
///
/// ## Why it matters
/// The controller creates whatever pod the template asks for: with another service account, with Secrets of
/// the namespace mounted, or privileged where Pod Security allows it. Changing an existing workload is as
/// good as creating one.
///
/// ## Fix
/// Grant it in Roles of the namespaces where it is needed, not in the whole cluster, and enforce Pod
/// Security there.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation"],
    cis = ["5.1.4"],
    aliases = ["KSV-0048"]
)]
pub fn workload_creation(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[
        right(WRITE, "apps", "deployments"),
        right(WRITE, "apps", "daemonsets"),
        right(WRITE, "apps", "statefulsets"),
        right(WRITE, "apps", "replicasets"),
        right(WRITE, "batch", "jobs"),
        right(WRITE, "batch", "cronjobs"),
        right(WRITE, "", "replicationcontrollers"),
    ],
    cluster: Severity::High,
    namespace: Severity::Medium,
    named: Named::Fine,
    effect: "the pods of such a workload may use any service account, Secret and volume of the namespace",
};
