use crate::support::server_file::is_used;
use crate::{AuthorizationConfigurationAt, World};
use seawall_auth::authorization_config::{Sort, load};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # authorizer-grants-everything
///
/// ## What it finds
/// An AuthorizationConfiguration with the authorizer `AlwaysAllow`. Where the API server itself is in the
/// input, `authorization-always-allow` says so.
///
/// ## Why it matters
/// Every request that no earlier authorizer denies is granted: whoever can authenticate, or ask anonymously,
/// is administrator.
///
/// ## Fix
/// Remove it; use `Node` and `RBAC`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authorization/#configuring-the-api-server-using-an-authorization-config-file
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["authorization"]
)]
pub fn authorizer_grants_everything(file: AuthorizationConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(loaded) = load(*file, world.version()) else { return };
    if is_used(world, *file, "authorization-config") {
        return;
    }
    for authorizer in loaded.configuration.authorizers.iter().filter(|one| one.sort == Sort::AlwaysAllow) {
        out.finding(authorizer.at.key("type"), "`AlwaysAllow` grants every request that gets here");
    }
}
