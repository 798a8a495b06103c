use crate::support::component::plugins::off;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # images-not-always-pulled
///
/// ## What it finds
/// A kube-apiserver without the admission plugin AlwaysPullImages.
///
/// ## Why it matters
/// A private image that one team's pod pulled to a node can be used there by every pod that knows its name,
/// without the credentials of the registry. Newer kubelets check this themselves
/// (KubeletEnsureSecretPulledImages).
///
/// ## Fix
/// Add AlwaysPullImages to `--enable-admission-plugins` where tenants share nodes. Starting pods then needs the
/// registry to be reachable.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#alwayspullimages
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["team-isolation"],
    cis = ["1.2.11"],
    aliases = ["KCV-0012", "CKV_K8S_80"],
    fix = Unsafe
)]
pub fn images_not_always_pulled(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    off(&server, out, "AlwaysPullImages", "a pod may use private images that others pulled to its node");
}
