use crate::{AuditPolicyAt, World};
use seawall_controls_macros::control;
use seawall_detect::audit_policy::{Shadow, load};
use seawall_model::Report;

/// # audit-rule-never-reached
///
/// ## What it finds
/// A rule whose requests earlier rules all decide already, or that can match no request at all, such as the
/// resource `*/*`. Decided exactly, over users, groups, verbs, namespaces, resources, names and paths.
///
/// ## Why it matters
/// The first matching rule decides. Whoever wrote this rule believes that its level applies; it never does.
///
/// ## Fix
/// Move it before the rules that cover it, or remove it.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["audit"]
)]
pub fn audit_rule_never_reached(file: AuditPolicyAt<'_>, world: &World, out: &mut Report) {
    let Ok(loaded) = load(*file, world.version()) else { return };
    let rules = &loaded.policy.rules;
    for (rule, shadow) in rules.iter().zip(loaded.policy.shadows()) {
        match shadow {
            Shadow::Reached => {}
            Shadow::Empty => {
                out.finding(rule.at, "no request matches this rule");
            }
            Shadow::By(earlier) => {
                let same = earlier
                    .iter()
                    .all(|&index| rules.get(index).is_some_and(|other| other.level == rule.level));
                let effect = if same { "" } else { ", at another level" };
                let message =
                    format!("this rule is never asked: earlier ones decide all its requests{effect}");
                let mut finding = out.finding(rule.at, message);
                for other in earlier.iter().filter_map(|&index| rules.get(index)).take(4) {
                    finding = finding.related(other.at, "decides first");
                }
            }
            Shadow::Unknown => {
                let message = "whether this rule is ever asked was not computed: it combines too many names";
                out.unknown(
                    rule.at,
                    message,
                    "fewer combinations of users, verbs, namespaces and names in one rule",
                );
            }
        }
    }
}
