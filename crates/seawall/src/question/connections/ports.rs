//! `--ports`: which ports that containers declare are needed and open, and what is open beside them.

use schemars::JsonSchema;
use seawall_network::{
    Connection, ContainerPort, Direction, Network, Party, PortSet, Reach, declared_ports, is_probed,
    service_targets,
};
use serde::Serialize;

/// A port of a workload, or what is open beside those it declares.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PortRow {
    /// `NAMESPACE/NAME[Kind]`.
    pub(super) workload: String,
    /// `TCP 8080`; of a row that is not declared, all ports that are surely open beside.
    pub(super) ports: String,
    /// Whether a container declares it.
    pub(super) declared: bool,
    /// Who needs it, as far as the input says: Services that lead to it, and probes.
    pub(super) needed_by: Vec<String>,
    /// Workloads of the input that surely reach it.
    pub(super) reached_by: usize,
    /// Whether somebody may: a pod or an address, of today or to come; null where it cannot be known.
    pub(super) open: Option<bool>,
}

/// Rows of the workloads that are wanted, workload by workload.
pub(super) fn rows(
    network: &Network,
    reach: &Reach,
    list: &[Connection],
    is_wanted: impl Fn(usize) -> bool,
) -> Vec<PortRow> {
    let mut peers: Vec<Vec<&PortSet>> = vec![Vec::new(); reach.workloads().len()];
    for connection in list {
        if let (Party::Workload(_), Party::Workload(to)) = (connection.from, connection.to)
            && let Some(peers) = peers.get_mut(to)
        {
            peers.push(&connection.sure);
        }
    }
    let mut rows = Vec::new();
    let mut last = None;
    for (pod, host) in reach.samples() {
        let Some(workload) = reach.workload_of(pod).filter(|&workload| is_wanted(workload)) else { continue };
        // Pods of one workload mostly have the same containers: the first of them is told.
        if last.replace(workload) == Some(workload) {
            continue;
        }
        let Some(at) = reach.pods().get(pod).and_then(seawall_network::ReachPod::at) else { continue };
        let name = reach.workloads().get(workload).map(ToString::to_string).unwrap_or_default();
        let ports = declared_ports(at);
        let opened = reach.opened(pod, Direction::Ingress);
        let [sure, _] = reach.open_to_some(pod, Direction::Ingress);
        for port in &ports {
            let (protocol, number) = (port.protocol, port.number);
            let open = match (host || sure.contains(protocol, number), opened.contains(protocol, number)) {
                (true, _) => Some(true),
                (false, true) => None,
                (false, false) => Some(false),
            };
            let reached_by = peers.get(workload).into_iter().flatten();
            rows.push(PortRow {
                workload: name.clone(),
                ports: format!("{} {number}", protocol.as_str()),
                declared: true,
                needed_by: needed(network, at, port),
                reached_by: reached_by.filter(|open| open.contains(protocol, number)).count(),
                open,
            });
        }
        let declared = PortSet::of(ports.iter().map(|port| (port.protocol, port.number, port.number)));
        let beside = sure.difference(&declared);
        if !beside.is_empty() {
            let reached_by = peers.get(workload).into_iter().flatten();
            rows.push(PortRow {
                workload: name,
                reached_by: reached_by.filter(|open| !open.intersection(&beside).is_empty()).count(),
                ports: beside.to_string(),
                declared: false,
                needed_by: Vec::new(),
                open: Some(true),
            });
        }
    }
    rows.sort_by(|one, other| one.workload.cmp(&other.workload));
    rows
}

fn needed(network: &Network, pod: seawall_model::PodAt<'_>, port: &ContainerPort<'_>) -> Vec<String> {
    let services = network.services_of(pod).filter(|service| {
        service_targets(pod, *service).any(|target| target == (port.protocol, port.number))
    });
    let mut names: Vec<String> =
        services.map(|service| format!("Service {}", service.object().name())).collect();
    if is_probed(port) {
        names.push("a probe".to_owned());
    }
    names
}
