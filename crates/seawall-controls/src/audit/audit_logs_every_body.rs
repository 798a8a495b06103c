use crate::{AuditPolicyAt, World};
use seawall_controls_macros::control;
use seawall_detect::audit_policy::{Level, load};
use seawall_model::Report;

/// # audit-logs-every-body
///
/// ## What it finds
/// A rule without conditions at `Request` or `RequestResponse`: the bodies of whatever no earlier rule
/// decides are logged.
///
/// ## Why it matters
/// The volume grows many times, and a webhook or disk that cannot follow loses events silently. Bodies of
/// custom resources often hold credentials that no earlier rule thought of.
///
/// ## Fix
/// Log everything else at `Metadata` and bodies only where they are needed, by a rule that names them.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["audit"],
    fix = Unsafe
)]
pub fn audit_logs_every_body(file: AuditPolicyAt<'_>, world: &World, out: &mut Report) {
    let Ok(loaded) = load(*file, world.version()) else { return };
    // Only the first rule for everything is asked.
    let Some(rule) = loaded.policy.rules.iter().find(|rule| rule.matches_everything()) else { return };
    if rule.level >= Level::Request {
        let what = if rule.level == Level::Request { "request" } else { "request and answer" };
        let message = format!("every {what} body that no earlier rule decides is logged");
        out.finding(rule.at.key("level"), message)
            .unsafe_fix("log everything else at Metadata", vec![rule.at.key("level").set("Metadata")]);
    }
}
