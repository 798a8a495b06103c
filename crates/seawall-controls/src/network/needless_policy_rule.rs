use crate::World;
use crate::support::reach::{MOST, has_policies};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::needless_rules;

/// # needless-policy-rule
///
/// ## What it finds
/// A rule of a NetworkPolicy without which no connection changes: another rule for at least the same pods allows at least
/// the same, now and for pods that may come. The engine has compared every connection of the input with and without it.
///
/// ## Why it matters
/// The narrow rule reads like the limit, and the wide one beside it is what counts: policies only add to each other.
///
/// ## Fix
/// Remove the rule, or narrow the one that allows more.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation
#[control(since = "0.1.0", severity = Info, practices = ["network-policy"], fix = Safe)]
pub fn needless_policy_rule(world: &World, _: &World, out: &mut Report) {
    if !has_policies(world) {
        return;
    }
    for needless in needless_rules(world.network(), world.reach()).into_iter().take(MOST) {
        let (own, other) = (needless.at.object(), needless.by.object());
        let whose = match own.name() == other.name() {
            true => "another rule of the policy".to_owned(),
            false => format!("a rule of `{}`", other.name()),
        };
        out.finding(needless.at, format!("no connection changes without it: {whose} allows as much"))
            .related(needless.by, "allows as much")
            .safe_fix("remove the rule", vec![needless.at.remove()]);
    }
}
