use crate::support::pod_security::{finding, offences, who};
use crate::{PodAt, World};
use seawall_admission::pod_security::HOST_PORTS;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # host-port
///
/// ## What it finds
/// A container port with a `hostPort`.
///
/// ## Why it matters
/// The port is open on every address of the node that runs the pod, past Services and, with most network plugins,
/// past NetworkPolicies. It also keeps a second pod with the port off the node.
///
/// ## Fix
/// Remove `hostPort` and publish the port through a Service.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
/// - https://kubernetes.io/docs/concepts/configuration/overview/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "application-ports", "exposure"],
    cis = ["5.2.12"],
    pss = "baseline",
    aliases = ["KSV-0024", "CKV_K8S_26", "polaris:hostPortSet"],
    fix = Unsafe
)]
pub fn host_port(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for offence in offences(pod, &HOST_PORTS, world) {
        let port = offence.at.int().unwrap_or_default();
        finding(out, &offence, format!("{} opens port {port} on the node", who(&offence)))
            .unsafe_fix("do not open the port on the node", vec![offence.at.remove()]);
    }
}
