use crate::support::probed::{is, name, silence, transcript};
use crate::{ProbeAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # kubelet-read-only-port-answers
///
/// ## What it finds
/// A node whose port 10255 answers (`scan --cluster --probe`): the kubelet's port without TLS and without credentials.
///
/// ## Why it matters
/// Everybody who reaches the node, every pod among them, reads which pods run there with their environment, and can
/// load the kubelet.
///
/// ## Fix
/// Set `readOnlyPort: 0` in the kubelet's configuration.
///
/// ## References
/// - https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
#[control(since = "0.1.0", severity = High, practices = ["kubelet", "exposure"], cis = ["4.2.4"])]
pub fn kubelet_read_only_port_answers(probe: ProbeAt<'_>, _: &World, out: &mut Report) {
    if !is(probe, "kubeletReadOnly") {
        return;
    }
    let at = probe.get("anonymous.status");
    match at.int() {
        Some(status) => {
            let message = format!("{} answers without credentials ({status})", name(probe));
            transcript(out.finding(at, message), probe);
        }
        None if probe.key("answers").is_true() => {
            let what = format!("whether {} is the kubelet's", name(probe));
            transcript(
                out.unknown(probe.key("answers"), what, "something listens there and speaks no HTTP"),
                probe,
            );
        }
        None => silence(probe, "whether anybody answers at the read-only port", out),
    }
}
