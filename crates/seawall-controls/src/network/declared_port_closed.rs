use crate::World;
use crate::support::reach::{MOST, has_policies, named, pod_of, policies_of, port_words};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::{Direction, Protocol, declared_ports, is_probed, service_targets};
use std::collections::HashSet;

/// # declared-port-closed
///
/// ## What it finds
/// A port that a container declares, in a workload whose NetworkPolicies open other ports of it to somebody, but this one
/// to nobody. Ports that a Service leads to are left to service-refused-by-policy, and ports of probes to nobody: the
/// node always reaches its pods.
///
/// ## Why it matters
/// Either somebody who needs the port is locked out, or nobody needs it and the program listens for nothing.
///
/// ## Fix
/// Open the port for those who need it, or stop listening there and remove it from the container's `ports`.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/
#[control(since = "0.1.0", severity = Info, practices = ["application-ports", "network-policy"])]
pub fn declared_port_closed(world: &World, _: &World, out: &mut Report) {
    if !has_policies(world) {
        return;
    }
    let reach = world.reach();
    let mut seen = HashSet::new();
    for (pod, host) in reach.samples() {
        if host || !reach.isolates(pod, Direction::Ingress) || seen.len() >= MOST {
            continue;
        }
        let (Some(at), opened) = (pod_of(reach, pod), reach.opened(pod, Direction::Ingress)) else {
            continue;
        };
        if opened.is_empty() || !seen.insert(reach.workload_of(pod)) {
            continue;
        }
        let served: Vec<(Protocol, u16)> =
            world.network().services_of(at).flat_map(|service| service_targets(at, service)).collect();
        let mut closed = declared_ports(at);
        closed.retain(|port| {
            let own = (port.protocol, port.number);
            !opened.contains(own.0, own.1) && !served.contains(&own) && !is_probed(port)
        });
        let Some(first) = closed.first() else { continue };
        let words: Vec<String> =
            closed.iter().take(5).map(|port| port_words((port.protocol, port.number))).collect();
        let message =
            format!("{} declares {}, which its policies open to nobody", named(reach, pod), words.join(", "));
        let mut finding = out.finding(first.at, message);
        for policy in policies_of(reach, pod, Direction::Ingress).into_iter().take(3) {
            finding = finding.related(policy.get("metadata.name"), "this policy isolates the pods");
        }
    }
}
