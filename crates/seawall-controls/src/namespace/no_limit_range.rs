use crate::support::namespaces::is_system;
use crate::{NamespaceAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # no-limit-range
///
/// ## What it finds
/// A namespace without a LimitRange. Namespaces are judged that the input describes, and Kubernetes' own
/// are left out.
///
/// ## Why it matters
/// A container that names no limits may use a whole node, and one that names no requests is placed where
/// there is no room for it.
///
/// ## Fix
/// Add a LimitRange with default requests and limits for containers, and a maximum.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/policy/limit-range/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["limit-range", "team-isolation"],
    aliases = ["KSV-0039"]
)]
pub fn no_limit_range(namespace: NamespaceAt<'_>, world: &World, out: &mut Report) {
    let Some(name) = namespace.name.filter(|name| !is_system(Some(name))) else { return };
    if world.cluster().in_namespace(WellKnown::LimitRange, Some(name)).is_empty() {
        let at = namespace.object.map_or(namespace.at, |object| object.get("metadata.name"));
        out.finding(at, format!("nothing bounds or defaults what one container of namespace `{name}` uses"));
    }
}
