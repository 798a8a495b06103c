use crate::World;
use crate::support::namespaces::is_system;
use crate::support::reach::{MOST, has_policies, named, place};
use seawall_controls_macros::control;
use seawall_model::{At, Report, Severity};
use seawall_network::{Direction, End, HeldRule, Policy, PortSet, Reach, Tier};
use std::collections::HashMap;

/// # policy-opens-to-every-namespace
///
/// ## What it finds
/// A rule for ingress whose `namespaceSelector` matches every namespace and that names no labels of pods, and by which
/// pods of another namespace really reach the workload. Kubernetes' own namespaces are left out: everybody needs them.
///
/// ## Why it matters
/// Whoever takes over a pod of any team reaches this one. Namespaces that hold several teams are no boundary then.
///
/// ## Fix
/// Name the namespaces that need it, by `kubernetes.io/metadata.name`, or the labels of their pods.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-namespace-by-its-name
#[control(since = "0.1.0", severity = Low, practices = ["team-isolation", "network-policy"])]
pub fn policy_opens_to_every_namespace(world: &World, _: &World, out: &mut Report) {
    if !has_policies(world) {
        return;
    }
    let reach = world.reach();
    let strangers = strangers(reach);
    let mut looked: HashMap<_, bool> = HashMap::new();
    for (pod, host) in reach.samples() {
        let namespace = reach.pods().get(pod).and_then(|pod| pod.namespace());
        if host || is_system(namespace) {
            continue;
        }
        for rule in reach.rules_of(pod, Direction::Ingress) {
            let Some(peer) = every_pod(&rule) else { continue };
            if *looked.get(&place(peer)).unwrap_or(&false) || looked.len() >= MOST {
                continue;
            }
            let other = strangers
                .iter()
                .filter(|(home, _)| home.as_deref() != namespace)
                .find_map(|(_, other)| Some((*other, open(reach, *other, pod, &rule.ports)?)));
            let alone = !strangers.iter().any(|(home, _)| home.as_deref() != namespace);
            // In a whole cluster without another namespace nobody is let in.
            let may_come = alone && !world.coverage().is_closed();
            looked.insert(place(peer), other.is_some() || may_come);
            let all = rule.ports.is_all();
            let severity = if all { Severity::Medium } else { Severity::Low };
            let to = named(reach, pod);
            if let Some((other, ports)) = other {
                let message = format!("lets every pod of every namespace in to {to} on {ports}");
                out.finding(peer, message)
                    .severity(severity)
                    .evidence(format!("{} reaches it", named(reach, other)));
            } else if may_come {
                out.finding(peer, format!("lets every pod of every namespace in to {to} on {}", rule.ports))
                    .severity(severity);
            }
        }
    }
}

/// One pod with a network of its own of each namespace.
fn strangers(reach: &Reach) -> Vec<(Option<Box<str>>, usize)> {
    let mut found: Vec<(Option<Box<str>>, usize)> = Vec::new();
    for (pod, host) in reach.samples() {
        let namespace = reach.pods().get(pod).and_then(|pod| pod.namespace()).map(Box::from);
        if !host && found.last().is_none_or(|last| last.0 != namespace) {
            found.push((namespace, pod));
        }
    }
    found
}

/// The ports of a rule that are surely open between two pods, if any is.
fn open(reach: &Reach, from: usize, to: usize, ports: &PortSet) -> Option<PortSet> {
    let open = reach.between(End::Pod(from), End::Pod(to)).sure.intersection(ports);
    (!open.is_empty()).then_some(open)
}

/// The peer of a rule that is for every pod of every namespace.
fn every_pod<'a>(rule: &HeldRule<'a>) -> Option<At<'a>> {
    if rule.tier != Tier::Namespace || rule.is_for_everyone {
        return None;
    }
    let policy = Policy::new(rule.object);
    let own = rule.at.nearest().id();
    let written = policy.rules(Direction::Ingress).find(|one| one.at().nearest().id() == own)?;
    let is_wide = |peer: &seawall_network::Peer<'_>| {
        peer.is_pods()
            && peer.namespace_selector().is_some_and(|selector| selector.is_empty())
            && peer.pod_selector().is_none_or(|selector| selector.is_empty())
    };
    written.peers().find(is_wide).map(|peer| peer.at())
}
