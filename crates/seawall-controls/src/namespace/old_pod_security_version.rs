use crate::{NamespaceAt, World};
use seawall_admission::pod_security::{Level, Mode, PolicyVersion, checks};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # old-pod-security-version
///
/// ## What it finds
/// A Namespace whose `enforce-version` is so old that checks added or sharpened since then are missing.
///
/// ## Why it matters
/// The namespace is held to the standard of that release: what was found dangerous later is let in, for
/// example probes with a `host` since 1.34.
///
/// ## Fix
/// Raise the version to that of the cluster, or to `latest` if a change at an upgrade can be borne.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["pod-security", "versions"]
)]
pub fn old_pod_security_version(namespace: NamespaceAt<'_>, world: &World, out: &mut Report) {
    let Some(object) = namespace.object else { return };
    let labels = object.get("metadata.labels");
    let at = labels.key(Mode::Enforce.version_label());
    let level = labels.key(Mode::Enforce.level_label()).str().and_then(Level::parse);
    let (Some(level), Some(asked)) = (level, at.text().and_then(PolicyVersion::parse)) else { return };
    let now = PolicyVersion::Latest.on(world.version());
    let missing: Vec<&str> = checks(level, now)
        .filter(|check| {
            asked.on(world.version()) < now && check.revision_since(asked) != check.revision_since(now)
        })
        .map(|check| check.id)
        .collect();
    if !missing.is_empty() {
        let version = world.version();
        out.finding(
            at,
            format!("`{asked}` is checked though the cluster is {version}: {} differ", missing.join(", ")),
        );
    }
}
