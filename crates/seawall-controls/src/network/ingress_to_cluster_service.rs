use crate::{IngressAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};
use seawall_network::Network;

/// # ingress-to-cluster-service
///
/// ## What it finds
/// An Ingress that leads to the Kubernetes API (Service `kubernetes` in namespace `default`), to the Kubernetes
/// dashboard, or to any Service of namespace `kube-system`.
///
/// ## Why it matters
/// The Ingress publishes the control plane or a component of the cluster to everyone who reaches the controller, past
/// the network limits of the API's own endpoint.
///
/// ## Fix
/// Remove the Ingress. Reach these Services through `kubectl port-forward`, a VPN, or an authenticating proxy.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/security-checklist/
#[control(since = "0.1.0", severity = High, practices = ["exposure"])]
pub fn ingress_to_cluster_service(ingress: IngressAt<'_>, _: &World, out: &mut Report) {
    let namespace = ingress.object().namespace();
    for (at, name) in Network::ingress_backends(ingress.object()) {
        let (what, severity) = match (namespace, name) {
            (Some("default"), "kubernetes") => ("the Kubernetes API", Severity::High),
            (_, "kubernetes-dashboard" | "kubernetes-dashboard-kong-proxy") => {
                ("the dashboard", Severity::High)
            }
            (Some("kube-system"), _) => ("a Service of namespace `kube-system`", Severity::Medium),
            _ => continue,
        };
        out.finding(at, format!("publishes {what}: `{name}`")).severity(severity);
    }
}
