use crate::support::probed::{name, transcript};
use crate::{ProbeAt, World};
use seawall_auth::authentication::{certificates_of_pem, format_time};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # listener-certificate-ends
///
/// ## What it finds
/// A listener of the cluster that was asked (`scan --cluster --probe`) and shows a certificate, or one of its chain,
/// that has ended or ends within 30 days.
///
/// ## Why it matters
/// When it ends, nobody who checks it can connect: a cluster whose certificates ended does not come back by itself, and
/// people switch checking off to get in.
///
/// ## Fix
/// Renew it: `kubeadm certs renew`, rotation of the kubelet (`rotateCertificates`, `serverTLSBootstrap`).
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/
/// - https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/#certificate-rotation
#[control(since = "0.1.0", severity = Medium, practices = ["certificate-rotation", "api-tls"])]
pub fn listener_certificate_ends(probe: ProbeAt<'_>, world: &World, out: &mut Report) {
    const MONTH: i64 = 30 * 86_400;
    let at = probe.key("certificates");
    let (Some(text), Some(now)) = (at.str(), world.time()) else { return };
    let Ok(chain) = certificates_of_pem(text) else {
        let what = format!("until when the certificates of {} are good", name(probe));
        transcript(out.unknown(at, what, "one of them cannot be read"), probe);
        return;
    };
    let Some(first) = chain.iter().min_by_key(|one| one.validity().1) else { return };
    let until = first.validity().1;
    if until - now > MONTH {
        return;
    }
    let (verb, severity) = if until < now { ("ended", Severity::Medium) } else { ("ends", Severity::Low) };
    let who = seawall_model::decode::shown(first.common_name());
    let message = format!("the certificate `{who}` of {} {verb} {}", name(probe), format_time(until));
    transcript(out.finding(at, message).severity(severity), probe);
}
