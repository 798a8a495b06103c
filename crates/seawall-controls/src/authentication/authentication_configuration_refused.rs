use crate::support::authentication::read;
use crate::support::server_file;
use crate::{AuthenticationConfigurationAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # authentication-configuration-refused
///
/// ## What it finds
/// An AuthenticationConfiguration that kube-apiserver refuses: an issuer without https, no audience, a claim
/// without prefix, an unknown field, conditions on switched-off anonymous requests, an API version that this
/// Kubernetes does not serve yet. CEL expressions are not compiled.
///
/// ## Why it matters
/// The API server does not start with such a file; while it runs, it keeps the old configuration and says so
/// in a metric only, so that a withdrawn issuer stays trusted.
///
/// ## Fix
/// Correct the named place.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authentication"]
)]
pub fn authentication_configuration_refused(
    file: AuthenticationConfigurationAt<'_>,
    world: &World,
    out: &mut Report,
) {
    if let Err(refusals) = read(*file, world) {
        server_file::report(out, "authentication configuration", &refusals);
    }
}
