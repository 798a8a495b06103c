use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::{At, Report, Severity, WellKnown};

/// # tolerates-control-plane
///
/// ## What it finds
/// A pod that tolerates the taint of control-plane nodes. Low for DaemonSets.
///
/// ## Why it matters
/// The pod may run beside etcd and the API server: an escape from it, or a neighbour that eats the memory, then
/// costs the cluster rather than one node. A toleration of everything includes this taint.
///
/// ## Fix
/// Remove the toleration, or name the taints that the pod has to tolerate.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
/// - https://kubernetes.io/docs/reference/labels-annotations-taints/#node-role-kubernetes-io-control-plane-taint
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["node-placement", "team-isolation"]
)]
pub fn tolerates_control_plane(pod: PodAt<'_>, _: &World, out: &mut Report) {
    for at in pod.get("tolerations").items() {
        if tolerates(at) {
            let finding = out.finding(at, "the pod may run on control-plane nodes");
            if pod.object().well_known() == WellKnown::DaemonSet {
                finding.severity(Severity::Low);
            }
        }
    }
}

/// Whether a toleration covers `node-role.kubernetes.io/control-plane:NoSchedule`
/// (`k8s.io/api/core/v1` `Toleration.ToleratesTaint`).
fn tolerates(toleration: At<'_>) -> bool {
    let text = |key| toleration.key(key).text().unwrap_or("");
    let (key, effect) = (text("key"), text("effect"));
    let value = match text("operator") {
        "" | "Equal" => !key.is_empty() && text("value").is_empty(),
        "Exists" => true,
        _ => false,
    };
    value
        && matches!(effect, "" | "NoSchedule")
        && matches!(key, "" | "node-role.kubernetes.io/control-plane")
}
