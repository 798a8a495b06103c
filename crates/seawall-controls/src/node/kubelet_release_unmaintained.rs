use crate::World;
use crate::support::advisory::{Reported, named, nodes_by};
use seawall_controls_macros::control;
use seawall_model::{Report, Version};

/// # kubelet-release-unmaintained
///
/// ## What it finds
/// Nodes whose kubelet is of a Kubernetes release for which upstream makes no fixes any more: it maintains the latest
/// three minor releases, and a fourth for two months. What is told is certain from the newest release that this program
/// knows.
///
/// ## Why it matters
/// Holes that are found today stay open. Some vendors maintain old releases longer; their builds are told by their
/// suffix and reported lower.
///
/// ## Fix
/// Update to a maintained release, the control plane first.
///
/// ## References
/// - https://kubernetes.io/releases/version-skew-policy/#supported-versions
/// - https://kubernetes.io/releases/patch-releases/#support-period
#[control(since = "0.1.0", severity = Medium, practices = ["versions"])]
pub fn kubelet_release_unmaintained(world: &World, _: &World, out: &mut Report) {
    const PATH: &str = "status.nodeInfo.kubeletVersion";
    let newest = u32::from(Version::NEWEST.minor());
    for (text, nodes) in nodes_by(world, PATH) {
        let (Some(kubelet), Some(first)) = (Reported::read(text), nodes.first()) else { continue };
        // The fourth is maintained for some weeks beside the newest.
        if (kubelet.major, kubelet.minor + 3) >= (1, newest) {
            continue;
        }
        let shown = seawall_model::decode::shown(text);
        let message = format!("kubelet {shown} of {} is of a release without further fixes", named(&nodes));
        let severity =
            if kubelet.vendor { seawall_model::Severity::Low } else { seawall_model::Severity::Medium };
        out.finding(first.at().get(PATH), message).severity(severity);
    }
}
