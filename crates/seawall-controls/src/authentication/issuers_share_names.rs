use crate::support::authentication::read;
use crate::{AuthenticationConfigurationAt, World};
use seawall_auth::authentication_config::Mapping;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # issuers-share-names
///
/// ## What it finds
/// Two issuers whose user names can be the same, because their prefixes are equal or one is the start of the
/// other.
///
/// ## Why it matters
/// A person at one issuer can be taken for another person at the other: whoever controls the weaker issuer
/// has the rights of everybody.
///
/// ## Fix
/// Give each issuer a prefix of its own that ends in a separator, such as `corp:` and `ci:`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authentication"]
)]
pub fn issuers_share_names(file: AuthenticationConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(loaded) = read(*file, world) else { return };
    // At most 64 issuers are taken, so pairs are few.
    let named: Vec<_> = loaded
        .configuration
        .issuers
        .iter()
        .filter_map(|issuer| match issuer.username {
            Mapping::Claim { prefix, .. } => Some((issuer, prefix)),
            _ => None,
        })
        .collect();
    for (index, (issuer, prefix)) in named.iter().enumerate() {
        let earlier = named.iter().take(index);
        let same =
            earlier.into_iter().find(|(_, other)| prefix.starts_with(other) || other.starts_with(prefix));
        if let Some((other, _)) = same {
            let at = issuer.at.get("claimMappings.username.prefix");
            let url = seawall_model::decode::shown(other.url);
            out.finding(at, format!("user names of this issuer can be those of `{url}`"))
                .related(other.at.get("claimMappings.username.prefix"), "the other issuer");
        }
    }
}
