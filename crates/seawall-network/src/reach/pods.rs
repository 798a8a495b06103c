//! Which pods there are, what they are called, and which of them are alike.

use crate::Protocol;
use crate::kinds::uses_host_network;
use crate::{Cidr, Family, parse_address};
use core::fmt;
use core::net::IpAddr;
use foldhash::{HashMap, HashSet};
use seawall_model::{At, Cluster, ContainerSort, Object, PodAt, UNSET_NAMESPACE, WellKnown};
use std::sync::Arc;

/// A workload: what the owner of some pods is, or a pod without one.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Workload {
    /// Its namespace; `None` is the unnamed one.
    pub namespace: Option<Box<str>>,
    /// Its name.
    pub name: Box<str>,
    /// Its kind.
    pub kind: Box<str>,
}

impl Workload {
    /// Its namespace as it is shown.
    pub fn namespace_shown(&self) -> &str {
        self.namespace.as_deref().unwrap_or(UNSET_NAMESPACE)
    }

    /// Whether a word of a question means its namespace. The unnamed one is meant by how it is shown, and by `default`,
    /// where `kubectl apply` puts what names none.
    pub fn is_in(&self, namespace: &str) -> bool {
        match self.namespace.as_deref() {
            Some(own) => own == namespace,
            None => is_unnamed(namespace),
        }
    }
}

/// Whether a word of a question may mean the unnamed namespace.
pub(super) fn is_unnamed(namespace: &str) -> bool {
    matches!(namespace, "default" | UNSET_NAMESPACE)
}

/// `shop/web[Deployment]`.
impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}[{}]", self.namespace_shown(), self.name, self.kind)
    }
}

/// A pod, or the template of a workload that has none.
#[derive(Clone, Debug)]
pub struct ReachPod {
    pub(crate) object: Arc<Object>,
    pub(crate) template: usize,
    pub(crate) workload: u32,
    pub(crate) group: u32,
    pub(crate) addresses: Vec<IpAddr>,
    /// Addresses of its node.
    pub(crate) host: Vec<IpAddr>,
}

/// The named ports of a pod's containers, sorted.
pub(crate) type NamedPorts = Vec<(Protocol, Box<str>, u16)>;

impl ReachPod {
    /// The pod or template.
    pub fn at(&self) -> Option<PodAt<'_>> {
        self.object.pods().nth(self.template)
    }

    /// The object it is, or the workload whose template it is.
    pub fn object(&self) -> &Arc<Object> {
        &self.object
    }

    /// Its namespace; `None` is the unnamed one.
    pub fn namespace(&self) -> Option<&str> {
        self.object.namespace()
    }

    /// The name of the pod, or of the workload whose template it is.
    pub fn name(&self) -> &str {
        self.object.name()
    }

    /// Whether it is a template and stands for pods that are not in the input.
    pub fn is_template(&self) -> bool {
        self.object.well_known() != WellKnown::Pod
    }

    /// Its addresses, as far as they are known.
    pub fn addresses(&self) -> &[IpAddr] {
        &self.addresses
    }

    /// Whether it uses its node's network.
    pub fn uses_host_network(&self) -> bool {
        self.at().is_some_and(uses_host_network)
    }

    /// The node that it runs on, if it is known.
    pub fn node(&self) -> Option<&str> {
        self.at()?.get("nodeName").str().filter(|name| !name.is_empty())
    }
}

/// What made an object: kind and name of its controller, else of its first owner, since files written by hand leave
/// `controller` out. Mirrors of static pods belong to their Node, which is no workload.
fn controller(object: &Object) -> Option<(&str, &str)> {
    let first = || object.root().get("metadata")?.get("ownerReferences")?.items().next();
    let owner = object.controller().or_else(first)?;
    let kind = owner.get("kind")?.as_str().filter(|kind| *kind != "Node")?;
    Some((kind, owner.get("name")?.as_str()?))
}

/// The pods of a cluster with their workloads, in order of namespace.
pub(super) fn collect(cluster: &Cluster) -> (Vec<ReachPod>, Vec<Workload>) {
    type Key<'a> = (Option<&'a str>, &'a str, &'a str);
    let mut makers: HashMap<Key<'_>, (&str, &str)> = HashMap::default();
    for kind in [WellKnown::ReplicaSet, WellKnown::Job] {
        for object in cluster.of(kind) {
            if let Some(owner) = controller(object) {
                makers.insert((object.namespace(), object.kind(), object.name()), owner);
            }
        }
    }
    let mut with_pods: HashSet<Key<'_>> = HashSet::default();
    let mut found: Vec<(&Arc<Object>, usize, Key<'_>)> = Vec::new();
    for object in cluster.of(WellKnown::Pod).filter(|object| is_last(cluster, object)) {
        let namespace = object.namespace();
        let top = controller(object).map(|(kind, name)| {
            with_pods.insert((namespace, kind, name));
            let (kind, name) = makers.get(&(namespace, kind, name)).copied().unwrap_or((kind, name));
            with_pods.insert((namespace, kind, name));
            (namespace, kind, name)
        });
        // Pods that have ended keep their addresses in the status, and nobody answers there.
        let phase = object.at().get("status.phase").str();
        if object.pods().next().is_some() && !matches!(phase, Some("Succeeded" | "Failed")) {
            found.push((object, 0, top.unwrap_or((namespace, "Pod", object.name()))));
        }
    }
    for object in cluster.objects() {
        let key = (object.namespace(), object.kind(), object.name());
        let is_made = makers.get(&key).is_some_and(|(kind, name)| {
            let kind = WellKnown::of(if *kind == "CronJob" { "batch" } else { "apps" }, kind);
            kind == WellKnown::Other || cluster.find(kind, key.0, name).is_some()
        });
        let other = matches!(object.well_known(), WellKnown::Pod | WellKnown::PodTemplate);
        if other || is_made || with_pods.contains(&key) || !is_last(cluster, object) {
            continue;
        }
        found.extend(object.pods().enumerate().map(|(template, _)| (object, template, key)));
    }
    found.sort_by_key(|entry| entry.0.namespace());
    let mut numbers: HashMap<Key<'_>, u32> = HashMap::default();
    let mut workloads = Vec::new();
    let pods = found.into_iter().map(|(object, template, key)| {
        let workload = *numbers.entry(key).or_insert_with(|| {
            let (namespace, kind, name) = key;
            let (name, kind) = (name.into(), kind.into());
            workloads.push(Workload { namespace: namespace.map(Into::into), name, kind });
            workloads.len() as u32 - 1
        });
        pod(object, template, workload)
    });
    let mut pods: Vec<ReachPod> = pods.collect();
    sort(&mut pods, &mut workloads);
    (pods, workloads)
}

/// Workloads in order of their names: what is told of them is in this order.
fn sort(pods: &mut [ReachPod], workloads: &mut Vec<Workload>) {
    let mut order: Vec<(Workload, u32)> = workloads.drain(..).zip(0..).collect();
    order.sort();
    let mut new = vec![0; order.len()];
    for ((workload, old), number) in order.into_iter().zip(0..) {
        if let Some(place) = new.get_mut(old as usize) {
            *place = number;
        }
        workloads.push(workload);
    }
    for pod in pods {
        pod.workload = new.get(pod.workload as usize).copied().unwrap_or(0);
    }
}

/// Of several variants of one object the last one in path order counts.
fn is_last(cluster: &Cluster, object: &Arc<Object>) -> bool {
    object.well_known() == WellKnown::Other
        || cluster
            .find(object.well_known(), object.namespace(), object.name())
            .is_none_or(|last| Arc::ptr_eq(last, object))
}

fn pod(object: &Arc<Object>, template: usize, workload: u32) -> ReachPod {
    let (mut addresses, mut host) = (Vec::new(), Vec::new());
    if object.well_known() == WellKnown::Pod {
        let status = object.at().key("status");
        read(&mut addresses, status.key("podIP"), status.key("podIPs"));
        read(&mut host, status.key("hostIP"), status.key("hostIPs"));
        if object.pods().nth(template).is_some_and(uses_host_network) && addresses.is_empty() {
            addresses.clone_from(&host);
        }
    }
    ReachPod { object: object.clone(), template, workload, group: 0, addresses, host }
}

/// One address of each family, as `status` lists them.
fn read(into: &mut Vec<IpAddr>, one: At<'_>, all: At<'_>) {
    let listed = all.items().filter_map(|entry| entry.key("ip").str().or(entry.str()));
    for address in one.str().into_iter().chain(listed).filter_map(parse_address) {
        if into.iter().all(|known| known.is_ipv4() != address.is_ipv4()) {
            into.push(address);
        }
    }
}

/// The named ports of its containers: of regular ones and sidecars, as Services look them up too.
pub(super) fn named_ports(pod: PodAt<'_>) -> NamedPorts {
    let mut ports = NamedPorts::new();
    let listens = |sort| matches!(sort, ContainerSort::Regular | ContainerSort::Sidecar);
    for container in pod.containers().filter(|container| listens(container.sort())) {
        for port in container.get("ports").items() {
            let protocol = port.key("protocol").text().filter(|text| !text.is_empty()).unwrap_or("TCP");
            let number = port.key("containerPort").int().and_then(|port| u16::try_from(port).ok());
            let name = port.key("name").text().filter(|name| !name.is_empty());
            if let (Some(protocol), Some(number), Some(name)) = (Protocol::parse(protocol), number, name) {
                ports.push((protocol, name.into(), number));
            }
        }
    }
    ports.sort_unstable();
    ports.dedup();
    ports
}

/// The families of addresses that pods of the cluster have, as far as the input shows; IPv4 where it does not.
pub(super) fn families(cluster: &Cluster, pods: &[ReachPod]) -> [bool; 2] {
    let mut seen = [false; 2];
    let mut see = |text: &str| match text.bytes().find(|byte| matches!(byte, b'.' | b':')) {
        Some(b'.') => seen[Family::V4 as usize] = true,
        Some(_) => seen[Family::V6 as usize] = true,
        None => {}
    };
    for object in cluster.of(WellKnown::Node) {
        object.at().get("spec.podCIDRs").items().filter_map(At::str).for_each(&mut see);
        object.at().get("spec.podCIDR").str().into_iter().for_each(&mut see);
    }
    for object in cluster.of(WellKnown::Service) {
        object.at().get("spec.clusterIPs").items().filter_map(At::str).for_each(&mut see);
        object.at().get("spec.clusterIP").str().into_iter().for_each(&mut see);
        for family in object.at().get("spec.ipFamilies").items().filter_map(At::str) {
            see(if family == "IPv6" { ":" } else { "." });
        }
    }
    for address in pods.iter().flat_map(|pod| &pod.addresses) {
        see(if address.is_ipv4() { "." } else { ":" });
    }
    let known = seen != [false; 2];
    let nodes = cluster.of(WellKnown::Node).flat_map(super::tiers::addresses_of_node);
    let hosts = pods.iter().flat_map(|pod| pod.host.iter().copied());
    // Pods mostly have what their nodes have.
    for address in nodes.chain(hosts).take_while(|_| !known) {
        seen[usize::from(!address.is_ipv4())] = true;
    }
    if seen == [false; 2] { [true, false] } else { seen }
}

/// The ranges from which pods get their addresses, as far as the input names them.
pub(super) fn ranges(cluster: &Cluster) -> Vec<Cidr> {
    let mut found = Vec::new();
    for object in cluster.of(WellKnown::Node) {
        found.extend(object.at().get("spec.podCIDR").str().map(str::to_owned));
        found.extend(object.at().get("spec.podCIDRs").items().filter_map(At::str).map(str::to_owned));
    }
    for object in cluster.of(WellKnown::ClusterConfiguration) {
        let subnets = object.at().get("networking.podSubnet").str().unwrap_or("");
        found.extend(subnets.split(',').map(str::to_owned));
    }
    found.sort_unstable();
    found.dedup();
    found.iter().filter_map(|text| Cidr::parse(text.trim()).ok()).collect()
}
