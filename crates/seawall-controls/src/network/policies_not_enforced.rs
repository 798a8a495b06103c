use crate::World;
use crate::support::reach::has_policies;
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};
use seawall_network::{Plugin, enforces, plugins};

/// # policies-not-enforced
///
/// ## What it finds
/// NetworkPolicies in a cluster whose network plugin enforces none: flannel alone, the plugin of AWS without its agent
/// switched on, kube-router without its firewall, Cilium with `enable-policy: never`, kindnet before kind 0.24. In files
/// it cannot be known whether something else enforces them.
///
/// ## Why it matters
/// The API server takes every policy, and nothing happens. All pods reach each other, the nodes and the metadata service.
///
/// ## Fix
/// Install a plugin that enforces policies, or switch enforcement on. The policies stay as they are.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#prerequisites
#[control(since = "0.1.0", severity = High, practices = ["network-policy", "team-isolation", "metadata-api"])]
pub fn policies_not_enforced(world: &World, _: &World, out: &mut Report) {
    if !has_policies(world) {
        return;
    }
    let plugins = plugins(world.cluster());
    let policies = world.cluster().of(WellKnown::NetworkPolicy).count();
    let known = WellKnown::DaemonSet;
    let closed = world.coverage().is_complete(known, None);
    let doubtful = |plugin: &&Plugin<'_>| plugin.enforces != Some(true);
    let Some(plugin) = plugins.iter().find(doubtful).filter(|_| enforces(&plugins) != Some(true)) else {
        return;
    };
    let words = match policies {
        1 => "1 NetworkPolicy".to_owned(),
        many => format!("{many} NetworkPolicies"),
    };
    match (enforces(&plugins), closed) {
        (Some(false), true) => {
            out.finding(plugin.at, format!("{} does not enforce {words}: {}", plugin.name, plugin.because));
        }
        _ => {
            let message = format!("whether anything enforces {words}: {}", plugin.because);
            out.unknown(plugin.at, message, "what else runs in the cluster and enforces NetworkPolicies");
        }
    }
}
