use crate::support::component::must_be_given;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # kubelet-certificate-unverified
///
/// ## What it finds
/// A kube-apiserver without `--kubelet-certificate-authority`.
///
/// ## Why it matters
/// The API server then accepts any certificate from a kubelet. Who sits between the two reads logs and exec
/// sessions and can answer in the node's place.
///
/// ## Fix
/// Let kubelets get their serving certificates from the cluster (`serverTLSBootstrap: true`, requests
/// approved), then set the flag to the CA that signs them.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/architecture/control-plane-node-communication/#api-server-to-kubelet
/// - https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/#kubelet-serving-certs
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["kubelet", "api-tls"],
    cis = ["1.2.5"],
    aliases = ["KCV-0006", "CKV_K8S_73"]
)]
pub fn kubelet_certificate_unverified(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    must_be_given(
        out,
        *server,
        &["kubelet-certificate-authority"],
        "it does not check the certificates of kubelets",
    );
}
