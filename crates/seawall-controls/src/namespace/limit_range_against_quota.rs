use crate::support::namespaces::MOST;
use crate::{LimitRangeAt, World};
use seawall_admission::limit_range::items;
use seawall_admission::resource_quota::hard;
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # limit-range-against-quota
///
/// ## What it finds
/// A LimitRange whose default or minimum for one container is more than a ResourceQuota of the namespace
/// allows for all of them together.
///
/// ## Why it matters
/// No pod that relies on the default, or keeps to the minimum, is admitted; somebody then removes the
/// quota.
///
/// ## Fix
/// Lower the default, or raise the quota.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/policy/resource-quotas/
/// - https://kubernetes.io/docs/concepts/policy/limit-range/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["limit-range", "resource-quota"]
)]
pub fn limit_range_against_quota(limit_range: LimitRangeAt<'_>, world: &World, out: &mut Report) {
    let quotas = world.cluster().in_namespace(WellKnown::ResourceQuota, limit_range.object().namespace());
    for item in items(limit_range.object()).filter(|item| item.kind() != "PersistentVolumeClaim") {
        for resource in ["cpu", "memory"] {
            let least = [
                ("limits.", "a default limit", item.default_limit(resource)),
                ("requests.", "a default request", item.default_request(resource)),
                ("requests.", "a minimum", item.value("min", resource)),
            ];
            for (list, what, value) in least {
                let name = format!("{list}{resource}");
                let Some((at, value)) = value else { continue };
                let exceeded = quotas
                    .iter()
                    .take(MOST)
                    .find_map(|quota| hard(quota, &name).filter(|(_, most)| value > *most));
                if let Some((most_at, most)) = exceeded {
                    let message =
                        format!("{what} of {value} {resource} can never fit: the quota allows {most}");
                    out.finding(at, message).related(most_at, "the quota");
                    break;
                }
            }
        }
    }
}
