use crate::{AuthorizationConfigurationAt, World};
use seawall_auth::authorization_config::load;
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_model::decode::GoDuration;

/// # authorization-kept-too-long
///
/// ## What it finds
/// A webhook whose "allowed" answers are kept for more than five minutes, the default.
///
/// ## Why it matters
/// A right that was taken away at the webhook works on until the kept answer expires.
///
/// ## Fix
/// Leave `authorizedTTL` at its default or shorten it.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authorization/#configuring-the-api-server-using-an-authorization-config-file
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["authorization"],
    fix = Safe
)]
pub fn authorization_kept_too_long(file: AuthorizationConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(loaded) = load(*file, world.version()) else { return };
    for webhook in
        loaded.configuration.authorizers.iter().filter_map(|authorizer| authorizer.webhook.as_ref())
    {
        if webhook.cache_authorized && webhook.authorized_ttl > GoDuration::seconds(300) {
            let message = format!(
                "\"allowed\" is kept for {}: rights taken away work until then",
                webhook.authorized_ttl
            );
            out.finding(webhook.at.key("authorizedTTL"), message)
                .safe_fix("keep it for five minutes", vec![webhook.at.key("authorizedTTL").set("5m")]);
        }
    }
}
