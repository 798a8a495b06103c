use crate::support::image::Image;
use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # stale-image
///
/// ## What it finds
/// An image `latest` (or without tag) with `imagePullPolicy: IfNotPresent` or `Never`.
///
/// ## Why it matters
/// Each node runs the version that it happened to pull first, for as long as it keeps it: replicas differ, and
/// updates with security fixes do not arrive.
///
/// ## Fix
/// Name the version, or remove `imagePullPolicy`: for `latest` the default is `Always`.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["versions", "image-scan"],
    aliases = ["CKV_K8S_15", "polaris:pullPolicyNotAlways", "kube-score:container-image-pull-policy"],
    fix = Unsafe
)]
pub fn stale_image(container: ContainerAt<'_>, _: &World, out: &mut Report) {
    let at = container.get("imagePullPolicy");
    let latest = container.image().and_then(Image::read).is_some_and(|image| image.is_latest());
    if latest && matches!(at.str(), Some("IfNotPresent" | "Never")) {
        out.finding(at, format!("container `{}` runs whatever `latest` the node has", container.name()))
            .unsafe_fix("pull the image at each start", vec![at.set("Always")]);
    }
}
