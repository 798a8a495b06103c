//! Where Services lead that select nothing: EndpointSlices (and Endpoints, from which a controller mirrors slices), to pods
//! and to addresses outside. Slices that somebody adds to a Service with a selector count too; those that the controller
//! makes from a selector say nothing new (`kubernetes.io/service-name`, KEP-752).

use crate::kinds::uses_host_network;
use crate::{Network, Protocol, Service, parse_address};
use core::net::IpAddr;
use foldhash::HashMap;
use seawall_model::{At, Cluster, Labels, Object, PodAt, WellKnown, matches_map};
use seawall_yaml::NodeId;
use std::sync::Arc;

/// The label of a slice with the name of its Service.
const SERVICE: &str = "kubernetes.io/service-name";
/// Who makes a slice.
const MANAGER: &str = "endpointslice.kubernetes.io/managed-by";
/// The controllers that make slices from a selector, and from Endpoints.
const FROM_SELECTOR: &str = "endpointslice-controller.k8s.io";
const FROM_ENDPOINTS: &str = "endpointslicemirroring-controller.k8s.io";

/// One endpoint of a Service.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint<'a> {
    /// Where it stands.
    pub at: At<'a>,
    /// The list of ports that is for it.
    ports: At<'a>,
}

/// Namespace and name.
type Key = (Option<Box<str>>, Box<str>);

/// An endpoint as it is kept.
#[derive(Clone, Debug)]
struct Place {
    service: Arc<Object>,
    object: Arc<Object>,
    at: NodeId,
    ports: NodeId,
}

/// Endpoints by their Service, and by the pod or the address that they name.
#[derive(Debug, Default)]
pub(crate) struct Endpoints {
    services: HashMap<Key, Vec<Place>>,
    pods: HashMap<Key, Vec<Place>>,
    addresses: HashMap<IpAddr, Vec<Place>>,
}

impl Place {
    fn endpoint(&self) -> Endpoint<'_> {
        Endpoint { at: At::new(&self.object, self.at), ports: At::new(&self.object, self.ports) }
    }
}

impl<'a> Endpoint<'a> {
    /// The name of the pod that it says it is, in the Service's namespace.
    pub fn pod(self) -> Option<&'a str> {
        let target = self.at.key("targetRef");
        (target.key("kind").str() == Some("Pod")).then(|| target.key("name").str())?
    }

    /// Its addresses; none where a slice names hosts instead (`addressType: FQDN`).
    pub fn addresses(self) -> impl Iterator<Item = IpAddr> + use<'a> {
        let listed = self.at.key("addresses").items().filter_map(At::str);
        self.at.key("ip").str().into_iter().chain(listed).filter_map(parse_address)
    }

    /// Whether it takes connections: what is not said is yes (`discovery/v1` `EndpointConditions`).
    pub fn is_ready(self) -> bool {
        let condition = |name| self.at.key("conditions").key(name).bool();
        condition("ready") != Some(false) || condition("serving") == Some(true)
    }

    /// The port behind the Service's port of this name (empty: the one without).
    pub fn port(self, name: &str) -> Option<(Protocol, u16)> {
        self.ports.items().find(|port| port.key("name").text().unwrap_or("") == name).and_then(|port| {
            let protocol = port.key("protocol").text().filter(|text| !text.is_empty()).unwrap_or("TCP");
            let number = port.key("port").int().and_then(|port| u16::try_from(port).ok())?;
            Some((Protocol::parse(protocol)?, number)).filter(|_| number != 0)
        })
    }
}

impl Endpoints {
    pub(crate) fn new(cluster: &Cluster) -> Self {
        let mut found = Self::default();
        for object in cluster.of(WellKnown::EndpointSlice) {
            let (manager, name) = (object.label(MANAGER), object.label(SERVICE));
            let service = name.and_then(|name| cluster.find(WellKnown::Service, object.namespace(), name));
            if manager == Some(FROM_SELECTOR) && service.is_some_and(|one| Service::new(one).selects()) {
                continue;
            }
            // What is mirrored stands in the Endpoints, if these are here.
            let mirrored = manager == Some(FROM_ENDPOINTS)
                && name.is_some_and(|name| {
                    cluster.find(WellKnown::Endpoints, object.namespace(), name).is_some()
                });
            if let Some(name) = name.filter(|_| !mirrored) {
                found.add(cluster, object, name);
            }
        }
        for object in cluster.of(WellKnown::Endpoints) {
            let service = cluster.find(WellKnown::Service, object.namespace(), object.name());
            if service.is_some_and(|service| !Service::new(service).selects()) {
                found.add(cluster, object, object.name());
            }
        }
        found
    }

    fn add(&mut self, cluster: &Cluster, object: &Arc<Object>, service: &str) {
        let namespace = object.namespace();
        let Some(service) = cluster.find(WellKnown::Service, namespace, service) else { return };
        if Service::new(service).kind() == "ExternalName" {
            return;
        }
        for endpoint in endpoints(object).filter(|endpoint| endpoint.is_ready()) {
            let (at, ports) = (endpoint.at.nearest().id(), endpoint.ports.nearest().id());
            let place = Place { service: service.clone(), object: object.clone(), at, ports };
            if let Some(pod) = endpoint.pod() {
                self.pods.entry((namespace.map(Into::into), pod.into())).or_default().push(place.clone());
            } else {
                for address in endpoint.addresses() {
                    self.addresses.entry(address).or_default().push(place.clone());
                }
            }
            let key = (namespace.map(Into::into), service.name().into());
            self.services.entry(key).or_default().push(place);
        }
    }
}

/// The endpoints that an EndpointSlice or Endpoints lists.
fn endpoints(object: &Arc<Object>) -> Box<dyn Iterator<Item = Endpoint<'_>> + '_> {
    let root = object.at();
    if object.well_known() == WellKnown::EndpointSlice {
        let ports = root.key("ports");
        return Box::new(root.key("endpoints").items().map(move |at| Endpoint { at, ports }));
    }
    Box::new(root.key("subsets").items().flat_map(move |subset| {
        let ports = subset.key("ports");
        subset.key("addresses").items().map(move |at| Endpoint { at, ports })
    }))
}

impl Network {
    /// The endpoints that a Service has beside the pods that it selects, those that take no connections left out.
    pub fn endpoints_of<'a>(&'a self, service: Service<'_>) -> impl Iterator<Item = Endpoint<'a>> + use<'a> {
        let key = (service.object().namespace().map(Into::into), service.object().name().into());
        self.endpoints.services.get(&key).into_iter().flatten().map(Place::endpoint)
    }

    /// The Services that have endpoints beside the pods that they select, in order of namespace and name.
    pub fn services_with_endpoints(&self) -> impl Iterator<Item = Service<'_>> {
        let mut services: Vec<&Arc<Object>> = self
            .endpoints
            .services
            .values()
            .filter_map(|places| places.first())
            .map(|place| &place.service)
            .collect();
        services.sort_by_key(|service| (service.namespace(), service.name()));
        services.into_iter().map(Service::new)
    }

    /// The endpoints that are a pod, with their Services.
    pub(crate) fn endpoints_at<'a>(&'a self, pod: PodAt<'_>) -> Vec<(Service<'a>, Endpoint<'a>)> {
        let object = pod.object();
        if object.well_known() != WellKnown::Pod {
            return Vec::new();
        }
        let known = &self.endpoints;
        let key = (object.namespace().map(Into::into), object.name().into());
        let mut found: Vec<&Place> = known.pods.get(&key).into_iter().flatten().collect();
        if !known.addresses.is_empty() && !uses_host_network(pod) {
            found.extend(addresses(object).filter_map(|address| known.addresses.get(&address)).flatten());
        }
        found.into_iter().map(|place| (Service::new(&place.service), place.endpoint())).collect()
    }

    /// The Services that lead to a pod by an endpoint and do not select it.
    pub(crate) fn endpoint_services_of<'a>(&'a self, pod: PodAt<'_>) -> Vec<Service<'a>> {
        let mut found: Vec<Service<'a>> =
            self.endpoints_at(pod).into_iter().map(|(service, _)| service).collect();
        found.sort_by_key(|service| Arc::as_ptr(service.object()));
        found.dedup_by_key(|service| Arc::as_ptr(service.object()));
        found.retain(|service| {
            let labels = Labels::of(pod.labels());
            !service.selects() || matches_map(service.get("selector"), labels) != Some(true)
        });
        found
    }
}

/// The addresses in a pod's status.
fn addresses(pod: &Arc<Object>) -> impl Iterator<Item = IpAddr> + '_ {
    let status = pod.at().key("status");
    let listed = status.key("podIPs").items().filter_map(|entry| entry.key("ip").str());
    // The one of `podIP` stands in `podIPs` too, where these are written.
    let one = status.key("podIP").str().filter(|_| !status.key("podIPs").exists());
    one.into_iter().chain(listed).filter_map(parse_address)
}
