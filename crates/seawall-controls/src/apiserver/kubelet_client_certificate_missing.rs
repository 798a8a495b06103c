use crate::support::component::must_be_given;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # kubelet-client-certificate-missing
///
/// ## What it finds
/// A kube-apiserver without `--kubelet-client-certificate` or `--kubelet-client-key`.
///
/// ## Why it matters
/// The API server then talks to kubelets as nobody. Logs, exec and port-forward work only where kubelets take
/// requests without credentials, which is why such clusters end up with open kubelets.
///
/// ## Fix
/// Give the API server a client certificate that the kubelets' client CA signs, by both flags.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/architecture/control-plane-node-communication/#api-server-to-kubelet
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["kubelet", "authentication"],
    cis = ["1.2.4"],
    aliases = ["KCV-0005", "CKV_K8S_72"]
)]
pub fn kubelet_client_certificate_missing(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    must_be_given(
        out,
        *server,
        &["kubelet-client-certificate", "kubelet-client-key"],
        "it talks to kubelets without credentials",
    );
}
