use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # ssh-server-port
///
/// ## What it finds
/// A container that declares port 22.
///
/// ## Why it matters
/// A login into a container goes past the API server, its authorization and its audit log.
///
/// ## Fix
/// Use `kubectl exec`, and remove the server from the image.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/debug/debug-application/get-shell-running-container/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["application-ports"],
    aliases = ["kube-linter:ssh-port"]
)]
pub fn ssh_server_port(container: ContainerAt<'_>, _: &World, out: &mut Report) {
    for port in container.get("ports").items() {
        let at = port.key("containerPort");
        let tcp = port.key("protocol").str().unwrap_or("TCP") == "TCP";
        if at.int() == Some(22) && tcp {
            out.finding(at, format!("container `{}` offers a login on port 22", container.name()));
        }
    }
}
