use crate::support::namespaces::is_system;
use crate::{NamespaceAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # no-resource-quota
///
/// ## What it finds
/// A namespace without a ResourceQuota. Namespaces are judged that the input describes, and Kubernetes' own
/// are left out.
///
/// ## Why it matters
/// One team, one bug or one attacker can use up the CPU, memory, storage and objects of the whole cluster;
/// pods of others are then evicted or not scheduled.
///
/// ## Fix
/// Add a ResourceQuota with what the namespace may use at most.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/policy/resource-quotas/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["resource-quota", "team-isolation"],
    aliases = ["KSV-0040"]
)]
pub fn no_resource_quota(namespace: NamespaceAt<'_>, world: &World, out: &mut Report) {
    let Some(name) = namespace.name.filter(|name| !is_system(Some(name))) else { return };
    if world.cluster().in_namespace(WellKnown::ResourceQuota, Some(name)).is_empty() {
        let at = namespace.object.map_or(namespace.at, |object| object.get("metadata.name"));
        out.finding(at, format!("nothing bounds what the workloads of namespace `{name}` use together"));
    }
}
