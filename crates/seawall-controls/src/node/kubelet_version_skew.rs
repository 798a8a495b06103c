use crate::World;
use crate::support::advisory::{Reported, named, nodes_by};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # kubelet-version-skew
///
/// ## What it finds
/// Nodes of a cluster whose kubelet is newer than the API server, or more than three minor versions older (two for a
/// kubelet before 1.25).
///
/// ## Why it matters
/// Upstream supports and tests no such pair. Fields that a policy relies on, such as those of a pod's isolation, are
/// silently ignored by a kubelet that does not know them.
///
/// ## Fix
/// Update the kubelets, the API server first.
///
/// ## References
/// - https://kubernetes.io/releases/version-skew-policy/#kubelet
#[control(since = "0.1.0", severity = Medium, practices = ["versions", "kubelet"])]
pub fn kubelet_version_skew(world: &World, _: &World, out: &mut Report) {
    const PATH: &str = "status.nodeInfo.kubeletVersion";
    // Of files the version is an assumption.
    if !world.coverage().is_closed() {
        return;
    }
    let server = u32::from(world.version().minor());
    for (text, nodes) in nodes_by(world, PATH) {
        let (Some(kubelet), Some(first)) = (Reported::read(text), nodes.first()) else { continue };
        let most = if kubelet.minor < 25 { 2 } else { 3 };
        let why = match kubelet.minor {
            minor if minor > server => "newer than the API server".to_owned(),
            minor if minor + most < server => {
                format!("{} minor versions older than the API server", server - minor)
            }
            _ => continue,
        };
        let shown = seawall_model::decode::shown(text);
        let message = format!("kubelet {shown} of {} is {why} (1.{server})", named(&nodes));
        out.finding(first.at().get(PATH), message);
    }
}
