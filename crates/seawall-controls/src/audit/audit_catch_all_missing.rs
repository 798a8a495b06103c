use crate::{AuditPolicyAt, World};
use seawall_controls_macros::control;
use seawall_detect::audit_policy::load;
use seawall_model::Report;

/// # audit-catch-all-missing
///
/// ## What it finds
/// An audit policy without a rule that matches everything. What no rule matches is not logged.
///
/// ## Why it matters
/// Every new resource, custom or from an upgrade, goes unlogged until somebody thinks of it.
///
/// ## Fix
/// End the policy with a rule `level: Metadata` without conditions.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["audit"],
    fix = Safe
)]
pub fn audit_catch_all_missing(file: AuditPolicyAt<'_>, world: &World, out: &mut Report) {
    let Ok(loaded) = load(*file, world.version()) else { return };
    if !loaded.policy.has_catch_all() {
        let rules = file.key("rules");
        out.finding(
            rules,
            "requests that no rule matches are not logged: there is no rule for everything else",
        )
        .safe_fix("log everything else at Metadata", vec![rules.append("level: Metadata")]);
    }
}
