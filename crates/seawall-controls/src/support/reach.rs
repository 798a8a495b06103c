//! What controls ask the reachability engine, and how they tell its answers. The engine is made when the first of them
//! needs it, and none does where there are no policies.

use crate::World;
use seawall_model::{At, PodAt, WellKnown};
use seawall_network::{Direction, End, Exposure, Goal, Landmark, Protocol, Reach, Tier};
use std::collections::HashSet;

/// Findings of one control, at most: thousands of policies of one sort are written by a program.
pub(crate) const MOST: usize = 200;

/// Whether the input holds a policy that the engine evaluates.
pub(crate) fn has_policies(world: &World) -> bool {
    world.cluster().of(WellKnown::NetworkPolicy).next().is_some() || has_tiers(world)
}

/// Whether the input holds a policy of the whole cluster that the engine evaluates.
pub(crate) fn has_tiers(world: &World) -> bool {
    let foreign = world.network().foreign_policy(None);
    foreign.is_some_and(|at| at.object().group() == "policy.networking.k8s.io") || {
        let mut others = world.cluster().of(WellKnown::Other);
        foreign.is_some() && others.any(|object| object.group() == "policy.networking.k8s.io")
    }
}

/// The workload of a pod, as it is shown.
pub(crate) fn named(reach: &Reach, pod: usize) -> String {
    let workload = reach.workload_of(pod).and_then(|workload| reach.workloads().get(workload));
    workload
        .map_or_else(String::new, |workload| format!("`{}/{}`", workload.namespace_shown(), workload.name))
}

/// `TCP 80`.
pub(crate) fn port_words((protocol, port): (Protocol, u16)) -> String {
    format!("{} {port}", protocol.as_str())
}

/// The pod or template of a number.
pub(crate) fn pod_of(reach: &Reach, pod: usize) -> Option<PodAt<'_>> {
    reach.pods().get(pod)?.at()
}

/// What tells a place from all others.
pub(crate) fn place(at: At<'_>) -> (usize, seawall_yaml::NodeId) {
    (std::sync::Arc::as_ptr(at.object()) as usize, at.nearest().id())
}

/// The first way in from outside by a Service, an Ingress or a route that policies do not surely close: in words, and
/// where it stands.
pub(crate) fn way_in<'w>(pod: PodAt<'w>, world: &'w World) -> Option<(&'static str, At<'w>)> {
    let exposures = world.network().exposures_of(pod);
    let mut ways = exposures.iter().filter_map(|exposure| Some((exposure, words(exposure)?))).peekable();
    ways.peek()?;
    let number = has_policies(world).then(|| world.reach().number_of(pod)).flatten();
    let is_open = |exposure: &Exposure<'_>| {
        number.is_none_or(|number| {
            let entry = world.reach().entry(world.network(), number, pod, *exposure);
            entry.ports.is_empty() || !entry.possible.is_empty()
        })
    };
    ways.find(|(exposure, _)| is_open(exposure)).map(|(_, words)| words)
}

/// Ways that lead in from the outside of the cluster's network.
pub(crate) fn words<'a>(exposure: &Exposure<'a>) -> Option<(&'static str, At<'a>)> {
    match *exposure {
        Exposure::NodePort(service) => Some(("a node port", service.get("type"))),
        Exposure::LoadBalancer(service) => Some(("a load balancer", service.get("type"))),
        Exposure::ExternalIp(service) => Some(("an external address", service.get("externalIPs"))),
        Exposure::Ingress(_, at) => Some(("an Ingress", at)),
        Exposure::Route(_, at) => Some(("a route", at)),
        // The pod's own ports are other controls' business.
        Exposure::InternalLoadBalancer(_) | Exposure::HostPort(_) | Exposure::HostNetwork(_) => None,
    }
}

/// Whether policies surely refuse everything that leads in from outside to the pods of a Service on one of its ports
/// (all, if none is named). False where there are no such pods.
pub(crate) fn refuses_outside(service: seawall_network::Service<'_>, world: &World) -> bool {
    if !has_policies(world) {
        return false;
    }
    let (network, reach) = (world.network(), world.reach());
    let mut any = false;
    for at in network.pods_of_service(service).take(64) {
        let Some(pod) = reach.number_of(at) else { return false };
        for exposure in network.exposures_of_service(service).into_iter().filter(|one| words(one).is_some()) {
            let entry = reach.entry(network, pod, at, exposure);
            if entry.ports.is_empty() || !entry.possible.is_empty() {
                return false;
            }
            any = true;
        }
    }
    any
}

/// The NetworkPolicies that surely select a pod.
pub(crate) fn policies_of(reach: &Reach, pod: usize, direction: Direction) -> Vec<At<'_>> {
    let policies = reach.policies_of(pod, direction);
    policies
        .filter(|(_, tier, sure)| *sure && *tier == Tier::Namespace)
        .map(|(object, _, _)| object.at())
        .collect()
}

/// Rules of NetworkPolicies that let pods out to places of a goal, each with a pod and the place; rules that let out
/// everywhere on every port are reported as such.
pub(crate) fn rules_to(world: &World, goal: Goal) -> Vec<(At<'_>, usize, Landmark)> {
    if !has_policies(world) {
        return Vec::new();
    }
    let reach = world.reach();
    let places = reach.places_of(world.cluster(), world.network(), goal);
    let places: Vec<Landmark> = places.into_iter().filter(|place| place.end.is_some()).take(FEW).collect();
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (pod, host) in reach.samples() {
        if host || places.is_empty() || !reach.isolates(pod, Direction::Egress) {
            continue;
        }
        for landmark in &places {
            let Some(end) = landmark.end else { continue };
            for &port in &landmark.ports {
                if reach.between(End::Pod(pod), end).allows(port.0, port.1) != Some(true) {
                    continue;
                }
                let explained = reach.explain(End::Pod(pod), end, Some(port));
                for policy in explained.egress.policies.iter().filter(|policy| policy.tier == Tier::Namespace)
                {
                    for rule in policy.rules.iter().filter(|rule| rule.matches() == Some(true)) {
                        if !is_open_rule(rule.at) && seen.insert(place(rule.at)) {
                            found.push((rule.at, pod, landmark.clone()));
                        }
                    }
                }
            }
        }
        if found.len() >= MOST {
            break;
        }
    }
    found
}

/// Places of a goal that rules are tried with.
const FEW: usize = 8;

/// Whether a rule is for everybody on every port.
fn is_open_rule(at: At<'_>) -> bool {
    let is_empty = |key| at.key(key).items().next().is_none();
    is_empty("to") && is_empty("from") && is_empty("ports")
}
