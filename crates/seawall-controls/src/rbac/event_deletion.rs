use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # event-deletion
///
/// ## What it finds
/// A rule that lets its holder delete Events.
///
/// ## Why it matters
/// Events tell that pods were created, killed or refused. Deleting them hides an attack from those who look
/// there. Container logs cannot be deleted through the API: a rule on `pods/log` with `delete` grants
/// nothing.
///
/// ## Fix
/// Remove the verbs; Events expire by themselves.
///
/// ## References
/// - https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["authorization", "audit"],
    aliases = ["KSV-0042"]
)]
pub fn event_deletion(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

const RIGHTS: Rights = Rights {
    any: &[
        right(&["delete", "deletecollection"], "", "events"),
        right(&["delete", "deletecollection"], "events.k8s.io", "events"),
    ],
    cluster: Severity::Low,
    namespace: Severity::Low,
    named: Named::Fine,
    effect: "it removes traces of what happened",
};
