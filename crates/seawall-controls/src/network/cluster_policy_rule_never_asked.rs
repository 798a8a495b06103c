use crate::World;
use crate::support::reach::{MOST, has_tiers};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # cluster-policy-rule-never-asked
///
/// ## What it finds
/// A rule of a ClusterNetworkPolicy, AdminNetworkPolicy or BaselineAdminNetworkPolicy that decides nothing for any pod of
/// the input: an earlier rule of the same tier matches all that it matches.
///
/// ## Why it matters
/// In these policies the first match wins. A Deny behind a wider Accept denies nothing, though it reads as if it did.
///
/// ## Fix
/// Move the rule, or its policy by a lower `priority`, before the wider one; or remove it.
///
/// ## References
/// - https://network-policy-api.sigs.k8s.io/
#[control(since = "0.1.0", severity = Low, practices = ["network-policy"])]
pub fn cluster_policy_rule_never_asked(world: &World, _: &World, out: &mut Report) {
    if !has_tiers(world) {
        return;
    }
    for (at, by) in world.reach().never_asked().into_iter().take(MOST) {
        let name = by.object().name();
        let whose = match name == at.object().name() {
            true => "an earlier rule".to_owned(),
            false => format!("a rule of `{name}`"),
        };
        out.finding(at, format!("never decides: {whose} matches all that it matches"))
            .related(by, "decides before");
    }
}
