use crate::support::component::unknown;
use crate::{KubeletAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # kubelet-self-signed-certificate
///
/// ## What it finds
/// A kubelet that serves a certificate it signed itself: neither `tlsCertFile` with `tlsPrivateKeyFile` nor
/// `serverTLSBootstrap` is set.
///
/// ## Why it matters
/// The API server and monitoring cannot check whom they talk to, so they do not check. Who stands between them
/// reads logs and sessions.
///
/// ## Fix
/// Set `serverTLSBootstrap: true` and have the certificate requests of nodes approved by a controller that
/// checks names and addresses.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/#kubelet-serving-certs
/// - https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["kubelet", "api-tls", "certificate-rotation"],
    cis = ["4.2.9"],
    aliases = ["CKV_K8S_148"],
    fix = Unsafe
)]
pub fn kubelet_self_signed_certificate(kubelet: KubeletAt<'_>, _: &World, out: &mut Report) {
    let (certificate, key) = (kubelet.setting("tls-cert-file"), kubelet.setting("tls-private-key-file"));
    let bootstrap = kubelet.setting("rotate-server-certificates");
    let unset = certificate.text() == Some("") || key.text() == Some("");
    match bootstrap.bool() {
        Some(false) if unset => {
            let found = out.finding(
                bootstrap.at(),
                "kubelet: its serving certificate is signed by itself, so nobody can check it",
            );
            if let Some(change) = bootstrap.change("true") {
                found.unsafe_fix("get the certificate from the cluster's signer", vec![change]);
            }
        }
        None if unset => unknown(out, *kubelet, &bootstrap),
        _ => {}
    }
}
