use crate::support::image::Image;
use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # image-without-digest
///
/// ## What it finds
/// An image that is named by a tag, not by a digest.
///
/// ## Why it matters
/// A tag can be moved to another image. Only the digest says which image was tested, scanned and signed, and that
/// all nodes run the same.
///
/// ## Fix
/// Name the digest: `name:tag@sha256:…`. Tools that update images keep both.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/containers/images/#image-names
#[control(
    since = "0.1.0",
    severity = Info,
    practices = ["image-signing", "sbom"],
    aliases = ["CKV_K8S_43"]
)]
pub fn image_without_digest(container: ContainerAt<'_>, _: &World, out: &mut Report) {
    let at = container.get("image");
    if let Some(text) = at.str()
        && let Some(image) = Image::read(text)
        && image.digest.is_none()
        // Moving tags are reported by controls of their own.
        && !image.is_latest()
    {
        out.finding(at, format!("the image of container `{}` is not fixed by a digest", container.name()));
    }
}
