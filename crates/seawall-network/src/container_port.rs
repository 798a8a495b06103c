//! Ports that containers declare, and what leads to them.

use crate::{Protocol, Service, Target};
use seawall_model::{At, PodAt};

/// A port of a container.
#[derive(Clone, Copy, Debug)]
pub struct ContainerPort<'a> {
    /// Where it stands.
    pub at: At<'a>,
    /// Its protocol, TCP unless said otherwise.
    pub protocol: Protocol,
    /// Its number.
    pub number: u16,
}

/// The ports that the containers of a pod declare; what is no port is left out.
pub fn declared_ports(pod: PodAt<'_>) -> Vec<ContainerPort<'_>> {
    let mut found = Vec::new();
    for container in pod.containers() {
        for at in container.get("ports").items() {
            let protocol = at.key("protocol").text().filter(|text| !text.is_empty()).unwrap_or("TCP");
            let number = at.key("containerPort").int().and_then(|port| u16::try_from(port).ok());
            let known = Protocol::parse(protocol).zip(number.filter(|&number| number != 0));
            found.extend(known.map(|(protocol, number)| ContainerPort { at, protocol, number }));
        }
    }
    found
}

/// The ports of a pod that a Service leads to.
pub fn service_targets<'a>(
    pod: PodAt<'a>,
    service: Service<'a>,
) -> impl Iterator<Item = (Protocol, u16)> + use<'a> {
    service.ports().filter_map(move |port| target_in(pod, port.protocol?, port.target))
}

/// The port of a pod that a target means.
pub fn target_in(pod: PodAt<'_>, protocol: Protocol, target: Target<'_>) -> Option<(Protocol, u16)> {
    match target {
        Target::Number(number) => Some((protocol, number)),
        Target::Name(name) => Some((protocol, crate::service::named_port(pod, protocol, name)?)),
        Target::Invalid => None,
    }
}

/// Whether a probe of the same container asks a port: the node does, which always reaches its pods.
pub fn is_probed(port: &ContainerPort<'_>) -> bool {
    let object = port.at.object();
    let name = port.at.key("name").str();
    let is_own = |at: At<'_>| at.nearest().id() == port.at.nearest().id();
    let mut containers = object.pods().flat_map(|pod| pod.containers().collect::<Vec<_>>());
    let Some(own) = containers.find(|container| container.get("ports").items().any(is_own)) else {
        return false;
    };
    ["livenessProbe", "readinessProbe", "startupProbe"].into_iter().any(|probe| {
        ["httpGet", "tcpSocket", "grpc"].into_iter().any(|kind| {
            let at = own.get(probe).key(kind).key("port");
            at.int() == Some(i64::from(port.number)) || at.str().is_some() && at.str() == name
        })
    })
}
