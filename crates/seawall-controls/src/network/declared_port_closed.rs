use crate::World;
use crate::support::reach::{MOST, has_policies, named, pod_of, policies_of, port_words};
use seawall_controls_macros::control;
use seawall_model::{At, Report};
use seawall_network::{Direction, Protocol, Service, Target};
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
            world.network().services_of(at).flat_map(|service| targets(at, service)).collect();
        let closed: Vec<(At<'_>, (Protocol, u16))> = super::policy_opens_undeclared_ports::declared(at)
            .into_iter()
            .filter(|(at, port)| {
                !opened.contains(port.0, port.1) && !served.contains(port) && !is_probed(*at, port.1)
            })
            .collect();
        let Some((first, _)) = closed.first() else { continue };
        let words: Vec<String> = closed.iter().take(5).map(|(_, port)| port_words(*port)).collect();
        let message =
            format!("{} declares {}, which its policies open to nobody", named(reach, pod), words.join(", "));
        let mut finding = out.finding(*first, message);
        for policy in policies_of(reach, pod, Direction::Ingress).into_iter().take(3) {
            finding = finding.related(policy.get("metadata.name"), "this policy isolates the pods");
        }
    }
}

fn targets<'a>(
    pod: seawall_model::PodAt<'a>,
    service: Service<'a>,
) -> impl Iterator<Item = (Protocol, u16)> + use<'a> {
    service.ports().filter_map(move |port| {
        let protocol = port.protocol?;
        match port.target {
            Target::Number(number) => Some((protocol, number)),
            Target::Name(name) => {
                Some((protocol, seawall_network::Network::named_port(pod, protocol, name)?))
            }
            Target::Invalid => None,
        }
    })
}

/// Whether a probe of the same container asks this port.
fn is_probed(port: At<'_>, number: u16) -> bool {
    let name = port.key("name").str();
    let object = port.object();
    let containers = object.pods().flat_map(|pod| pod.containers().collect::<Vec<_>>());
    let own =
        containers.filter(|one| one.get("ports").items().any(|at| at.nearest().id() == port.nearest().id()));
    own.flat_map(|one| ["livenessProbe", "readinessProbe", "startupProbe"].map(|probe| one.get(probe))).any(
        |probe| {
            ["httpGet", "tcpSocket", "grpc"].into_iter().any(|kind| {
                let at = probe.key(kind).key("port");
                at.int() == Some(i64::from(number)) || at.exists() && at.str().is_some() && at.str() == name
            })
        },
    )
}
