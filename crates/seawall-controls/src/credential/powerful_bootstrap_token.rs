use crate::support::effective::{Undecided, chain, explain, has_bindings, undecided};
use crate::support::takeover::wide;
use crate::{SecretAt, World};
use seawall_auth::authentication::bootstrap_bearer;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # powerful-bootstrap-token
///
/// ## What it finds
/// A bootstrap token whose user or groups (`system:bootstrappers` and the extra ones of the token) have rights in the
/// whole cluster: reading every Secret, creating pods everywhere, approving certificates it asks for, or more.
///
/// ## Why it matters
/// Such tokens are handed to machines before anybody knows them, and stand in images and scripts. They are meant for
/// one thing: to ask for a node's certificate.
///
/// ## Fix
/// Remove the binding of the group, or the group from `auth-extra-groups`; delete tokens that are no longer needed.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/
/// - https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["bootstrap-tokens", "authorization", "escalation"]
)]
pub fn powerful_bootstrap_token(secret: SecretAt<'_>, world: &World, out: &mut Report) {
    if !has_bindings(world) {
        return;
    }
    let now = world.time().unwrap_or(i64::MIN);
    let Some(identity) = bootstrap_bearer(secret.object(), now) else { return };
    let mut user = identity.user;
    user.add_authenticated_group();
    let at = secret.get("data.auth-extra-groups");
    let name = secret.object().name();
    let Some(way) = wide(world, &user) else {
        let why = undecided(world, &user, |judge| Some(wide(judge, &user)?.asked));
        Undecided::default().report(at, why, || format!("what the bootstrap token `{name}` may do"), out);
        return;
    };
    let chain = chain(world, &user, &way.asked);
    explain(out.finding(at, format!("the bootstrap token `{name}` may {}", way.effect)), &chain);
}
