use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # node-writable
///
/// ## What it finds
/// A rule that lets its holder create, change or delete Nodes or their status.
///
/// ## Why it matters
/// Labels and taints decide where pods run: changing them lures privileged pods onto a node the attacker
/// already owns, or drives them off. A changed address in `nodes/status` makes the API server open exec and
/// log connections to a machine of the attacker.
///
/// ## Fix
/// Leave nodes to the kubelets, the node lifecycle controller and the autoscaler. For cordoning grant
/// `patch nodes` to people only.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/node/
/// - https://kubernetes.io/docs/reference/labels-annotations-taints/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation", "node-placement"]
)]
pub fn node_writable(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[
        right(&["create", "update", "patch", "delete"], "", "nodes"),
        right(&["update", "patch"], "", "nodes/status"),
    ],
    cluster: Severity::High,
    namespace: Severity::High,
    named: Named::Lower,
    effect: "it moves pods between nodes and can point the API server at other kubelets",
};
