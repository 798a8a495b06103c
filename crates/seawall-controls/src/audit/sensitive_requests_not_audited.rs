use crate::{AuditPolicyAt, World};
use seawall_controls_macros::control;
use seawall_detect::audit_policy::{Level, load};
use seawall_model::Report;
use std::collections::BTreeMap;

/// # sensitive-requests-not-audited
///
/// ## What it finds
/// Requests that somebody will look for after an incident and that the policy does not log: reading Secrets,
/// changing roles and bindings, exec into pods, asking for tokens and certificates, changing webhooks. Each
/// is evaluated as the API server does it, for a person and a service account whom no rule names; the first
/// matching rule decides, and a request that no rule matches is not logged.
///
/// ## Why it matters
/// Without an event nobody can tell who read a credential or gave away a right, nor that it happened at all.
///
/// ## Fix
/// Log these requests at `Metadata`, in a rule before the one that drops them; end the policy with a rule
/// `level: Metadata` for everything else.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["audit"],
    cis = ["3.2.2"]
)]
pub fn sensitive_requests_not_audited(file: AuditPolicyAt<'_>, world: &World, out: &mut Report) {
    let Ok(loaded) = load(*file, world.version()) else { return };
    // One finding for each deciding rule; `None` is no rule at all.
    let mut lost: BTreeMap<Option<usize>, Vec<&str>> = BTreeMap::new();
    for reached in loaded.policy.sensitive() {
        if reached.verdict.level == Level::None {
            lost.entry(reached.verdict.rule).or_default().push(reached.what.what);
        }
    }
    for (rule, what) in lost {
        let shown = what.iter().take(4).copied().collect::<Vec<_>>().join(", ");
        let more = match what.len() {
            0..=4 => String::new(),
            many => format!(" and {} more", many - 4),
        };
        let rule = rule.and_then(|index| loaded.policy.rules.get(index));
        let (at, why) = match rule {
            Some(rule) => (rule.at.key("level"), "this rule drops them"),
            None => (file.key("rules"), "no rule matches them"),
        };
        let mut finding = out.finding(at, format!("not logged, as {why}: {shown}{more}"));
        for one in what {
            finding = finding.evidence(format!("not logged: {one}"));
        }
    }
}
