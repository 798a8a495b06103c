use crate::{ApiServiceAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # api-service-unverified
///
/// ## What it finds
/// An APIService with `insecureSkipTLSVerify: true`.
///
/// ## Why it matters
/// The API server does not check who answers for this API group. Whoever can take over the address of the
/// service reads the requests, learns who sent them and answers as it likes.
///
/// ## Fix
/// Write the CA of the extension server into `caBundle` (cert-manager can inject it) and remove the field.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/extend-kubernetes/setup-extension-api-server/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["api-tls", "authentication"]
)]
pub fn api_service_unverified(service: ApiServiceAt<'_>, _: &World, out: &mut Report) {
    if let Some(at) = service.get("spec.insecureSkipTLSVerify").when(true) {
        out.finding(at, format!("nobody checks who answers for `{}`", service.object().name()));
    }
}
