use crate::support::image::Image;
use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # image-never-pulled
///
/// ## What it finds
/// A container with `imagePullPolicy: Never`.
///
/// ## Why it matters
/// The node runs whatever image of this name somebody put there: nothing asks the registry, and a private image
/// that another pod pulled runs without its credentials.
///
/// ## Fix
/// Use `Always` or `IfNotPresent`. `Never` is for nodes whose images are loaded by hand, such as development
/// clusters.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy
/// - https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#alwayspullimages
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["image-signing", "image-scan"],
    aliases = ["CKV_K8S_15", "polaris:pullPolicyNotAlways"],
    fix = Unsafe
)]
pub fn image_never_pulled(container: ContainerAt<'_>, _: &World, out: &mut Report) {
    let at = container.get("imagePullPolicy");
    let latest = container.image().and_then(Image::read).is_none_or(|image| image.is_latest());
    // With `latest` it is the finding of stale-image.
    if at.str() == Some("Never") && !latest {
        out.finding(
            at,
            format!("the image of container `{}` is never asked of the registry", container.name()),
        )
        .unsafe_fix("pull it when it is missing", vec![at.set("IfNotPresent")]);
    }
}
