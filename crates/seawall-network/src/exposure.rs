//! What makes a pod reachable from outside the cluster.

use crate::kinds::uses_host_network;
use crate::{Network, Service};
use foldhash::HashMap;
use seawall_model::{At, Cluster, Object, PodAt, WellKnown};
use seawall_yaml::NodeId;
use std::sync::Arc;

/// One way in.
#[derive(Clone, Copy, Debug)]
pub enum Exposure<'a> {
    /// The pod uses its node's network: every port it opens is the node's.
    HostNetwork(At<'a>),
    /// A port of the node leads to a container.
    HostPort(At<'a>),
    /// A Service opens a port on every node.
    NodePort(Service<'a>),
    /// A Service has a load balancer that is not kept inside the private network.
    LoadBalancer(Service<'a>),
    /// A Service has a load balancer inside the private network.
    InternalLoadBalancer(Service<'a>),
    /// A Service takes traffic for addresses outside the cluster.
    ExternalIp(Service<'a>),
    /// An Ingress leads to a Service: the place that names it.
    Ingress(Service<'a>, At<'a>),
    /// A route of a Gateway leads to a Service: the place that names it.
    Route(Service<'a>, At<'a>),
}

/// Places that name a Service, by the Service's namespace and name.
type Backends = HashMap<(Option<Box<str>>, Box<str>), Vec<(Arc<Object>, NodeId)>>;

/// Which Ingresses and routes lead to which Service.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    ingresses: Backends,
    routes: Backends,
}

impl Routes {
    pub(crate) fn new(cluster: &Cluster) -> Self {
        let mut routes = Self::default();
        for object in cluster.of(WellKnown::Ingress) {
            for (at, name) in ingress_backends(object) {
                add(&mut routes.ingresses, object.namespace(), name, at);
            }
        }
        let others = cluster.of(WellKnown::Other).filter(|object| {
            object.group() == "gateway.networking.k8s.io" && object.kind().ends_with("Route")
        });
        for object in cluster.of(WellKnown::HTTPRoute).chain(others) {
            // A route whose parent is a Service steers traffic inside the cluster (GAMMA).
            let inside = |parent: At<'_>| parent.key("kind").str() == Some("Service");
            let mut parents = object.at().get("spec.parentRefs").items().peekable();
            if parents.peek().is_some() && parents.all(inside) {
                continue;
            }
            for rule in object.at().get("spec.rules").items() {
                for backend in rule.key("backendRefs").items() {
                    let is_service = backend.key("kind").str().unwrap_or("Service") == "Service";
                    if let (true, Some(name)) = (is_service, backend.key("name").str()) {
                        let namespace = backend.key("namespace").str().or(object.namespace());
                        add(&mut routes.routes, namespace, name, backend);
                    }
                }
            }
        }
        routes
    }
}

fn add(backends: &mut Backends, namespace: Option<&str>, name: &str, at: At<'_>) {
    let key = (namespace.map(Into::into), name.into());
    backends.entry(key).or_default().push((at.object().clone(), at.nearest().id()));
}

/// The Services that an Ingress leads to, with the place of each name: today's shape (`service.name`) and that of
/// `v1beta1` (`serviceName`).
pub(crate) fn ingress_backends(object: &Arc<Object>) -> impl Iterator<Item = (At<'_>, &str)> {
    let spec = object.at().key("spec");
    let paths = spec.key("rules").items().flat_map(|rule| rule.get("http.paths").items());
    let defaults = [spec.key("defaultBackend"), spec.key("backend")];
    defaults.into_iter().chain(paths.map(|path| path.key("backend"))).filter_map(|backend| {
        let name = backend.get("service.name");
        let old = backend.key("serviceName");
        let at = if name.exists() { name } else { old };
        Some((at, at.str()?))
    })
}

impl Network {
    /// The Ingresses that lead to a Service: the places that name it.
    pub fn ingresses_of(&self, service: Service<'_>) -> impl Iterator<Item = At<'_>> {
        places(&self.routes.ingresses, service)
    }

    /// The routes of Gateways that lead to a Service: the places that name it.
    pub fn routes_of(&self, service: Service<'_>) -> impl Iterator<Item = At<'_>> {
        places(&self.routes.routes, service)
    }

    /// The Services that an Ingress leads to: the place that names each, and its name.
    pub fn ingress_backends(object: &Arc<Object>) -> impl Iterator<Item = (At<'_>, &str)> {
        ingress_backends(object)
    }

    /// Everything that makes a pod reachable from outside the cluster, by what the input shows. NetworkPolicies are
    /// not considered.
    pub fn exposures_of<'a>(&'a self, pod: PodAt<'a>) -> Vec<Exposure<'a>> {
        let mut found = Vec::new();
        if uses_host_network(pod) {
            found.push(Exposure::HostNetwork(pod.get("hostNetwork")));
        }
        for container in pod.containers() {
            let ports = container.get("ports").items().map(|port| port.key("hostPort"));
            found
                .extend(ports.filter(|port| port.int().is_some_and(|port| port > 0)).map(Exposure::HostPort));
        }
        for service in self.exposed_services_of(pod) {
            found.extend(self.exposures_of_service(service));
        }
        found
    }

    /// Everything that makes a Service reachable from outside the cluster.
    pub fn exposures_of_service<'a>(&'a self, service: Service<'a>) -> Vec<Exposure<'a>> {
        let mut found = Vec::new();
        match service.kind() {
            "NodePort" => found.push(Exposure::NodePort(service)),
            "LoadBalancer" if service.has_internal_load_balancer() => {
                found.push(Exposure::InternalLoadBalancer(service));
            }
            "LoadBalancer" => found.push(Exposure::LoadBalancer(service)),
            _ => {}
        }
        if service.get("externalIPs").items().next().is_some() {
            found.push(Exposure::ExternalIp(service));
        }
        found.extend(self.ingresses_of(service).map(|at| Exposure::Ingress(service, at)));
        found.extend(self.routes_of(service).map(|at| Exposure::Route(service, at)));
        found
    }
}

fn places<'a>(backends: &'a Backends, service: Service<'_>) -> impl Iterator<Item = At<'a>> + use<'a> {
    let key = (service.object().namespace().map(Into::into), service.object().name().into());
    backends.get(&key).into_iter().flatten().map(|(object, node)| At::new(object, *node))
}
