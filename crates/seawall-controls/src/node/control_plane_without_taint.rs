use crate::{NodeAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # control-plane-without-taint
///
/// ## What it finds
/// A control-plane node without a taint that keeps workloads away (`NoSchedule` or `NoExecute`).
///
/// ## Why it matters
/// Any pod may be placed beside the API server and etcd. One that breaks out of its container then has the keys of the
/// cluster and not only those of a worker.
///
/// ## Fix
/// Taint it: `node-role.kubernetes.io/control-plane:NoSchedule`. On a cluster of one node this stops all workloads.
///
/// ## References
/// - https://kubernetes.io/docs/reference/labels-annotations-taints/#node-role-kubernetes-io-control-plane-taint
#[control(since = "0.1.0", severity = Medium, practices = ["node-placement"], fix = Unsafe)]
pub fn control_plane_without_taint(node: NodeAt<'_>, world: &World, out: &mut Report) {
    const ROLES: [&str; 2] = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];
    let labels = node.get("metadata.labels");
    let Some(role) = ROLES
        .into_iter()
        .map(|role| labels.key(role))
        .find(|role| role.nearest().id() != labels.nearest().id())
    else {
        return;
    };
    let taints = node.get("spec.taints");
    let keeps_away =
        taints.items().any(|taint| matches!(taint.key("effect").str(), Some("NoSchedule" | "NoExecute")));
    // A cluster of one node has to run everything there.
    let alone = world.cluster().of(seawall_model::WellKnown::Node).nth(1).is_none();
    if keeps_away || node.get("spec.unschedulable").is_true() || alone {
        return;
    }
    let taint = "effect: NoSchedule\nkey: node-role.kubernetes.io/control-plane";
    out.finding(taints, "no taint keeps workloads off this control-plane node")
        .related(role, "its role")
        .unsafe_fix("keep workloads away", vec![taints.append(taint)]);
}
