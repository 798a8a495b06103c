use crate::World;
use crate::support::reach::{MOST, has_policies, named, place, pod_of, policies_of};
use seawall_controls_macros::control;
use seawall_model::{At, Report};
use seawall_network::{Direction, Goal, Landmark, Policy, Protocol, Reach, Tier, Union};
use std::collections::HashSet;

/// # dns-out-of-reach
///
/// ## What it finds
/// A workload whose policies let it reach peers and open port 53 to somebody, while it surely reaches none of the DNS
/// servers that are in the input, nor a DNS cache on its node: the rule names other pods, or the servers' own policies
/// refuse it.
///
/// ## Why it matters
/// No name can be looked up, so that nothing is found by the name of its Service. The outage is often ended by allowing
/// everything.
///
/// ## Fix
/// Name the servers by their labels: `k8s-app: kube-dns` in namespace `kube-system`, on UDP and TCP port 53. Policies are
/// asked about the port of the pod: some distributions listen on 5353.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
#[control(since = "0.1.0", severity = Medium, practices = ["network-policy"])]
pub fn dns_out_of_reach(world: &World, _: &World, out: &mut Report) {
    if !has_policies(world) {
        return;
    }
    let reach = world.reach();
    let servers = reach.places_of(world.cluster(), world.network(), Goal::Dns);
    if servers.iter().all(|server| server.end.is_none()) {
        return;
    }
    let mut seen = HashSet::new();
    for (pod, host) in reach.samples().filter(|(pod, _)| may_be_cut_off(reach, *pod, &servers)) {
        let Some(at) = pod_of(reach, pod).filter(|_| !host) else { continue };
        // Such pods ask whom their node asks, or whom they name.
        if matches!(at.get("dnsPolicy").str(), Some("None" | "Default")) {
            continue;
        }
        let policies = policies_of(reach, pod, Direction::Egress);
        let union = Union::new(policies.iter().map(|at| Policy::new(at.object())), Direction::Egress);
        // Pods that may look up nothing at all are reported by egress-without-dns, closed ones by nobody.
        let may_ask = union.may_allow_dns() && union.rules().next().is_some();
        if !policies.is_empty() && !may_ask {
            continue;
        }
        let Some(place_of) = rule_for_dns(reach, pod, &union, &servers) else { continue };
        if seen.len() < MOST && seen.insert(place(place_of)) {
            let message = format!("{} reaches none of the cluster's DNS servers", named(reach, pod));
            let finding = out.finding(place_of, message);
            let server = servers.iter().find_map(|server| match server.end {
                Some(seawall_network::End::Pod(server)) => pod_of(reach, server),
                _ => None,
            });
            if let Some(server) = server {
                finding.related(server.labels(), "the labels of a DNS server");
            }
        }
    }
}

fn may_be_cut_off(reach: &Reach, pod: usize, servers: &[Landmark]) -> bool {
    let is_server = |server: &Landmark| server.end == Some(seawall_network::End::Pod(pod));
    let held = [Direction::Egress, Direction::Ingress].into_iter().any(|direction| {
        direction == Direction::Egress && reach.isolates(pod, direction)
            || direction == Direction::Ingress
                && servers.iter().any(|server| match server.end {
                    Some(seawall_network::End::Pod(server)) => reach.isolates(server, direction),
                    _ => false,
                })
    });
    held && !servers.iter().any(is_server)
        && servers.iter().all(|server| reach.reaches(pod, server) == Some(false))
        && !reaches_cache(reach, pod)
}

/// The address where the cache of a node listens by convention (`kubernetes/dns` NodeLocal DNSCache).
fn reaches_cache(reach: &Reach, pod: usize) -> bool {
    let cache = core::net::IpAddr::from([169, 254, 20, 10]);
    let answer = reach.between(seawall_network::End::Pod(pod), reach.end_of(cache));
    reach.isolates(pod, Direction::Egress) && answer.allows(Protocol::Udp, 53) != Some(false)
}

/// Where to mend it: the rule that opens port 53 to others, else the policy of the servers.
fn rule_for_dns<'a>(reach: &'a Reach, pod: usize, union: &Union<'a>, servers: &[Landmark]) -> Option<At<'a>> {
    let rule = union.rules().filter(|rule| !rule.is_for_all_ports()).find(|rule| {
        let ports = rule.port_set(|_, name| name.starts_with("dns").then_some(53));
        let open = |port| ports.contains(Protocol::Udp, port) || ports.contains(Protocol::Tcp, port);
        open(53) || open(5353)
    });
    let refused = || {
        servers.iter().find_map(|server| {
            let explained =
                reach.explain(seawall_network::End::Pod(pod), server.end?, Some(*server.ports.first()?));
            let mut policies = explained.ingress.policies.into_iter();
            let policy = policies.find(|policy| policy.decides && policy.tier == Tier::Namespace)?;
            Some(policy.object.at().get("spec.podSelector"))
        })
    };
    rule.map(|rule| rule.at()).or_else(refused)
}
