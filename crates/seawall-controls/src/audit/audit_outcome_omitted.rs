use crate::{AuditPolicyAt, World};
use seawall_controls_macros::control;
use seawall_detect::audit_policy::{Level, load};
use seawall_model::{At, Report};

/// # audit-outcome-omitted
///
/// ## What it finds
/// The stage `ResponseComplete` is left out, for the whole policy or for a rule that logs.
///
/// ## Why it matters
/// This stage says how a request ended. Without it nobody can tell a refused attempt from a success, and
/// together with `RequestReceived` nothing is logged at all.
///
/// ## Fix
/// Leave out `RequestReceived` alone: it repeats what the later stage says.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["audit"],
    fix = Unsafe
)]
pub fn audit_outcome_omitted(file: AuditPolicyAt<'_>, world: &World, out: &mut Report) {
    let Ok(loaded) = load(*file, world.version()) else { return };
    let policy = &loaded.policy;
    if let Some(at) = named(*file) {
        report(at, policy.omit_stages.contains("RequestReceived"), out);
        return;
    }
    for rule in policy.rules.iter().filter(|rule| rule.level > Level::None) {
        if let Some(at) = named(rule.at) {
            report(at, policy.omit_stages.union(rule.omit_stages).contains("RequestReceived"), out);
        }
    }
}

fn named(at: At<'_>) -> Option<At<'_>> {
    at.key("omitStages").items().find(|stage| stage.str() == Some("ResponseComplete"))
}

fn report(at: At<'_>, both: bool, out: &mut Report) {
    let message = if both {
        "`RequestReceived` and `ResponseComplete` are left out: ordinary requests are not logged at all"
    } else {
        "`ResponseComplete` is left out: how requests end is not logged"
    };
    out.finding(at, message).unsafe_fix("log how requests end", vec![at.remove()]);
}
