//! What the internet reaches: Services, Ingresses, routes and ports of nodes are followed to the pods behind them, and
//! there policies are asked.

use super::{End, Reach};
use crate::address::number_of;
use crate::{Cidr, Direction, Endpoint, Exposure, Network, PortSet, Protocol, Service, target_in};
use foldhash::HashSet;
use seawall_model::{At, Labels, PodAt};
use std::sync::Arc;

/// A way from outside to a pod.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The pod, by its number in [`Reach::pods`]; one of those that are alike.
    pub pod: usize,
    /// The way.
    pub through: Exposure<'a>,
    /// The pod's ports that it leads to.
    pub ports: PortSet,
    /// The ports of these that policies surely leave open on this way.
    pub open: PortSet,
    /// The same with those of which it cannot be known.
    pub possible: PortSet,
}

/// Words in the image of a program that takes traffic from outside for others.
const CONTROLLERS: [&str; 8] =
    ["ingress", "gateway", "traefik", "haproxy", "contour", "envoy", "kong", "nginx-plus"];

impl Reach {
    /// Every way from outside to a pod. `network` must be the one that the engine was made for.
    pub fn entries<'a>(&'a self, network: &'a Network) -> Vec<Entry<'a>> {
        let mut seen = HashSet::default();
        let mut entries = Vec::new();
        for (number, pod) in self.pods.iter().enumerate() {
            // Pods that are alike in a workload are reached alike.
            let Some(at) = pod.at().filter(|_| seen.insert((pod.workload, pod.group))) else { continue };
            for through in network.exposures_of(at) {
                let entry = self.entry(network, number, at, through);
                entries.extend((!entry.ports.is_empty()).then_some(entry));
            }
        }
        entries
    }

    /// What one way leads to in a pod.
    pub fn entry<'a>(
        &self,
        network: &Network,
        pod: usize,
        at: PodAt<'_>,
        through: Exposure<'a>,
    ) -> Entry<'a> {
        let ports = ports_of((at, &network.endpoints_at(at)), &through);
        let controllers = self.controllers.get_or_init(|| self.find_controllers());
        let (open, possible) = match ports.is_empty() {
            true => Default::default(),
            false => self.open_ports(pod, &through, &ports, controllers),
        };
        Entry { pod, through, ports, open, possible }
    }

    /// Pods that look like the controllers of Ingresses and Gateways.
    fn find_controllers(&self) -> Vec<usize> {
        let is_one = |pod: PodAt<'_>| {
            pod.containers().filter_map(|container| container.image()).any(|image| {
                let name = image.rsplit('/').next().unwrap_or(image);
                let path = image.split(['@', ':']).next().unwrap_or(image);
                CONTROLLERS.iter().any(|word| name.contains(word) || path.contains(word))
            })
        };
        let pods = self.pods.iter().enumerate();
        pods.filter(|(_, pod)| pod.at().is_some_and(is_one)).map(|(number, _)| number).collect()
    }

    fn open_ports(
        &self,
        pod: usize,
        through: &Exposure<'_>,
        ports: &PortSet,
        controllers: &[usize],
    ) -> (PortSet, PortSet) {
        let both = |from: End| {
            let answer = self.between(from, End::Pod(pod));
            (answer.sure.intersection(ports), answer.possible.intersection(ports))
        };
        match through {
            Exposure::HostNetwork(_) => (ports.clone(), ports.clone()),
            Exposure::HostPort(_) => both(End::Internet),
            Exposure::Ingress(..) | Exposure::Route(..) => {
                let (mut open, mut possible) = (PortSet::default(), PortSet::default());
                for &controller in controllers.iter().filter(|&&controller| controller != pod) {
                    let (sure, more) = both(End::Pod(controller));
                    open.unite(&sure);
                    possible.unite(&more);
                }
                if controllers.is_empty() {
                    // The controller is not in the input: it may be any pod.
                    possible = ports.clone();
                    if !self.is_isolated(pod) {
                        open = ports.clone();
                    }
                }
                (open, possible)
            }
            Exposure::NodePort(service)
            | Exposure::LoadBalancer(service)
            | Exposure::InternalLoadBalancer(service)
            | Exposure::ExternalIp(service) => {
                let (open, possible) = self.open_to_clients(pod, *service, ports);
                // Nodes put their own address in the place of the client's, unless told to keep it.
                let keeps = service.get("externalTrafficPolicy").str() == Some("Local");
                if keeps { (open, possible) } else { (open, ports.clone()) }
            }
        }
    }

    /// What clients may reach whose addresses a load balancer lets through.
    fn open_to_clients(&self, pod: usize, service: Service<'_>, ports: &PortSet) -> (PortSet, PortSet) {
        let ranges = service.get("loadBalancerSourceRanges").items().filter_map(At::str);
        let ranges: Vec<Cidr> = ranges.filter_map(|range| Cidr::parse(range.trim()).ok()).collect();
        let mut found = [PortSet::default(), PortSet::default()];
        for (open, possible) in found.iter_mut().zip([false, true]) {
            for (protocol, port) in each(ports) {
                let addresses = self.addresses(pod, Direction::Ingress, Some((protocol, port)), possible);
                let is_client = |&(first, last): &(core::net::IpAddr, core::net::IpAddr)| {
                    let ((family, first), (_, last)) = (number_of(first), number_of(last));
                    let meets =
                        |range: &Cidr| range.family == family && range.first <= last && first <= range.last;
                    ranges.is_empty() || ranges.iter().any(meets)
                };
                if addresses.iter().any(is_client) {
                    open.insert(protocol, port, port);
                }
            }
        }
        let [open, possible] = found;
        (open, possible)
    }

    /// Whether a policy of any tier speaks about what a pod takes.
    fn is_isolated(&self, pod: usize) -> bool {
        let group = self.pods.get(pod).map_or(u32::MAX, |pod| pod.group);
        let classes = &self.side(Direction::Ingress).classes;
        let class = classes.of.get(group as usize).and_then(|&class| classes.list.get(class as usize));
        class.is_some_and(|class| !class.members.is_empty())
    }
}

/// Single ports of a set: what Services and containers name is never a range.
fn each(ports: &PortSet) -> impl Iterator<Item = (Protocol, u16)> + '_ {
    Protocol::ALL.into_iter().flat_map(|protocol| {
        ports
            .ranges(protocol)
            .iter()
            .flat_map(move |&(first, last)| (first..=last).take(1024).map(move |port| (protocol, port)))
    })
}

/// A pod, and the endpoints of Services that it is.
type Listener<'p> = (PodAt<'p>, &'p [(Service<'p>, Endpoint<'p>)]);

/// The pod's ports that a way leads to.
fn ports_of(pod: Listener<'_>, through: &Exposure<'_>) -> PortSet {
    match through {
        Exposure::HostNetwork(_) => declared(pod.0, None),
        Exposure::HostPort(at) => declared(pod.0, Some(*at)),
        Exposure::NodePort(service)
        | Exposure::LoadBalancer(service)
        | Exposure::InternalLoadBalancer(service)
        | Exposure::ExternalIp(service) => service_ports(pod, *service, |_| true),
        Exposure::Route(service, at) => {
            let wanted = at.key("port").int();
            service_ports(pod, *service, |port| wanted.is_none() || port.at.key("port").int() == wanted)
        }
        Exposure::Ingress(service, at) => {
            let wanted = backend_port(*at);
            service_ports(pod, *service, |port| {
                wanted.is_none_or(|wanted| match (wanted.int(), wanted.text()) {
                    (Some(number), _) => port.at.key("port").int() == Some(number),
                    (None, name) => name.is_some() && port.at.key("name").text() == name,
                })
            })
        }
    }
}

/// Ports that containers declare: all, or the one with this `hostPort`.
fn declared(pod: PodAt<'_>, host: Option<At<'_>>) -> PortSet {
    let ports = pod.containers().flat_map(|container| container.get("ports").items());
    let ports = ports
        .filter(|port| host.is_none_or(|host| port.key("hostPort").nearest().id() == host.nearest().id()));
    PortSet::of(ports.filter_map(|port| {
        let protocol = port.key("protocol").text().filter(|text| !text.is_empty()).unwrap_or("TCP");
        let number = port.key("containerPort").int().and_then(|port| u16::try_from(port).ok())?;
        Some((Protocol::parse(protocol)?, number, number))
    }))
}

fn service_ports(
    (pod, endpoints): Listener<'_>,
    service: Service<'_>,
    is_wanted: impl Fn(&crate::ServicePort<'_>) -> bool,
) -> PortSet {
    let selects = service.selects()
        && seawall_model::matches_map(service.get("selector"), Labels::of(pod.labels())) != Some(false);
    let own: Vec<Endpoint<'_>> = endpoints
        .iter()
        .filter(|(other, _)| Arc::ptr_eq(other.object(), service.object()))
        .map(|(_, endpoint)| *endpoint)
        .collect();
    PortSet::of(service.ports().filter(is_wanted).flat_map(|port| {
        let by_selector = || target_in(pod, port.protocol?, port.target);
        let name = port.at.key("name").text().unwrap_or("");
        let by_endpoint = own.iter().filter_map(move |endpoint| endpoint.port(name));
        let found: Vec<_> = selects.then(by_selector).flatten().into_iter().chain(by_endpoint).collect();
        found.into_iter().map(|(protocol, number)| (protocol, number, number))
    }))
}

/// The port beside the name of a Service in an Ingress, in today's shape or that of `v1beta1`.
fn backend_port(name: At<'_>) -> Option<At<'_>> {
    let spec = name.object().at().key("spec");
    let paths = spec.key("rules").items().flat_map(|rule| rule.get("http.paths").items());
    let backends = [spec.key("defaultBackend"), spec.key("backend")];
    let mut backends = backends.into_iter().chain(paths.map(|path| path.key("backend")));
    backends.find_map(|backend| {
        let is_it = |at: At<'_>| at.exists() && at.nearest().id() == name.nearest().id();
        if is_it(backend.get("service.name")) {
            let port = backend.get("service.port");
            let number = port.key("number");
            Some(if number.exists() { number } else { port.key("name") })
        } else {
            is_it(backend.key("serviceName")).then(|| backend.key("servicePort"))
        }
    })
}
