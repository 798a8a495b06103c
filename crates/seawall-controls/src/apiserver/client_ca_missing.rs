use crate::support::component::must_be_given;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # client-ca-missing
///
/// ## What it finds
/// A kube-apiserver without `--client-ca-file`.
///
/// ## Why it matters
/// Kubelets and the other components then have no certificates to show and live on static tokens or shared
/// credentials, which neither expire nor rotate.
///
/// ## Fix
/// Set the flag to the CA of the cluster's client certificates.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["authentication", "api-tls"],
    cis = ["1.2.25"],
    aliases = ["KCV-0028"]
)]
pub fn client_ca_missing(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    must_be_given(out, *server, &["client-ca-file"], "components cannot authenticate by certificate");
}
