use crate::support::component::plugins::off;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # node-restriction-off
///
/// ## What it finds
/// A kube-apiserver without the admission plugin NodeRestriction.
///
/// ## Why it matters
/// The credentials of one kubelet can then change every Node object: taints and labels that keep sensitive
/// workloads away from a node can be given to it, so that one broken node draws the others' pods and secrets to
/// itself.
///
/// ## Fix
/// Add NodeRestriction to `--enable-admission-plugins`, together with the authorization mode Node.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["node-restriction"],
    cis = ["1.2.14"],
    aliases = ["KCV-0016", "CKV_K8S_85"],
    fix = Unsafe
)]
pub fn node_restriction_off(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    off(&server, out, "NodeRestriction", "a kubelet may change other nodes and their pods");
}
