use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::tables::lifecycle::{Served, lookup, served};
use seawall_model::{Minor, Report};

/// # deprecated-api-version
///
/// ## What it finds
/// An object in an API version that is deprecated in the Kubernetes version asked for.
///
/// ## Why it matters
/// A later version no longer serves it, and the upgrade then fails at the least convenient moment.
///
/// ## Fix
/// Write the object in the version that replaces it.
///
/// ## References
/// - https://kubernetes.io/docs/reference/using-api/deprecation-guide/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["versions"],
    aliases = ["KSV-0107", "kube-score:stable-version"]
)]
pub fn deprecated_api_version(object: ObjectAt<'_>, world: &World, out: &mut Report) {
    let own = object.object();
    let Served::Yes(_) = served(world.version(), own.group(), own.version(), own.kind()) else { return };
    let Some(life) = lookup(own.group(), own.version(), own.kind()) else { return };
    let Some(deprecated) = life.deprecated.filter(|minor| *minor <= Minor::from(world.version())) else {
        return;
    };
    let end = life.removed.map_or(String::new(), |minor| format!(" and goes with {minor}"));
    let message = format!("{} of `{}` is deprecated since {deprecated}{end}", own.kind(), own.api_version());
    let finding = out.finding(object.key("apiVersion"), message);
    if let Some(next) = life.replacement {
        finding.evidence(format!("use `{}` of `{}/{}`", next.kind, next.group, next.version));
    }
}
