use crate::support::probed::{is, silence, transcript};
use crate::{ProbeAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # node-changes-other-nodes
///
/// ## What it finds
/// An API server that let one node change another one, in a dry run that impersonated it (`scan --cluster --probe`).
///
/// ## Why it matters
/// A stolen kubelet's credential then moves pods with strong accounts to its own node, or sends what the API server asks
/// of another node to itself. The Node authorizer and the NodeRestriction plugin exist to prevent it.
///
/// ## Fix
/// Set `--authorization-mode=Node,RBAC` and `--enable-admission-plugins=NodeRestriction`, and remove bindings of the
/// group `system:nodes`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
/// - https://kubernetes.io/docs/reference/access-authn-authz/node/
#[control(since = "0.1.0", severity = High, practices = ["node-restriction", "authorization", "escalation"])]
pub fn node_changes_other_nodes(probe: ProbeAt<'_>, _: &World, out: &mut Report) {
    if !is(probe, "nodeWrite") {
        return;
    }
    let at = probe.key("write");
    match at.str() {
        Some("refused") => {}
        Some(_) => {
            let words = seawall_model::decode::shown(probe.object().name());
            transcript(out.finding(at, format!("the API server allows it: node {words}")), probe);
        }
        None => silence(probe, "whether the API server refuses it", out),
    }
}
