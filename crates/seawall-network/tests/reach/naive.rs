//! The slow and obvious form: one connection at a time, policy after policy, as the documentation tells it.

use super::model::*;
use std::net::IpAddr;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Point {
    Pod(usize),
    Address(IpAddr),
}

/// Whether a connection of one family passes both sides.
pub(crate) fn allows(model: &Model, from: Point, to: Point, protocol: &str, port: u16) -> bool {
    if let (Point::Pod(one), Point::Pod(other)) = (from, to)
        && one == other
        && !model.pods[one].host
    {
        return true;
    }
    if own_node(model, from, to) || own_node(model, to, from) {
        return true;
    }
    if is_host(model, from) && is_host(model, to) {
        return true;
    }
    [true, false].into_iter().any(|is_v4| {
        let address = |point| match point {
            Point::Pod(pod) => model.pods[pod].addresses.iter().copied().find(|ip| ip.is_ipv4() == is_v4),
            Point::Address(address) => Some(address).filter(|ip| ip.is_ipv4() == is_v4),
        };
        let (Some(source), Some(target)) = (address(from), address(to)) else { return false };
        side(model, from, (to, target), to, false, protocol, port)
            && side(model, to, (from, source), to, true, protocol, port)
    })
}

/// Whether policies do not know it by labels.
fn is_host(model: &Model, point: Point) -> bool {
    match point {
        Point::Pod(pod) => model.pods[pod].host,
        Point::Address(_) => true,
    }
}

fn own_node(model: &Model, pod: Point, other: Point) -> bool {
    let Point::Pod(number) = pod else { return false };
    let pod = &model.pods[number];
    if pod.host {
        return false;
    }
    match other {
        Point::Address(address) => model.nodes[pod.node].1.contains(&address),
        Point::Pod(other) => model.pods[other].host && model.pods[other].node == pod.node,
    }
}

fn side(
    model: &Model,
    subject: Point,
    other: (Point, IpAddr),
    target: Point,
    ingress: bool,
    protocol: &str,
    port: u16,
) -> bool {
    let Point::Pod(number) = subject else { return true };
    let pod = &model.pods[number];
    if pod.host {
        return true;
    }
    let hits = |rule: &Rule, namespace: usize| {
        matches_peer(model, rule, namespace, other) && matches_port(model, rule, target, protocol, port)
    };
    let wide = |tier: &str| -> Option<&str> {
        let mut policies: Vec<&Wide> = model.wide.iter().filter(|policy| policy.tier == tier).collect();
        policies.sort_by_key(|policy| (policy.priority, &policy.name));
        for policy in policies {
            let selects = fits_namespace(model, &policy.namespaces, pod.namespace)
                && policy.pods.as_ref().is_none_or(|pods| fits(pods, &pod.labels));
            let rules = if ingress { &policy.ingress } else { &policy.egress };
            if let Some(rule) = rules.iter().find(|rule| selects && hits(rule, pod.namespace)) {
                return Some(rule.action);
            }
        }
        None
    };
    match wide("Admin") {
        Some("Accept") => return true,
        Some("Deny") => return false,
        _ => {}
    }
    let mut isolated = false;
    let mut allowed = false;
    for policy in &model.policies {
        let rules = if ingress { &policy.ingress } else { &policy.egress };
        let counts = match &policy.types {
            Some(types) => types.contains(&if ingress { "Ingress" } else { "Egress" }),
            None => ingress || rules.as_ref().is_some_and(|rules| !rules.is_empty()),
        };
        if counts && policy.namespace == pod.namespace && fits(&policy.selector, &pod.labels) {
            isolated = true;
            allowed |= rules.iter().flatten().any(|rule| hits(rule, policy.namespace));
        }
    }
    if isolated {
        return allowed;
    }
    wide("Baseline") != Some("Deny")
}

fn fits(selector: &Selector, labels: &LabelMap) -> bool {
    selector.iter().all(|(key, asked)| {
        let value = labels.iter().find(|(name, _)| name == key).map(|(_, value)| value);
        match asked {
            Asked::In(values) => value.is_some_and(|value| values.contains(value)),
            Asked::NotIn(values) => value.is_none_or(|value| !values.contains(value)),
            Asked::Exists => value.is_some(),
            Asked::Missing => value.is_none(),
        }
    })
}

fn fits_namespace(model: &Model, selector: &Selector, namespace: usize) -> bool {
    let namespace = &model.namespaces[namespace];
    let mut labels = namespace.labels.clone();
    labels.push(("kubernetes.io/metadata.name".into(), namespace.name.clone()));
    fits(selector, &labels)
}

fn matches_peer(model: &Model, rule: &Rule, namespace: usize, (other, address): (Point, IpAddr)) -> bool {
    rule.peers.is_empty()
        || rule.peers.iter().any(|peer| match peer {
            Peer::Pods { namespaces, pods } => {
                let Point::Pod(number) = other else { return false };
                let pod = &model.pods[number];
                let home = match namespaces {
                    Some(selector) => fits_namespace(model, selector, pod.namespace),
                    None => pod.namespace == namespace,
                };
                !pod.host && home && pods.as_ref().is_none_or(|selector| fits(selector, &pod.labels))
            }
            Peer::Block { cidr, except } => {
                inside(address, *cidr) && !except.iter().any(|hole| inside(address, *hole))
            }
            Peer::Nodes(selector) => model
                .nodes
                .iter()
                .any(|(labels, addresses)| fits(selector, labels) && addresses.contains(&address)),
        })
}

fn matches_port(model: &Model, rule: &Rule, target: Point, protocol: &str, port: u16) -> bool {
    rule.ports.is_empty()
        || rule.ports.iter().any(|asked| match asked {
            Port::Any(one) => *one == protocol,
            Port::Range(one, first, last) => *one == protocol && (*first..=*last).contains(&port),
            Port::Named(one, name) => {
                let Point::Pod(pod) = target else { return false };
                let wide = rule.action != "Accept" || model.is_wide(rule);
                !model.pods[pod].host
                    && model.pods[pod].ports.iter().any(|(own, spoken, number)| {
                        own == name && *number == port && *spoken == protocol && (wide || one == spoken)
                    })
            }
        })
}

impl Model {
    /// Whether a rule is one of the whole cluster: its named ports have no protocol.
    fn is_wide(&self, rule: &Rule) -> bool {
        let mut rules = self.wide.iter().flat_map(|policy| policy.ingress.iter().chain(&policy.egress));
        rules.any(|one| std::ptr::eq(one, rule))
    }
}

fn inside(address: IpAddr, (base, bits): (IpAddr, u8)) -> bool {
    let keep = |value: u128, width: u8| {
        if bits == 0 { 0 } else { value >> (width - bits) }
    };
    match (address, base) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            keep(u32::from(one).into(), 32) == keep(u32::from(other).into(), 32)
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => keep(u128::from(one), 128) == keep(u128::from(other), 128),
        _ => false,
    }
}
