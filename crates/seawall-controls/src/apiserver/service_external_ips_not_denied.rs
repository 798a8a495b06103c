use crate::support::component::plugins::off;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # service-external-ips-not-denied
///
/// ## What it finds
/// A kube-apiserver without the admission plugin DenyServiceExternalIPs.
///
/// ## Why it matters
/// Everybody who may create or change a Service can claim any address as its `externalIPs`: traffic of the
/// whole cluster to that address then goes to their pods (CVE-2020-8554).
///
/// ## Fix
/// Add DenyServiceExternalIPs to `--enable-admission-plugins`. Services that already have external IPs keep
/// them; no new ones can be set.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#denyserviceexternalips
/// - https://github.com/kubernetes/kubernetes/issues/97076
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["exposure"],
    cis = ["1.2.3"],
    fix = Unsafe
)]
pub fn service_external_ips_not_denied(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    off(&server, out, "DenyServiceExternalIPs", "any Service may claim any address as an external IP");
}
