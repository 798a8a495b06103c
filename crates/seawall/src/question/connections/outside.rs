//! What leads in from outside, and what is open to pods that may come.

use schemars::JsonSchema;
use seawall_model::{Object, UNSET_NAMESPACE};
use seawall_network::{Direction, Exposure, Network, Reach};
use serde::Serialize;

/// A way in from outside the cluster.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Way {
    /// `NAMESPACE/NAME[Kind]`.
    pub(super) to: String,
    /// The Service, Ingress, route or field that opens it.
    pub(super) through: String,
    /// The pods' ports that it leads to.
    pub(super) ports: String,
    /// Whether policies let some of them through; null where it cannot be known: a controller of Ingresses that is not in
    /// the input, or nodes that put their address in the place of the client's.
    pub(super) allowed: Option<bool>,
}

/// What is open to pods that do not exist yet.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Exposed {
    /// `NAMESPACE/NAME[Kind]`.
    pub(super) workload: String,
    /// `ingress`: they may connect to it; `egress`: it to them.
    pub(super) direction: &'static str,
    /// `every pod`, or what labels a pod and its namespace must have.
    pub(super) peers: String,
    /// The ports.
    pub(super) ports: String,
    /// Whether no policy of the whole cluster may close it.
    pub(super) r#final: bool,
}

pub(super) fn ways(reach: &Reach, network: &Network, is_wanted: impl Fn(usize) -> bool) -> Vec<Way> {
    let mut ways = Vec::new();
    for entry in reach.entries(network) {
        let Some(workload) = reach.workload_of(entry.pod).filter(|&workload| is_wanted(workload)) else {
            continue;
        };
        let allowed = match (entry.open.is_empty(), entry.possible.is_empty()) {
            (false, _) => Some(true),
            (true, false) => None,
            (true, true) => Some(false),
        };
        ways.push(Way {
            to: reach.workloads().get(workload).map(ToString::to_string).unwrap_or_default(),
            through: through(&entry.through),
            ports: if allowed == Some(true) { entry.open.to_string() } else { entry.ports.to_string() },
            allowed,
        });
    }
    ways.sort_by(|one, other| (&one.to, &one.through).cmp(&(&other.to, &other.through)));
    ways.dedup_by(|one, other| {
        (&one.to, &one.through, &one.ports) == (&other.to, &other.through, &other.ports)
    });
    ways
}

fn through(exposure: &Exposure<'_>) -> String {
    let name = |object: &Object| {
        format!("{} {}/{}", object.kind(), object.namespace().unwrap_or(UNSET_NAMESPACE), object.name())
    };
    match exposure {
        Exposure::HostNetwork(_) => "the node's network".to_owned(),
        Exposure::HostPort(at) => format!("hostPort {}", at.int().unwrap_or(0)),
        Exposure::NodePort(service) => format!("{} (NodePort)", name(service.object())),
        Exposure::LoadBalancer(service) => format!("{} (LoadBalancer)", name(service.object())),
        Exposure::InternalLoadBalancer(service) => {
            format!("{} (internal LoadBalancer)", name(service.object()))
        }
        Exposure::ExternalIp(service) => format!("{} (externalIPs)", name(service.object())),
        Exposure::Ingress(service, at) | Exposure::Route(service, at) => {
            format!("{} and {}", name(at.object()), name(service.object()))
        }
    }
}

pub(super) fn exposed(reach: &Reach, is_wanted: impl Fn(usize) -> bool) -> Vec<Exposed> {
    let open = reach.open_to().into_iter().filter(|one| is_wanted(one.workload));
    let exposed = open.map(|one| Exposed {
        workload: reach.workloads().get(one.workload).map(ToString::to_string).unwrap_or_default(),
        direction: match one.direction {
            Direction::Ingress => "ingress",
            Direction::Egress => "egress",
        },
        peers: one.peers,
        ports: one.ports.to_string(),
        r#final: one.is_final,
    });
    exposed.collect()
}
