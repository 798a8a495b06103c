use crate::support::component::must_be_given;
use crate::{KubeletAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # kubelet-client-ca-missing
///
/// ## What it finds
/// A kubelet without a CA for client certificates (`authentication.x509.clientCAFile`).
///
/// ## Why it matters
/// The API server cannot authenticate to it by certificate then, so the kubelet must take requests without
/// credentials or tokens in their place.
///
/// ## Fix
/// Set it to the CA of the cluster's client certificates. kubeadm does this by itself.
///
/// ## References
/// - https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
/// - https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["kubelet", "authentication"],
    cis = ["4.2.3"],
    aliases = ["KCV-0081", "CKV_K8S_140"]
)]
pub fn kubelet_client_ca_missing(kubelet: KubeletAt<'_>, _: &World, out: &mut Report) {
    must_be_given(out, *kubelet, &["client-ca-file"], "the API server cannot authenticate by certificate");
}
