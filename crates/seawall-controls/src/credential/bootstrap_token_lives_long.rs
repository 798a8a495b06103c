use crate::{SecretAt, World};
use seawall_auth::authentication::{bootstrap_bearer, format_time, parse_time};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # bootstrap-token-lives-long
///
/// ## What it finds
/// A bootstrap token for authentication that is good for more than a week: from when it was made, or from when the
/// cluster was read.
///
/// ## Why it matters
/// kubeadm gives a token one day. A node needs it for minutes; everybody who finds it needs it for as long as it is
/// good.
///
/// ## Fix
/// Delete it, and make a token for each join with `kubeadm token create --ttl 1h`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["bootstrap-tokens", "authentication"]
)]
pub fn bootstrap_token_lives_long(secret: SecretAt<'_>, world: &World, out: &mut Report) {
    const WEEK: i64 = 7 * 86_400;
    let made = secret.get("metadata.creationTimestamp").str().and_then(parse_time);
    let Some(from) = made.or(world.time()) else { return };
    let now = world.time().unwrap_or(from);
    let expires = bootstrap_bearer(secret.object(), now).and_then(|identity| identity.expires);
    let Some(expires) = expires.filter(|expires| expires.stated - from > WEEK) else { return };
    let days = (expires.stated - from) / 86_400;
    let message = format!(
        "the bootstrap token `{}` is good for {days} days, until {}",
        secret.object().name(),
        format_time(expires.stated)
    );
    out.finding(secret.get("data.expiration"), message);
}
