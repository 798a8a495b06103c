use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::schema::Level;
use seawall_model::tables::lifecycle::{Served, served};
use seawall_model::{Report, Severity};

/// # alpha-api-version
///
/// ## What it finds
/// An object in an API version that the API server serves only when it is switched on: an alpha version, or
/// a beta version since Kubernetes 1.24.
///
/// ## Why it matters
/// Such an API may change or vanish without notice and has had less review; a cluster that serves it has a
/// larger surface for attack. Where it is off, the object cannot be made.
///
/// ## Fix
/// Use the stable version, or do without.
///
/// ## References
/// - https://kubernetes.io/docs/reference/using-api/#api-versioning
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["feature-gates", "versions"]
)]
pub fn alpha_api_version(object: ObjectAt<'_>, world: &World, out: &mut Report) {
    let own = object.object();
    let Served::Yes(info) = served(world.version(), own.group(), own.version(), own.kind()) else { return };
    if info.served_by_default() || info.resource().is_none() {
        return;
    }
    let (severity, level) = match info.level() {
        Level::Alpha => (Severity::Low, "alpha"),
        Level::Beta => (Severity::Info, "beta"),
        Level::Stable => return,
    };
    let message =
        format!("`{}` is {level}: {} is served only where it was switched on", own.api_version(), own.kind());
    out.finding(object.key("apiVersion"), message).severity(severity);
}
