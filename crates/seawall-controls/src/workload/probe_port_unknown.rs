use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # probe-port-unknown
///
/// ## What it finds
/// A probe or lifecycle handler that names a port which its container does not declare.
///
/// ## Why it matters
/// The probe fails always: the container is restarted for ever, or never gets traffic. Whoever is in a hurry then
/// removes the probe.
///
/// ## Fix
/// Declare the port under this name, or give its number.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#use-a-named-port
#[control(
    since = "0.1.0",
    severity = Low,
    practices = [],
    aliases = ["kube-linter:liveness-port", "kube-linter:readiness-port", "kube-linter:startup-port"]
)]
pub fn probe_port_unknown(container: ContainerAt<'_>, _: &World, out: &mut Report) {
    let declared =
        |name: &str| container.get("ports").items().any(|port| port.key("name").str() == Some(name));
    for handler in
        ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"]
    {
        for action in ["httpGet", "tcpSocket"] {
            let at = container.get(handler).key(action).key("port");
            if let Some(name) = at.str().filter(|name| name.parse::<u16>().is_err() && !declared(name)) {
                out.finding(at, format!("container `{}` declares no port `{name}`", container.name()));
            }
        }
    }
}
