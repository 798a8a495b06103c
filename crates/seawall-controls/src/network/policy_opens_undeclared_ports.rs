use crate::World;
use crate::support::reach::{MOST, has_policies, named, place, pod_of};
use seawall_controls_macros::control;
use seawall_model::{At, PodAt, Report};
use seawall_network::{Direction, PortSet, Protocol, Tier, declared_ports};
use std::collections::HashMap;

/// # policy-opens-undeclared-ports
///
/// ## What it finds
/// A rule for ingress that opens every port, or ports of which none is declared by the containers it is for, while all
/// these containers declare the ports they listen on. Rules for everybody on every port are left to
/// allow-all-ingress-policy.
///
/// ## Why it matters
/// Debug servers, metrics and whatever an intruder starts to listen are open beside the port that is meant.
///
/// ## Fix
/// List the ports that the containers declare.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/
#[control(since = "0.1.0", severity = Low, practices = ["application-ports", "network-policy"], fix = Unsafe)]
pub fn policy_opens_undeclared_ports(world: &World, _: &World, out: &mut Report) {
    if !has_policies(world) {
        return;
    }
    let reach = world.reach();
    let mut rules: Vec<Opened<'_>> = Vec::new();
    let mut known = HashMap::new();
    for (pod, host) in reach.samples() {
        let Some(at) = pod_of(reach, pod).filter(|_| !host) else { continue };
        let declared = declared_ports(at);
        let declared =
            PortSet::of(declared.into_iter().map(|port| (port.protocol, port.number, port.number)));
        for rule in reach.rules_of(pod, Direction::Ingress) {
            let is_all = rule.ports.is_all();
            if rule.tier != Tier::Namespace || is_all && rule.is_for_everyone || rule.ports.is_empty() {
                continue;
            }
            let number = *known.entry(place(rule.at)).or_insert_with(|| {
                let declared = declared.clone();
                rules.push(Opened {
                    at: rule.at,
                    pod,
                    declared,
                    is_clear: true,
                    is_same: true,
                    ports: PortSet::default(),
                });
                rules.len() - 1
            });
            let Some(opened) = rules.get_mut(number) else { continue };
            // A pod that declares nothing may listen anywhere.
            opened.is_clear &= !declared.is_empty() && declares_every_container(at);
            opened.is_clear &= is_all || rule.ports.intersection(&declared).is_empty();
            opened.is_same &= opened.declared == declared;
            opened.declared.unite(&declared);
            opened.ports.unite(&rule.ports);
        }
    }
    for opened in rules.into_iter().filter(|opened| opened.is_clear).take(MOST) {
        let (name, declared) = (named(reach, opened.pod), &opened.declared);
        if !opened.ports.is_all() {
            out.finding(
                opened.at.key("ports"),
                format!("opens {}, which no container of {name} declares", opened.ports),
            );
            continue;
        }
        let ports = opened.at.key("ports");
        let message = format!("opens every port of {name}, which declares {declared}");
        let finding = out.finding(if ports.exists() { ports } else { opened.at }, message);
        if opened.is_same && !ports.exists() {
            finding.unsafe_fix("open the declared ports only", vec![ports.set(list(declared))]);
        }
    }
}

/// What is known of one rule.
struct Opened<'w> {
    at: At<'w>,
    pod: usize,
    declared: PortSet,
    is_clear: bool,
    is_same: bool,
    ports: PortSet,
}

/// The ports as a list of a policy.
fn list(ports: &PortSet) -> String {
    let mut text = String::new();
    for protocol in Protocol::ALL {
        for port in ports.ranges(protocol).iter().flat_map(|&(first, last)| first..=last).take(64) {
            text += &format!("- {{ protocol: {}, port: {port} }}\n", protocol.as_str());
        }
    }
    text.trim_end().to_owned()
}

/// Whether each container that keeps running declares a port; one that does not may listen anywhere.
fn declares_every_container(pod: PodAt<'_>) -> bool {
    use seawall_model::ContainerSort::{Regular, Sidecar};
    let mut running = pod.containers().filter(|container| matches!(container.sort(), Regular | Sidecar));
    running.all(|container| container.get("ports").items().next().is_some())
}
