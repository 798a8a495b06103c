use crate::support::authentication::read;
use crate::{AuthenticationConfigurationAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_model::decode::{GoUrl, shown};

/// # issuer-keys-from-elsewhere
///
/// ## What it finds
/// An issuer whose `discoveryURL` is on another host than its `url`.
///
/// ## Why it matters
/// The keys that tokens are checked with come from the discovery host. Whoever controls it signs tokens in
/// the issuer's name. That is right for issuers that are reached by an internal name, and worth a look
/// elsewhere.
///
/// ## Fix
/// Check who runs the discovery host; pin its certificate authority by `certificateAuthority`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["authentication"]
)]
pub fn issuer_keys_from_elsewhere(file: AuthenticationConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(loaded) = read(*file, world) else { return };
    for issuer in &loaded.configuration.issuers {
        let Some(discovery) = issuer.discovery_url else { continue };
        let host = |url| GoUrl::parse(url).map(|url| url.host.to_ascii_lowercase()).unwrap_or_default();
        if host(discovery) != host(issuer.url) {
            let at = issuer.at.get("issuer.discoveryURL");
            let message =
                format!("the keys of this issuer come from another host, `{}`", shown(&host(discovery)));
            out.finding(at, message);
        }
    }
}
