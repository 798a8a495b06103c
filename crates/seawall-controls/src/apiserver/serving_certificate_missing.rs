use crate::support::component::must_be_given;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # serving-certificate-missing
///
/// ## What it finds
/// A kube-apiserver without `--tls-cert-file` or `--tls-private-key-file`.
///
/// ## Why it matters
/// It then makes a self-signed certificate at start that no client can check, so clients learn to skip the
/// check.
///
/// ## Fix
/// Give it a certificate from the cluster's CA with all its names and addresses.
///
/// ## References
/// - https://kubernetes.io/docs/setup/best-practices/certificates/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["api-tls"],
    cis = ["1.2.24"],
    aliases = ["KCV-0027", "CKV_K8S_100"]
)]
pub fn serving_certificate_missing(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    must_be_given(
        out,
        *server,
        &["tls-cert-file", "tls-private-key-file"],
        "it serves a certificate that nobody can check",
    );
}
