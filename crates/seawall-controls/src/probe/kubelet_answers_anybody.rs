use crate::support::probed::{is, name, silence, transcript};
use crate::{ProbeAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # kubelet-answers-anybody
///
/// ## What it finds
/// A kubelet that was asked for its pods without credentials (`scan --cluster --probe`) and gave them, or refused them
/// only because the anonymous user may not see them.
///
/// ## Why it matters
/// Who may read the pods may run commands in them by the same port: the kubelet is root on its node. Where anonymous
/// requests are let in, one binding to `system:unauthenticated` is enough.
///
/// ## Fix
/// Set `authentication.anonymous.enabled: false` and `authorization.mode: Webhook` in the kubelet's configuration.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
#[control(since = "0.1.0", severity = Critical, practices = ["kubelet", "authentication"], cis = ["4.2.1"])]
pub fn kubelet_answers_anybody(probe: ProbeAt<'_>, _: &World, out: &mut Report) {
    if !is(probe, "kubelet") {
        return;
    }
    let at = probe.get("anonymous.status");
    let (message, severity) = match at.int() {
        Some(401) => return,
        Some(status @ 200..300) => (format!("gives its pods to anybody ({status})"), Severity::Critical),
        Some(403) => ("lets the anonymous user in, who may not see pods".to_owned(), Severity::Medium),
        Some(status) => {
            let what = format!("whether {} refuses somebody unknown", name(probe));
            transcript(out.unknown(at, what, format!("it answered {status}, neither yes nor no")), probe);
            return;
        }
        None if probe.key("answers").is_true() => {
            let what = format!("whether {} refuses somebody unknown", name(probe));
            transcript(out.unknown(probe.key("anonymous"), what, "no answer came that could be read"), probe);
            return;
        }
        None => return silence(probe, "what somebody unknown gets", out),
    };
    transcript(out.finding(at, format!("{} {message}", name(probe))).severity(severity), probe);
}
