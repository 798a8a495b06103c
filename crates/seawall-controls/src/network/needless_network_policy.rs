use crate::World;
use crate::support::reach::{MOST, has_policies};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::{Policy, needless_policies};

/// # needless-network-policy
///
/// ## What it finds
/// A NetworkPolicy without which no connection changes: other policies of its namespace select at least the same pods,
/// isolate the same directions and allow at least the same, now and for pods that may come. The engine has compared every
/// connection of the input with and without it. Of equal policies one is left out.
///
/// ## Why it matters
/// Nobody dares to remove what seems to protect something, and whoever narrows this policy changes nothing: the other one
/// stays open.
///
/// ## Fix
/// Remove the policy, or narrow the one that says more.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation
#[control(since = "0.1.0", severity = Info, practices = ["network-policy"])]
pub fn needless_network_policy(world: &World, _: &World, out: &mut Report) {
    if !has_policies(world) {
        return;
    }
    let found = needless_policies(world.network(), world.reach());
    let selects =
        |at: seawall_model::At<'_>| world.network().pods_of_policy(Policy::new(at.object())).next().is_some();
    // A policy that selects nothing is reported as such.
    for needless in found.into_iter().filter(|needless| selects(needless.at)).take(MOST) {
        let by = needless.by.object().name();
        out.finding(
            needless.at.get("metadata.name"),
            format!("no connection changes without it: `{by}` says as much"),
        )
        .related(needless.by.get("metadata.name"), "the policy that says as much");
    }
}
