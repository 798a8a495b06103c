//! What the objects of a cluster say about who talks to whom: Services that a workload's environment, arguments and
//! ConfigMaps name, and ways in from outside; and who asks the cluster's DNS.

use super::{Side, Wanted};
use crate::{Cidr, End, Endpoint, Exposure, Network, PortSet, Protocol, Reach, Service, target_in};
use seawall_model::{At, Cluster, Labels, PodAt, UNSET_NAMESPACE, WellKnown};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of a workload's settings that are looked through.
const MOST: usize = 4 << 20;
/// The labels of the cluster's DNS, where its pods are not in the input (kubeadm and every large provider).
const DNS: (&str, &str, &str) = ("kube-system", "k8s-app", "kube-dns");

/// A Service by what it leads to.
struct Known<'a> {
    service: Service<'a>,
    /// Workloads and addresses outside, each with its ports by the Service's port.
    targets: Vec<(Side, Vec<(u16, PortSet)>)>,
}

/// Namespace and name of a Service.
type Key<'a> = (Option<&'a str>, &'a str);
/// By namespace (empty: the unnamed one) and name.
type ByName<'a> = BTreeMap<&'a str, BTreeMap<&'a str, Known<'a>>>;

/// Every workload asks the cluster's DNS.
pub fn name_lookups(reach: &Reach) -> Vec<Wanted> {
    let ports = PortSet::of([(Protocol::Udp, 53, 53), (Protocol::Tcp, 53, 53)]);
    let dns = dns(reach);
    let pairs = (0..reach.workloads().len()).flat_map(|number| {
        let from = Side::Workload(number);
        dns.iter().filter(move |to| **to != Side::Workload(number)).map(move |to| (from.clone(), to.clone()))
    });
    let because = "names are looked up";
    pairs.map(|(from, to)| Wanted { from, to, ports: ports.clone(), because: because.to_owned() }).collect()
}

/// What the objects declare, and what cannot be known from them, in words.
pub fn declared(cluster: &Cluster, network: &Network, reach: &Reach) -> (Vec<Wanted>, Vec<String>) {
    let services = services(network, reach);
    let mut wanted: BTreeMap<(Side, Side), (PortSet, BTreeSet<String>)> = BTreeMap::new();
    let mut want = |from: Side, to: Side, ports: &PortSet, because: String| {
        let (all, reasons) = wanted.entry((from, to)).or_default();
        all.unite(ports);
        reasons.insert(because);
    };
    let mut notes = BTreeSet::new();
    let mut called: BTreeSet<Key<'_>> = BTreeSet::new();
    for (number, _) in reach.workloads().iter().enumerate() {
        let first = reach.pods_of_workload(number).next().and_then(|pod| reach.pods().get(pod));
        let Some(pod) = first.and_then(crate::ReachPod::at) else { continue };
        for (key, port) in mentions(cluster, pod, &services) {
            let known = services.get(key.0.unwrap_or("")).and_then(|names| names.get(key.1));
            let Some(known) = known else { continue };
            called.insert(key);
            for (target, ports) in &known.targets {
                let ports = open(ports, port);
                if !ports.is_empty() {
                    let name = known.service.object().name();
                    let because = format!("its settings name the Service {name}");
                    want(Side::Workload(number), target.clone(), &ports, because);
                }
            }
        }
    }
    for known in services.values().flat_map(BTreeMap::values) {
        let object = known.service.object();
        let key = (object.namespace(), object.name());
        let ways = ways_in(network, known.service);
        for (target, ports) in &known.targets {
            let ports = open(ports, None);
            // Beyond addresses outside there is nothing that a policy could be for.
            for way in ways.iter().filter(|_| matches!(target, Side::Workload(_))) {
                want(Side::Anyone, target.clone(), &ports, way.clone());
            }
        }
        if ways.is_empty() && !called.contains(&key) && !known.targets.is_empty() && !is_dns(known.service) {
            notes.insert(format!(
                "nothing in the input names the Service {}/{}: nobody is let in to it",
                key.0.unwrap_or(seawall_model::UNSET_NAMESPACE),
                key.1
            ));
        }
    }
    let wanted = wanted.into_iter().map(|((from, to), (ports, reasons))| {
        let because = reasons.into_iter().collect::<Vec<_>>().join("; ");
        Wanted { from, to, ports, because }
    });
    (wanted.collect(), notes.into_iter().collect())
}

/// The Services that lead somewhere, by namespace and name.
fn services<'a>(network: &'a Network, reach: &Reach) -> ByName<'a> {
    let mut out = ByName::new();
    let mut pods: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (number, pod) in reach.pods().iter().enumerate() {
        pods.entry(pod.namespace()).or_default().push(number);
    }
    for namespace in network.namespaces() {
        // Pods of equal labels are looked at together.
        let mut groups: BTreeMap<usize, Vec<(usize, PodAt<'_>)>> = BTreeMap::new();
        for &number in pods.get(&namespace.name()).into_iter().flatten() {
            let at = reach.pods().get(number).and_then(crate::ReachPod::at);
            if let Some((at, group)) = at.and_then(|at| Some((at, namespace.group_of(at)?))) {
                groups.entry(group).or_default().push((number, at));
            }
        }
        for service in namespace.services().filter(|service| service.selects()) {
            let mut targets: BTreeMap<usize, BTreeSet<(u16, Protocol, u16)>> = BTreeMap::new();
            let selected = namespace.groups.select_map(service.get("selector")).sure;
            for &(number, at) in selected.iter().filter_map(|group| groups.get(&group)).flatten() {
                let Some(workload) = reach.workload_of(number) else { continue };
                let ports = service.ports().filter_map(|port| {
                    let (protocol, number) = target_in(at, port.protocol?, port.target)?;
                    Some((port.port?, protocol, number))
                });
                targets.entry(workload).or_default().extend(ports);
            }
            let sides = targets.into_iter().map(|(workload, ports)| (Side::Workload(workload), ports));
            add(&mut out, service, sides);
        }
    }
    for service in network.services_with_endpoints() {
        let mut targets: BTreeMap<Side, BTreeSet<(u16, Protocol, u16)>> = BTreeMap::new();
        for endpoint in network.endpoints_of(service) {
            let ports = service.ports().filter_map(|port| {
                let (protocol, number) = endpoint.port(port.at.key("name").text().unwrap_or(""))?;
                Some((port.port?, protocol, number))
            });
            let ports: BTreeSet<_> = ports.collect();
            for side in endpoint_sides(reach, service, endpoint) {
                targets.entry(side).or_default().extend(&ports);
            }
        }
        add(&mut out, service, targets);
    }
    out
}

/// Adds what a Service leads to.
fn add<'a>(
    out: &mut ByName<'a>,
    service: Service<'a>,
    targets: impl IntoIterator<Item = (Side, BTreeSet<(u16, Protocol, u16)>)>,
) {
    let object = service.object();
    let names = out.entry(object.namespace().unwrap_or("")).or_default();
    let known = names.entry(object.name()).or_insert_with(|| Known { service, targets: Vec::new() });
    known.targets.extend(targets.into_iter().map(|(side, ports)| {
        let ports = ports.into_iter().map(|(own, protocol, number)| (own, PortSet::one(protocol, number)));
        (side, ports.collect())
    }));
}

/// What an endpoint is: a workload, or addresses outside.
fn endpoint_sides(reach: &Reach, service: Service<'_>, endpoint: Endpoint<'_>) -> Vec<Side> {
    let workload = |end| match end {
        End::Pod(pod) => reach.workload_of(pod).map(Side::Workload),
        _ => None,
    };
    if let Some(name) = endpoint.pod() {
        let namespace = service.object().namespace().unwrap_or(UNSET_NAMESPACE);
        let found = reach.find(&format!("{namespace}/{name}")).ok().and_then(workload);
        if let Some(side) = found {
            return vec![side];
        }
    }
    let side = |address| workload(reach.end_of(address)).unwrap_or_else(|| Side::Block(Cidr::of(address)));
    endpoint.addresses().map(side).collect()
}

/// The pods' ports behind one port of a Service, or behind all.
fn open(ports: &[(u16, PortSet)], port: Option<u16>) -> PortSet {
    let mut out = PortSet::default();
    let wanted = ports.iter().filter(|(own, _)| port.is_none_or(|port| port == *own));
    wanted.for_each(|(_, ports)| out.unite(ports));
    out
}

/// How the outside gets to a Service, in words.
fn ways_in(network: &Network, service: Service<'_>) -> Vec<String> {
    let mut ways: Vec<String> = network
        .exposures_of_service(service)
        .into_iter()
        .map(|exposure| {
            let name = service.object().name();
            match exposure {
                Exposure::Ingress(_, at) => format!("the Ingress {} leads to it", at.object().name()),
                Exposure::Route(_, at) => {
                    format!("the {} {} leads to it", at.object().kind(), at.object().name())
                }
                _ => format!("the Service {name} of type {} lets the outside in", service.kind()),
            }
        })
        .collect();
    ways.sort();
    ways.dedup();
    ways
}

fn is_dns(service: Service<'_>) -> bool {
    let (namespace, key, value) = DNS;
    service.object().namespace() == Some(namespace) && service.get("selector").key(key).str() == Some(value)
}

/// The cluster's DNS: its workloads, or its pods by their labels.
fn dns(reach: &Reach) -> Vec<Side> {
    let (namespace, key, value) = DNS;
    let found: BTreeSet<usize> = (reach.pods().iter().enumerate())
        .filter(|(_, pod)| pod.namespace() == Some(namespace))
        .filter(|(_, pod)| pod.at().is_some_and(|pod| Labels::of(pod.labels()).get(key) == Some(value)))
        .filter_map(|(number, _)| reach.workload_of(number))
        .collect();
    if !found.is_empty() {
        return found.into_iter().map(Side::Workload).collect();
    }
    vec![Side::Pods { namespace: namespace.into(), labels: vec![(key.into(), value.into())] }]
}

/// The Services that a pod's settings name, with the port where one stands beside the name.
fn mentions<'a>(
    cluster: &Cluster,
    pod: PodAt<'_>,
    services: &ByName<'a>,
) -> BTreeSet<(Key<'a>, Option<u16>)> {
    let mut out = BTreeSet::new();
    let mut left = MOST;
    let mut look = |text: &str, whole: bool| {
        let Some(rest) = left.checked_sub(text.len()) else { return };
        left = rest;
        for (host, port, sure) in hosts(text) {
            // A lone word may be anything; with a port, a dot or a scheme it is an address.
            if !(whole || sure) {
                continue;
            }
            let mut parts = host.split('.');
            let name = parts.next().unwrap_or("");
            let namespace = parts.next();
            let tail: Vec<&str> = parts.collect();
            if !(tail.is_empty() || tail[0] == "svc") {
                continue;
            }
            let home = namespace.map_or(pod.namespace(), Some);
            let known = services.get(home.unwrap_or("")).and_then(|names| names.get(name));
            out.extend(known.map(|known| {
                let object = known.service.object();
                ((object.namespace(), object.name()), port)
            }));
        }
    };
    for container in pod.containers() {
        for env in container.get("env").items() {
            env.key("value").text().into_iter().for_each(|text| look(text, is_word(text)));
            let reference = env.get("valueFrom.configMapKeyRef");
            if let (Some(name), Some(key)) = (reference.key("name").str(), reference.key("key").str()) {
                let text = config_map(cluster, pod, name).and_then(|map| map.get("data").key(key).text());
                text.into_iter().for_each(|text| look(text, is_word(text)));
            }
        }
        for from in container.get("envFrom").items() {
            let map = from.get("configMapRef.name").str().and_then(|name| config_map(cluster, pod, name));
            let texts = map.into_iter().flat_map(|map| map.get("data").entries());
            texts.filter_map(|(_, at)| at.text()).for_each(|text| look(text, is_word(text)));
        }
        for list in ["command", "args"] {
            container.get(list).items().filter_map(At::text).for_each(|text| look(text, false));
        }
    }
    for volume in pod.volumes() {
        let map = volume.get("configMap.name").str().and_then(|name| config_map(cluster, pod, name));
        let texts = map.into_iter().flat_map(|map| map.get("data").entries());
        texts.filter_map(|(_, at)| at.text()).for_each(|text| look(text, false));
    }
    out
}

fn config_map<'c>(cluster: &'c Cluster, pod: PodAt<'_>, name: &str) -> Option<At<'c>> {
    cluster.find(WellKnown::ConfigMap, pod.namespace(), name).map(|object| object.at())
}

/// Whether a setting is one host name and nothing else.
fn is_word(text: &str) -> bool {
    hosts(text).next().is_some_and(|(host, ..)| host == text.trim())
}

/// Host names in a text, with the port behind them; `true` where a port, a dot or a scheme makes it an address.
fn hosts(text: &str) -> impl Iterator<Item = (&str, Option<u16>, bool)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.find(is_part)?;
        let rest = text.get(start..)?;
        let end = start + rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        at = end;
        let host = text.get(start..end)?.trim_matches(['.', '-']);
        let digits = text.get(end..)?.strip_prefix(':').unwrap_or("");
        let digits = digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
        let port: Option<u16> = digits.parse().ok();
        let before = text.get(..start)?;
        let scheme = before.ends_with("://").then(|| before.trim_end_matches("://"));
        let default = scheme.and_then(|scheme| match scheme {
            scheme if scheme.ends_with("https") => Some(443),
            scheme if scheme.ends_with("http") => Some(80),
            _ => None,
        });
        let sure = port.is_some() || host.contains('.') || scheme.is_some() || before.ends_with('@');
        Some((host, port.or(default), sure))
    })
}

#[cfg(test)]
mod tests {
    use super::{hosts, is_word};

    #[test]
    fn hosts_stand_in_addresses() {
        let found: Vec<_> = hosts("postgres://u:p@db.shop.svc:5432/x, http://web/ cache:6379 word").collect();
        assert!(found.contains(&("db.shop.svc", Some(5432), true)));
        assert!(found.contains(&("web", Some(80), true)));
        assert!(found.contains(&("cache", Some(6379), true)));
        assert!(found.contains(&("word", None, false)));
        assert!(is_word(" redis ") && !is_word("redis server") && !is_word("redis:6379"));
    }
}
