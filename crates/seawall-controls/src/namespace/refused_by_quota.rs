use crate::support::namespaces::MOST;
use crate::{ContainerAt, World};
use seawall_admission::resource_quota::{is_given, mandatory};
use seawall_controls_macros::control;
use seawall_model::{ContainerSort, Report, WellKnown};

/// # refused-by-quota
///
/// ## What it finds
/// A container without a request or limit that a ResourceQuota of its namespace makes mandatory, where no
/// LimitRange in the input gives it one.
///
/// ## Why it matters
/// A quota on CPU or memory refuses pods that do not say how much they want: the workload does not start,
/// and the quota is what gets removed.
///
/// ## Fix
/// State the request or limit, or add a LimitRange with defaults.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/policy/resource-quotas/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["resource-quota"]
)]
pub fn refused_by_quota(container: ContainerAt<'_>, world: &World, out: &mut Report) {
    if container.sort() == ContainerSort::Ephemeral || container.pod().is_guessed() {
        return;
    }
    let (cluster, namespace) = (world.cluster(), container.pod().namespace());
    let limit_ranges = cluster.in_namespace(WellKnown::LimitRange, namespace);
    let limit_ranges = limit_ranges.get(..MOST).unwrap_or(limit_ranges);
    for quota in cluster.in_namespace(WellKnown::ResourceQuota, namespace).iter().take(MOST) {
        let missing: Vec<_> =
            mandatory(quota).filter(|wanted| !is_given(container, wanted, limit_ranges)).collect();
        if let Some(first) = missing.first() {
            let names: Vec<String> = missing.iter().map(|wanted| format!("`{}`", wanted.name())).collect();
            let message = format!(
                "quota `{}` refuses the pod: container `{}` has no {}",
                quota.name(),
                container.name(),
                names.join(", ")
            );
            let at = container.at().key("resources").key(first.list).key(first.resource);
            out.finding(at, message).related(first.at, "made mandatory here");
        }
    }
}
