use crate::{SecretAt, World};
use seawall_auth::authentication::{bootstrap_bearer, format_time};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # bootstrap-token-left-behind
///
/// ## What it finds
/// A bootstrap token in a cluster that has been past its end for more than an hour and is still there.
///
/// ## Why it matters
/// It is refused, but the controller that deletes such tokens does not run, so nothing tidies up the next one either;
/// and whoever may change the Secret only has to write a new `expiration`.
///
/// ## Fix
/// Delete the Secret, and let the controller manager run its controller `tokencleaner` (`--controllers`).
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/#token-management-with-kubeadm
#[control(since = "0.1.0", severity = Low, practices = ["bootstrap-tokens"])]
pub fn bootstrap_token_left_behind(secret: SecretAt<'_>, world: &World, out: &mut Report) {
    const HOUR: i64 = 3600;
    let Some(now) = world.time() else { return };
    let identity = bootstrap_bearer(secret.object(), i64::MIN);
    let Some(expires) = identity.and_then(|identity| identity.expires) else { return };
    if expires.stated + HOUR < now {
        let message = format!(
            "the bootstrap token `{}` ended {} and was not deleted",
            secret.object().name(),
            format_time(expires.stated)
        );
        out.finding(secret.get("data.expiration"), message);
    }
}
