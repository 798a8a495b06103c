use crate::World;
use crate::support::advisory::{KUBELET, Reported, report};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # kubelet-with-known-hole
///
/// ## What it finds
/// Nodes whose kubelet is of a version with a published hole (CVE) that a later patch of the same branch mends. Builds
/// of vendors, who may have the fix under an old number, are unknown.
///
/// ## Why it matters
/// The holes are public, with instructions. The kubelet is root on its node, and the way out of every pod there.
///
/// ## Fix
/// Update the kubelet to the patch that the finding names.
///
/// ## References
/// - https://kubernetes.io/docs/reference/issues-security/official-cve-feed/
/// - https://github.com/kubernetes/kubernetes/issues/128885
/// - https://github.com/kubernetes/kubernetes/issues/130016
/// - https://github.com/kubernetes/kubernetes/issues/104980
#[control(since = "0.1.0", severity = High, practices = ["versions", "kubelet"])]
pub fn kubelet_with_known_hole(world: &World, _: &World, out: &mut Report) {
    report(world, "status.nodeInfo.kubeletVersion", "kubelet", Reported::read, KUBELET, out);
}
