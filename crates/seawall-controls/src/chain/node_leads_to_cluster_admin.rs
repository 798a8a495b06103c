use crate::World;
use crate::support::chain::{MOST, alike, also, report, report_unread, to_cluster_admin};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity, WellKnown};
use seawall_paths::{Path, Place, Row};

/// # node-leads-to-cluster-admin
///
/// ## What it finds
/// A node that runs no control plane, but whose takeover gives the whole cluster: by a token of a pod that runs on it,
/// or by steps from there. Nodes with equal chains are one finding.
///
/// ## Why it matters
/// The Node authorizer confines a kubelet to its own pods; it cannot confine what those pods may do. One lost machine,
/// the least of them, is then a lost cluster.
///
/// ## Fix
/// Run the pods with such rights on nodes of their own, apart from what untrusted people deploy, or give their account
/// a smaller role.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#hardening
/// - https://kubernetes.io/docs/reference/access-authn-authz/node/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["escalation", "kubelet", "node-placement", "node-restriction"]
)]
pub fn node_leads_to_cluster_admin(world: &World, _: &World, out: &mut Report) {
    let nodes = || world.cluster().of(WellKnown::Node);
    let sources: Vec<Place> = nodes().map(|node| Place::Node(node.name().to_owned())).collect();
    if sources.is_empty() {
        return;
    }
    let mut paths = to_cluster_admin(world, &sources);
    paths.retain(|path| !is_control_plane(path));
    let read = paths.len();
    for (path, others) in alike(paths) {
        let Place::Node(name) = &path.from else { continue };
        let Some(node) = world.cluster().find(WellKnown::Node, None, name) else { continue };
        let who = format!("whoever takes over node `{name}`");
        also(report(out, node.at(), &who, &path, (Severity::High, Severity::Medium)), &others);
    }
    if read < MOST {
        report_unread(world, nodes().next().map(|node| node.at()), "node that leads to cluster-admin", out);
    }
}

/// Whoever has a node of the control plane has its keys.
fn is_control_plane(path: &Path) -> bool {
    path.steps.first().is_some_and(|step| step.row == Row::ControlPlaneNode)
}
