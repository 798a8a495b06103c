use crate::support::reach::refuses_outside;
use crate::{ServiceAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::Service;

/// # node-port-service
///
/// ## What it finds
/// A Service of type NodePort.
///
/// ## Why it matters
/// The port opens on every address of every node, public ones included, past the TLS, authentication and logging of
/// an Ingress or Gateway. Connections arrive with the node's address, so that NetworkPolicies by client address no
/// longer hold.
///
/// ## Fix
/// Use ClusterIP and publish what must be public through an Ingress or Gateway. Where node ports are needed, limit
/// them by the nodes' firewall and by `nodePortAddresses` of kube-proxy.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["exposure", "application-ports"],
    aliases = ["kube-linter:exposed-services", "kube-score:service-type"],
    fix = Unsafe
)]
pub fn node_port_service(service: ServiceAt<'_>, world: &World, out: &mut Report) {
    let view = Service::new(service.object());
    if view.kind() != "NodePort" || refuses_outside(view, world) {
        return;
    }
    let ports: Vec<_> =
        view.ports().map(|port| port.at.key("nodePort")).filter(|port| port.exists()).collect();
    let numbers: Vec<_> = ports.iter().take(5).filter_map(|port| port.text()).collect();
    let message = match numbers.as_slice() {
        [] => "opens a port on every node".to_owned(),
        numbers => format!("opens port {} on every node", numbers.join(", ")),
    };
    // These may not stay where the type is ClusterIP.
    let only_external = ["externalTrafficPolicy", "healthCheckNodePort"].map(|key| view.get(key));
    let gone = ports.into_iter().chain(only_external).filter(|at| at.exists()).map(|at| at.remove());
    let changes = std::iter::once(view.get("type").set("ClusterIP")).chain(gone).collect();
    out.finding(view.get("type"), message).unsafe_fix("open it inside the cluster only", changes);
}
