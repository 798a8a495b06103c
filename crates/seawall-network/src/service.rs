//! One Service: what it offers and where it leads.

use crate::Protocol;
use seawall_model::{At, ContainerSort, Object, PodAt};
use std::sync::Arc;

/// A Service.
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    object: &'a Arc<Object>,
}

/// Where a port leads in the pod.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Target<'a> {
    /// To this port.
    Number(u16),
    /// To the container port of this name and the Service port's protocol.
    Name(&'a str),
    /// The field is no port.
    Invalid,
}

/// A port of a Service.
#[derive(Clone, Copy, Debug)]
pub struct ServicePort<'a> {
    /// Where it stands.
    pub at: At<'a>,
    /// Its protocol; TCP unless said otherwise, `None` for an unknown word.
    pub protocol: Option<Protocol>,
    /// The port at the Service's address.
    pub port: Option<u16>,
    /// Where it leads: `targetPort`, else the same number. A number 0 or an empty name is unset.
    pub target: Target<'a>,
}

impl<'a> Service<'a> {
    /// The Service in this object.
    pub fn new(object: &'a Arc<Object>) -> Self {
        Self { object }
    }

    /// The object.
    pub fn object(self) -> &'a Arc<Object> {
        self.object
    }

    /// A field of its spec.
    pub fn get(self, path: &'a str) -> At<'a> {
        self.object.at().key("spec").get(path)
    }

    /// `spec.type`, `ClusterIP` unless said otherwise.
    pub fn kind(self) -> &'a str {
        self.get("type").str().filter(|kind| !kind.is_empty()).unwrap_or("ClusterIP")
    }

    /// Whether its type opens a port on every node. A LoadBalancer does too unless told not to.
    pub fn opens_node_ports(self) -> bool {
        match self.kind() {
            "NodePort" => true,
            "LoadBalancer" => !self.get("allocateLoadBalancerNodePorts").is_false(),
            _ => false,
        }
    }

    /// Whether it has no address of its own.
    pub fn is_headless(self) -> bool {
        self.get("clusterIP").str() == Some("None")
    }

    /// Whether it selects pods; one without selector leads where its Endpoints say, an ExternalName to a name.
    pub fn selects(self) -> bool {
        self.kind() != "ExternalName" && self.get("selector").entries().next().is_some()
    }

    /// Its ports.
    pub fn ports(self) -> impl Iterator<Item = ServicePort<'a>> {
        self.get("ports").items().map(|at| {
            let protocol = at.key("protocol").text().filter(|text| !text.is_empty()).unwrap_or("TCP");
            let number =
                |at: At<'a>| at.int().and_then(|port| u16::try_from(port).ok()).filter(|&port| port != 0);
            let port = number(at.key("port"));
            let target = at.key("targetPort");
            let same = port.map_or(Target::Invalid, Target::Number);
            let target = match (target.str(), target.int()) {
                (Some(""), _) | (_, Some(0)) => same,
                (Some(name), _) => Target::Name(name),
                (None, Some(_)) => number(target).map_or(Target::Invalid, Target::Number),
                (None, None) if target.exists() => Target::Invalid,
                (None, None) => same,
            };
            ServicePort { at, protocol: Protocol::parse(protocol), port, target }
        })
    }

    /// Whether a cloud's annotation keeps its load balancer inside the private network.
    pub fn has_internal_load_balancer(self) -> bool {
        const INTERNAL: [(&str, &[&str]); 9] = [
            ("service.beta.kubernetes.io/aws-load-balancer-internal", &["true", "0.0.0.0/0"]),
            ("service.beta.kubernetes.io/aws-load-balancer-scheme", &["internal"]),
            ("service.beta.kubernetes.io/azure-load-balancer-internal", &["true"]),
            ("networking.gke.io/load-balancer-type", &["Internal"]),
            ("cloud.google.com/load-balancer-type", &["Internal", "internal"]),
            ("service.beta.kubernetes.io/openstack-internal-load-balancer", &["true"]),
            ("service.beta.kubernetes.io/oci-load-balancer-internal", &["true"]),
            ("service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", &["intranet"]),
            ("service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", &["private"]),
        ];
        INTERNAL
            .iter()
            .any(|(key, values)| self.object.annotation(key).is_some_and(|value| values.contains(&value)))
    }
}

/// The number of a pod's container port of this name and protocol: regular containers, then sidecars
/// (`k8s.io/endpointslice` `FindPort`).
pub(crate) fn named_port(pod: PodAt<'_>, protocol: Protocol, name: &str) -> Option<u16> {
    let find = |sort: ContainerSort| {
        pod.containers().filter(|container| container.sort() == sort).find_map(|container| {
            container.get("ports").items().find_map(|port| {
                let wanted = port.key("name").text() == Some(name)
                    && port.key("protocol").text().filter(|text| !text.is_empty()).unwrap_or("TCP")
                        == protocol.as_str();
                wanted
                    .then(|| port.key("containerPort").int())
                    .flatten()
                    .and_then(|port| u16::try_from(port).ok())
            })
        })
    };
    find(ContainerSort::Regular).or_else(|| find(ContainerSort::Sidecar))
}
