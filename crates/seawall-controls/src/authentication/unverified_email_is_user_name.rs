use crate::support::authentication::read;
use crate::{AuthenticationConfigurationAt, World};
use seawall_auth::authentication_config::{ClaimRule, Mapping};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # unverified-email-is-user-name
///
/// ## What it finds
/// An issuer whose claim `email` becomes the user name, without a rule that requires `email_verified`.
///
/// ## Why it matters
/// The API server looks at `email_verified` only if the token carries it. With an issuer that leaves it out,
/// people choose their address, and with it their name in the cluster.
///
/// ## Fix
/// Use a claim that cannot be chosen, such as `sub`. Else require `email_verified` by an expression in
/// claimValidationRules.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
/// - https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authentication"]
)]
pub fn unverified_email_is_user_name(
    file: AuthenticationConfigurationAt<'_>,
    world: &World,
    out: &mut Report,
) {
    let Ok(loaded) = read(*file, world) else { return };
    for issuer in &loaded.configuration.issuers {
        // `claim: email_verified` cannot be required by value: it is a boolean, and values are compared as strings.
        let required = issuer.claim_rules.iter().any(|rule| match rule {
            ClaimRule::Expression(expression) => expression.contains("email_verified"),
            ClaimRule::Equals { .. } => false,
        });
        if matches!(issuer.username, Mapping::Claim { claim: "email", .. }) && !required {
            let at = issuer.at.get("claimMappings.username.claim");
            out.finding(at, "the claim `email` is the user name, and `email_verified` is not required");
        }
    }
}
