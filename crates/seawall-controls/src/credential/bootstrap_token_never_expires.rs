use crate::{SecretAt, World};
use seawall_auth::authentication::bootstrap_bearer;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # bootstrap-token-never-expires
///
/// ## What it finds
/// A bootstrap token that allows authentication and has no `expiration`.
///
/// ## Why it matters
/// Whoever has seen the token once (in a cloud image, a script, a ticket) may for ever ask for the certificate of a
/// node of any name that does not exist yet, and read what that node may read.
///
/// ## Fix
/// Delete the token, and make one with `kubeadm token create --ttl 1h` when a node joins.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["bootstrap-tokens", "authentication"]
)]
pub fn bootstrap_token_never_expires(secret: SecretAt<'_>, _: &World, out: &mut Report) {
    let Some(identity) = bootstrap_bearer(secret.object(), i64::MIN) else { return };
    if identity.expires.is_none() {
        out.finding(
            secret.get("data.expiration"),
            format!("the bootstrap token `{}` has no end", secret.object().name()),
        );
    }
}
