use crate::{LimitRangeAt, World};
use seawall_admission::limit_range::items;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # contradictory-limit-range
///
/// ## What it finds
/// A LimitRange whose values exclude each other: a minimum above the maximum, a default above the maximum
/// or below the minimum, a default request above the default limit.
///
/// ## Why it matters
/// The API server refuses it, so that the namespace stays without limits.
///
/// ## Fix
/// Order the values: `min` ≤ `defaultRequest` ≤ `default` ≤ `max`.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/policy/limit-range/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["limit-range"]
)]
pub fn contradictory_limit_range(limit_range: LimitRangeAt<'_>, _: &World, out: &mut Report) {
    for item in items(limit_range.object()) {
        for contradiction in item.contradictions() {
            out.finding(contradiction.at, contradiction.message);
        }
    }
}
