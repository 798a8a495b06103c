use crate::World;
use crate::support::reach::{MOST, has_policies, named, place, policies_of, words};
use seawall_controls_macros::control;
use seawall_model::{At, Report};
use seawall_network::{Direction, Exposure};
use std::collections::HashMap;

/// # entry-refused-by-policy
///
/// ## What it finds
/// An Ingress, a route, or a Service for clients outside the cluster that leads to pods whose policies let others in,
/// but surely none of those that come this way: the Ingress controllers of the input, or the addresses outside.
///
/// ## Why it matters
/// What was published does not answer. Such an outage is often ended by opening the pods to everybody.
///
/// ## Fix
/// Let the controller's pods in (by the label of its namespace), or the addresses of the clients; or take the way away.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/
#[control(since = "0.1.0", severity = Low, practices = ["network-policy", "exposure"])]
pub fn entry_refused_by_policy(world: &World, _: &World, out: &mut Report) {
    if !has_policies(world) {
        return;
    }
    let reach = world.reach();
    // Whether each way is refused by all pods behind it.
    let mut ways: Vec<(At<'_>, &'static str, usize, bool)> = Vec::new();
    let mut known = HashMap::new();
    for entry in reach.entries(world.network()) {
        let Some((what, at)) = words(&entry.through) else { continue };
        let opened = reach.opened(entry.pod, Direction::Ingress);
        // What nobody may use is reported at the Service.
        let dead = opened.intersection(&entry.ports).is_empty();
        let refused = entry.possible.is_empty() && !dead && !matches!(entry.through, Exposure::HostPort(_));
        let number = *known.entry(place(at)).or_insert_with(|| {
            ways.push((at, what, entry.pod, true));
            ways.len() - 1
        });
        if let Some(way) = ways.get_mut(number) {
            way.3 &= refused;
        }
    }
    for (at, what, pod, _) in ways.into_iter().filter(|way| way.3).take(MOST) {
        let who = match what {
            "an Ingress" | "a route" => "no controller of the input",
            _ => "no address outside",
        };
        let message = format!("leads to {}, whose policies let in {who}", named(reach, pod));
        let mut finding = out.finding(at, message);
        for policy in policies_of(reach, pod, Direction::Ingress).into_iter().take(3) {
            finding = finding.related(policy.get("metadata.name"), "this policy isolates the pods");
        }
    }
}
