use crate::World;
use crate::support::reach::{MOST, named, place};
use seawall_controls_macros::control;
use seawall_model::{At, Report};
use seawall_network::{Exposure, PortSet};
use std::collections::{BTreeMap, HashSet};

/// The ways in of a workload: those of Ingresses and routes, and all others with their words; each with its ports.
type Ways<'a> = (Vec<(At<'a>, PortSet)>, Vec<(At<'a>, &'static str, PortSet)>);

/// # ingress-bypassed
///
/// ## What it finds
/// A port of a workload that an Ingress or a route publishes, and that is open from outside by a node port, a load
/// balancer, an external address or a host port as well.
///
/// ## Why it matters
/// What the Ingress adds (TLS, authentication, limits, logs) is optional for whoever uses the other way.
///
/// ## Fix
/// Make the Service a ClusterIP, or limit who may use it by `loadBalancerSourceRanges` or a NetworkPolicy that lets in
/// the controller alone. Some clouds' controllers need node ports: close them by the nodes' firewall there.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/ingress/
#[control(since = "0.1.0", severity = Low, practices = ["exposure", "application-ports"], group = "published-twice")]
pub fn ingress_bypassed(world: &World, _: &World, out: &mut Report) {
    let published =
        world.network().namespaces().iter().flat_map(|namespace| namespace.services()).any(|service| {
            let mut ways = world.network().ingresses_of(service).chain(world.network().routes_of(service));
            ways.next().is_some()
        });
    if !published {
        return;
    }
    let reach = world.reach();
    let mut by_workload: BTreeMap<usize, Ways<'_>> = BTreeMap::new();
    for entry in reach.entries(world.network()) {
        let Some(workload) = reach.workload_of(entry.pod) else { continue };
        let known = by_workload.entry(workload).or_default();
        match entry.through {
            Exposure::Ingress(_, at) | Exposure::Route(_, at) => known.0.push((at, entry.possible)),
            Exposure::NodePort(service) => known.1.push((service.get("type"), "a node port", entry.open)),
            Exposure::LoadBalancer(service) => {
                known.1.push((service.get("type"), "a load balancer", entry.open))
            }
            Exposure::ExternalIp(service) => {
                known.1.push((service.get("externalIPs"), "an external address", entry.open));
            }
            Exposure::HostPort(at) => known.1.push((at, "a host port", entry.open)),
            Exposure::InternalLoadBalancer(_) | Exposure::HostNetwork(_) => {}
        }
    }
    let mut seen = HashSet::new();
    for (workload, (front, past)) in by_workload {
        for (at, what, open) in past {
            let both = front.iter().find(|(_, ports)| !ports.intersection(&open).is_empty());
            let Some((ingress, ports)) = both else { continue };
            if seen.len() >= MOST || !seen.insert(place(at)) {
                continue;
            }
            let pod = (0..reach.pods().len()).find(|&pod| reach.workload_of(pod) == Some(workload));
            let name = pod.map(|pod| named(reach, pod)).unwrap_or_default();
            let message =
                format!("opens {} of {name} by {what}, past its Ingress", ports.intersection(&open));
            out.finding(at, message).related(*ingress, "publishes the same port");
        }
    }
}
