use crate::support::server_file::is_used;
use crate::{AuthorizationConfigurationAt, World};
use seawall_auth::authorization_config::{Sort, load};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # authorizer-passed-over-on-failure
///
/// ## What it finds
/// A webhook with `failurePolicy: NoOpinion` before an authorizer that grants. Where the API server itself is
/// in the input, `authorization-webhook-fails-open` says so.
///
/// ## Why it matters
/// While it fails to answer, or one of its match conditions fails, its denials do not count: the next
/// authorizer decides as if it were not there. Whoever can make it slow switches it off.
///
/// ## Fix
/// Set `Deny`, and keep the requests of the system away from it by match conditions. `NoOpinion` is right for
/// a webhook that only grants.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authorization/#configuring-the-api-server-using-an-authorization-config-file
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization"]
)]
pub fn authorizer_passed_over_on_failure(
    file: AuthorizationConfigurationAt<'_>,
    world: &World,
    out: &mut Report,
) {
    let Ok(loaded) = load(*file, world.version()) else { return };
    if is_used(world, *file, "authorization-config") {
        return;
    }
    let chain = &loaded.configuration.authorizers;
    let grants = |sort| matches!(sort, Sort::RBAC | Sort::ABAC | Sort::AlwaysAllow);
    for (index, authorizer) in chain.iter().enumerate() {
        let Some(webhook) = authorizer.webhook.as_ref().filter(|webhook| !webhook.failure_denies) else {
            continue;
        };
        // Behind one that grants, it can only grant more; without one behind it, nothing is granted anyway.
        let before = chain.iter().take(index).any(|other| grants(other.sort));
        let after = chain.iter().skip(index + 1).any(|other| grants(other.sort));
        if !before && after {
            let message = "while this webhook fails, the next authorizers decide without it";
            out.finding(webhook.at.key("failurePolicy"), message);
        }
    }
}
