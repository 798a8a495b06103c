use crate::support::server_file;
use crate::{AuthorizationConfigurationAt, World};
use seawall_auth::authorization_config::load;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # authorization-configuration-refused
///
/// ## What it finds
/// An AuthorizationConfiguration that kube-apiserver refuses: an unknown type, a name that does not fit it, a
/// type twice, a webhook without timeout or failure policy, an API version that this Kubernetes does not
/// serve yet. CEL is not compiled, and files are not looked for.
///
/// ## Why it matters
/// The API server does not start with such a file; while it runs, it keeps the old chain and says so in a
/// metric only.
///
/// ## Fix
/// Correct the named place.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authorization/#configuring-the-api-server-using-an-authorization-config-file
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization"]
)]
pub fn authorization_configuration_refused(
    file: AuthorizationConfigurationAt<'_>,
    world: &World,
    out: &mut Report,
) {
    if let Err(refusals) = load(*file, world.version()) {
        server_file::report(out, "authorization configuration", &refusals);
    }
}
