use crate::{AuthorizationConfigurationAt, World};
use seawall_auth::authorization_config::load;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # authorizer-never-asked
///
/// ## What it finds
/// Authorizers behind `AlwaysAllow`, which answers every request.
///
/// ## Why it matters
/// RBAC or a webhook that stands there decides nothing. Reading the file, one believes it does.
///
/// ## Fix
/// Remove the one that answers everything, or put it last.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authorization/#configuring-the-api-server-using-an-authorization-config-file
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization"]
)]
pub fn authorizer_never_asked(file: AuthorizationConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(loaded) = load(*file, world.version()) else { return };
    let Some((first, behind)) = loaded.configuration.unreachable() else { return };
    for authorizer in behind {
        let message = format!(
            "`{}` is never asked: `{}` before it answers everything",
            authorizer.sort.as_str(),
            first.sort.as_str()
        );
        out.finding(authorizer.at.key("type"), message).related(first.at.key("type"), "answers everything");
    }
}
