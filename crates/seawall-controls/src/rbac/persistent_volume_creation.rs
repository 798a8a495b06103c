use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # persistent-volume-creation
///
/// ## What it finds
/// A rule that lets its holder create or change PersistentVolumes.
///
/// ## Why it matters
/// A PersistentVolume may be a path of the node, which Pod Security does not see: it only checks the
/// volumes written in the pod. It can also point at the storage of another team.
///
/// ## Fix
/// Leave it to storage provisioners and cluster administrators; applications use claims and StorageClasses.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#persistent-volume-creation
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation", "pod-security"],
    cis = ["5.1.9"]
)]
pub fn persistent_volume_creation(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[right(&["create", "update", "patch"], "", "persistentvolumes")],
    cluster: Severity::High,
    namespace: Severity::High,
    named: Named::Lower,
    effect: "through a hostPath volume it reads and writes files of the nodes",
};
