use crate::support::answering::{Answer, Silent, who_answers};
use crate::{ApiServiceAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # api-service-without-server
///
/// ## What it finds
/// An APIService of a cluster whose Service, or any pod behind it, does not exist.
///
/// ## Why it matters
/// The API server forwards requests of this group, with the user's name, to whoever answers for the Service. Whoever may
/// create it in that namespace answers; with `insecureSkipTLSVerify` nobody asks for a certificate. Until then lists of
/// all resources and the deletion of namespaces fail.
///
/// ## Fix
/// Remove the APIService that was left behind, or bring its server back.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/
#[control(since = "0.1.0", severity = Low, practices = ["third-party", "api-tls"])]
pub fn api_service_without_server(service: ApiServiceAt<'_>, world: &World, out: &mut Report) {
    let at = service.get("spec.service");
    let name = service.object().name();
    match who_answers(at, world) {
        Answer::Somebody => {}
        Answer::Unknown(why) => {
            out.unknown(at, format!("whether anybody answers for `{name}`"), why);
        }
        Answer::Nobody(silent) => {
            let text = |key| at.key(key).str().unwrap_or_default();
            let words = silent.words(text("namespace"), text("name"));
            // Anybody may then pose as the server.
            let open = silent != Silent::Pods && service.get("spec.insecureSkipTLSVerify").is_true();
            let severity = if open { Severity::High } else { Severity::Low };
            out.finding(at, format!("nobody answers for `{name}`: {words}")).severity(severity);
        }
    }
}
