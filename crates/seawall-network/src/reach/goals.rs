//! What an attacker in a pod looks for first: metadata services, kubelets, etcd, the API server, the cluster's DNS.

use super::{End, Reach, tiers};
use crate::{Network, Protocol, Service, metadata_services, parse_address, target_in};
use core::net::IpAddr;
use seawall_model::{Cluster, Object, PodAt, WellKnown};
use std::sync::Arc;

/// What is looked for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Goal {
    /// The metadata services of clouds.
    Metadata,
    /// The kubelets' API.
    Kubelet,
    /// etcd, for clients and for its own members.
    Etcd,
    /// The API server.
    ApiServer,
    /// The servers that look up names for pods.
    Dns,
    /// Addresses outside the cluster.
    Internet,
}

/// A place of a goal.
#[derive(Clone, Debug)]
pub struct Landmark {
    /// What it is called.
    pub name: String,
    /// Where it is; `None`: the input does not say, it is an address of no pod.
    pub end: Option<End>,
    /// The ports that answer.
    pub ports: Vec<(Protocol, u16)>,
}

/// Places of one goal that are looked at; a thousand kubelets are alike.
const MOST: usize = 64;

const KUBELET: u16 = 10250;
const ETCD: [u16; 2] = [2379, 2380];
const API_SERVER: u16 = 6443;
const DNS: [(Protocol, u16); 2] = [(Protocol::Udp, 53), (Protocol::Tcp, 53)];

impl Reach {
    /// The places of a goal, as far as the input shows them.
    pub fn places_of(&self, cluster: &Cluster, network: &Network, goal: Goal) -> Vec<Landmark> {
        let mut spots = match goal {
            Goal::Metadata => self.metadata(cluster),
            Goal::Kubelet => self.kubelets(cluster),
            Goal::Etcd => self.component(cluster, "etcd", &ETCD.map(|port| (Protocol::Tcp, port))),
            Goal::ApiServer => self.api_servers(cluster),
            Goal::Dns => self.name_servers(network),
            Goal::Internet => {
                vec![Landmark { name: "internet".to_owned(), end: Some(End::Internet), ports: Vec::new() }]
            }
        };
        spots.truncate(MOST);
        spots
    }

    fn metadata(&self, cluster: &Cluster) -> Vec<Landmark> {
        let clouds: Vec<&str> = cluster
            .of(WellKnown::Node)
            .take(16)
            .filter_map(|node| node.at().get("spec.providerID").str())
            .collect();
        let matters = |provider: &str| {
            provider.is_empty() || clouds.is_empty() || clouds.iter().any(|cloud| cloud.starts_with(provider))
        };
        let services = metadata_services().iter().filter(|service| matters(service.provider));
        let spots = services.map(|service| Landmark {
            name: format!("{} ({})", service.address, service.cloud),
            end: Some(self.end_of(service.address)),
            ports: vec![(Protocol::Tcp, service.port)],
        });
        spots.collect()
    }

    fn kubelets(&self, cluster: &Cluster) -> Vec<Landmark> {
        let ports = vec![(Protocol::Tcp, KUBELET)];
        let spots = cluster.of(WellKnown::Node).take(MOST).flat_map(|node| {
            let name = format!("kubelet of {}", node.name());
            let ports = &ports;
            internal_addresses(node).map(move |address| Landmark {
                name: name.clone(),
                end: Some(self.end_of(address)),
                ports: ports.clone(),
            })
        });
        let spots: Vec<Landmark> = spots.collect();
        some_or_unknown(spots, "kubelets", ports)
    }

    /// A component of the control plane: its pods, else the nodes of the control plane.
    fn component(&self, cluster: &Cluster, name: &str, ports: &[(Protocol, u16)]) -> Vec<Landmark> {
        let spot = |text: String, end| Landmark { name: text, end: Some(end), ports: ports.to_vec() };
        let pods = self.pods().iter().enumerate();
        let own = pods.filter(|(_, pod)| pod.at().is_some_and(|at| is_component(at, name)));
        let mut spots: Vec<Landmark> =
            own.map(|(number, pod)| spot(format!("{name} {}", pod.name()), End::Pod(number))).collect();
        if spots.is_empty() {
            let nodes = cluster.of(WellKnown::Node).filter(|node| is_control_plane(node));
            spots = nodes
                .flat_map(|node| internal_addresses(node).map(move |address| (node, address)))
                .map(|(node, address)| spot(format!("{name} on {}", node.name()), self.end_of(address)))
                .collect();
        }
        some_or_unknown(spots, name, ports.to_vec())
    }

    fn api_servers(&self, cluster: &Cluster) -> Vec<Landmark> {
        let mut spots = Vec::new();
        for slice in cluster.in_namespace(WellKnown::EndpointSlice, Some("default")) {
            if slice.at().get("metadata.labels").key("kubernetes.io/service-name").str() != Some("kubernetes")
            {
                continue;
            }
            let mut ports = slice.at().key("ports").items().filter_map(|port| port.key("port").int());
            let port = ports.next().and_then(|port| u16::try_from(port).ok()).unwrap_or(API_SERVER);
            for text in slice.at().key("endpoints").items().flat_map(|one| one.key("addresses").items()) {
                let Some(address) = text.str().and_then(parse_address) else { continue };
                spots.push(Landmark {
                    name: format!("API server {address}"),
                    end: Some(self.end_of(address)),
                    ports: vec![(Protocol::Tcp, port)],
                });
            }
        }
        match spots.is_empty() {
            true => self.component(cluster, "kube-apiserver", &[(Protocol::Tcp, API_SERVER)]),
            false => spots,
        }
    }

    /// The pods behind the Services of the cluster's DNS.
    fn name_servers(&self, network: &Network) -> Vec<Landmark> {
        let mut spots: Vec<Landmark> = Vec::new();
        for (number, pod) in self.pods().iter().enumerate() {
            let Some(at) = pod.at().filter(|at| is_name_server(*at)) else { continue };
            let mut ports: Vec<(Protocol, u16)> = network
                .services_of(at)
                .flat_map(Service::ports)
                .filter(|port| port.port == Some(53))
                .filter_map(|port| target_in(at, port.protocol?, port.target))
                .collect();
            if ports.is_empty() {
                ports = DNS.to_vec();
            }
            spots.push(Landmark {
                name: format!("DNS server {}", pod.name()),
                end: Some(End::Pod(number)),
                ports,
            });
        }
        some_or_unknown(spots, "DNS servers", DNS.to_vec())
    }

    /// Whether a pod reaches a place on one of its ports; where the place is not known, whether it reaches every
    /// address outside, or none.
    pub fn reaches(&self, pod: usize, spot: &Landmark) -> Option<bool> {
        let any = |answers: &mut dyn Iterator<Item = Option<bool>>| {
            let mut verdict = Some(false);
            for answer in answers {
                match answer {
                    Some(true) => return Some(true),
                    None => verdict = None,
                    Some(false) => {}
                }
            }
            verdict
        };
        match spot.end {
            Some(end) => {
                let answer = self.between(End::Pod(pod), end);
                match spot.ports.as_slice() {
                    [] => answer.allows_any(),
                    ports => any(&mut ports.iter().map(|&(protocol, port)| answer.allows(protocol, port))),
                }
            }
            None => any(&mut spot.ports.iter().map(|&port| self.reaches_somewhere(pod, port))),
        }
    }

    fn reaches_somewhere(&self, pod: usize, port: (Protocol, u16)) -> Option<bool> {
        use crate::Direction::Egress;
        if self.exempt(End::Pod(pod), End::Internet).is_some() || self.is_all_open(pod, Egress) {
            return Some(true);
        }
        self.addresses(pod, Egress, Some(port), true).is_empty().then_some(false)
    }
}

fn some_or_unknown(spots: Vec<Landmark>, name: &str, ports: Vec<(Protocol, u16)>) -> Vec<Landmark> {
    match spots.is_empty() {
        true => vec![Landmark { name: format!("{name} (not in the input)"), end: None, ports }],
        false => spots,
    }
}

fn is_component(pod: PodAt<'_>, name: &str) -> bool {
    pod.namespace() == Some("kube-system") && pod.labels().key("component").str() == Some(name)
}

/// The servers of kubeadm, EKS, GKE, AKS and k3s carry this label, those of OpenShift the other one.
fn is_name_server(pod: PodAt<'_>) -> bool {
    matches!(pod.labels().key("k8s-app").str(), Some("kube-dns" | "coredns"))
        || pod.labels().key("dns.operator.openshift.io/daemonset-dns").exists()
}

fn is_control_plane(node: &Arc<Object>) -> bool {
    let labels = node.at().get("metadata.labels");
    ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"]
        .into_iter()
        .any(|label| labels.key(label).exists())
}

/// The addresses of a node inside the cluster's network; all where none is called so.
fn internal_addresses(node: &Arc<Object>) -> impl Iterator<Item = IpAddr> + '_ {
    let is_internal = |at: &seawall_model::At<'_>| at.key("type").str() == Some("InternalIP");
    let any = node.at().get("status.addresses").items().any(|at| is_internal(&at));
    let own = node.at().get("status.addresses").items().filter(move |at| !any || is_internal(at));
    let known: Vec<IpAddr> = own.filter_map(|at| parse_address(at.key("address").str()?)).collect();
    tiers::addresses_of_node(node).filter(move |address| known.contains(address))
}
