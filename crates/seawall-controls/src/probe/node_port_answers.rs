use crate::support::probed::{is, name, transcript};
use crate::{ProbeAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # node-port-answers
///
/// ## What it finds
/// A NodePort that took a connection from where seawall ran (`scan --cluster --probe`).
///
/// ## Why it matters
/// No firewall stands between this place and the port: everybody here reaches the pods behind the Service past any
/// Ingress, and past policies where the addresses of clients are hidden.
///
/// ## Fix
/// Close the range of NodePorts for this network, or make the Service a ClusterIP.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport
#[control(since = "0.1.0", severity = Info, practices = ["exposure", "application-ports"])]
pub fn node_port_answers(probe: ProbeAt<'_>, _: &World, out: &mut Report) {
    if is(probe, "nodePort")
        && let Some(at) = probe.key("answers").when(true)
    {
        transcript(out.finding(at, format!("{} answers", name(probe))), probe);
    }
}
