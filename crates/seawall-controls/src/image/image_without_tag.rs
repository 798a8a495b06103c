use crate::support::image::Image;
use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # image-without-tag
///
/// ## What it finds
/// An image without tag and digest, which means the tag `latest`.
///
/// ## Why it matters
/// Whatever the registry calls `latest` at that moment runs: another version after each restart, on each node,
/// unreviewed, and a pushed image with a back door reaches production by itself.
///
/// ## Fix
/// Name the version, best by digest.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/containers/images/#image-names
/// - https://kubernetes.io/docs/concepts/configuration/overview/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["image-signing", "versions"],
    aliases = ["KSV-0013", "CKV_K8S_14", "polaris:tagNotSpecified", "kube-linter:latest-tag", "kube-score:container-image-tag"]
)]
pub fn image_without_tag(container: ContainerAt<'_>, _: &World, out: &mut Report) {
    let at = container.get("image");
    if let Some(text) = at.str()
        && let Some(image) = Image::read(text)
        && image.tag.is_none()
        && image.digest.is_none()
    {
        out.finding(at, format!("the image of container `{}` has no tag", container.name()));
    }
}
