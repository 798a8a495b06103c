use crate::World;
use crate::support::advisory::{CONTAINERD, Reported, report};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # container-runtime-with-known-hole
///
/// ## What it finds
/// Nodes whose containerd is of a version with a published hole (CVE) that a later patch mends. Builds of vendors are
/// unknown; other runtimes are not judged.
///
/// ## Why it matters
/// An image, or a container, that uses the hole leaves its sandbox: the runtime is root on the node.
///
/// ## Fix
/// Update containerd to the version that the finding names; running containers must be made anew.
///
/// ## References
/// - https://github.com/containerd/containerd/security/advisories
#[control(since = "0.1.0", severity = High, practices = ["versions", "container-privileges"])]
pub fn container_runtime_with_known_hole(world: &World, _: &World, out: &mut Report) {
    let containerd = |text: &str| Reported::read(text.strip_prefix("containerd://")?);
    report(world, "status.nodeInfo.containerRuntimeVersion", "the runtime", containerd, CONTAINERD, out);
}
