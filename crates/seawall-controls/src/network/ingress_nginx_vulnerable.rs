use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # ingress-nginx-vulnerable
///
/// ## What it finds
/// A container with the ingress-nginx controller in a version with a known hole: before 1.11.5 or 1.12.1 the admission
/// endpoint runs code for anyone on the pod network, before 1.13.8 or 1.14.4 whoever may write an Ingress can.
///
/// ## Why it matters
/// The controller may read every Secret of the cluster by default, so whoever controls it controls the cluster.
///
/// ## Fix
/// Upgrade the controller. The project ended in 2026: plan the move to another controller or to the Gateway API.
///
/// ## References
/// - https://github.com/kubernetes/kubernetes/issues/131009
/// - https://github.com/kubernetes/kubernetes/issues/136678
/// - https://github.com/kubernetes/kubernetes/issues/137560
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["third-party", "versions", "exposure"],
    aliases = ["KCV-0093"]
)]
pub fn ingress_nginx_vulnerable(container: ContainerAt<'_>, _: &World, out: &mut Report) {
    let Some((image, version)) =
        container.image().and_then(|image| Some((image, controller_version(image)?)))
    else {
        return;
    };
    let before = |fixed: (u32, u32, u32)| version < fixed;
    let (known, severity) = if before((1, 11, 5)) || (before((1, 12, 1)) && version >= (1, 12, 0)) {
        ("CVE-2025-1974: anyone on the pod network runs code in it", Severity::Critical)
    } else if before((1, 13, 8)) || (before((1, 14, 4)) && version >= (1, 14, 0)) {
        ("CVE-2026-24512 or CVE-2026-3288: whoever may write an Ingress runs code in it", Severity::High)
    } else {
        return;
    };
    let (major, minor, patch) = version;
    let tag = image.split('@').next().unwrap_or(image);
    out.finding(
        container.at().key("image"),
        format!("`{tag}` is ingress-nginx {major}.{minor}.{patch}, open to {known}"),
    )
    .severity(severity);
}

/// The version of an image of the controller, by its name and tag.
fn controller_version(image: &str) -> Option<(u32, u32, u32)> {
    let image = image.split('@').next()?;
    let (name, tag) = image.rsplit_once(':')?;
    let name = name.strip_suffix("-chroot").unwrap_or(name);
    let path_ends =
        |ending: &str| name == ending || name.strip_suffix(ending).is_some_and(|rest| rest.ends_with('/'));
    if !["ingress-nginx/controller", "nginx-ingress-controller"].into_iter().any(path_ends) {
        return None;
    }
    let mut numbers =
        tag.strip_prefix('v').unwrap_or(tag).split(['.', '-', '+']).map(|part| part.parse::<u32>().ok());
    let version = (numbers.next()??, numbers.next()??, numbers.next()??);
    // `nginx-ingress-controller` was the name up to 0.35; another vendor's product has it too, with versions from 1.
    (name.ends_with("ingress-nginx/controller") || version.0 == 0).then_some(version)
}
