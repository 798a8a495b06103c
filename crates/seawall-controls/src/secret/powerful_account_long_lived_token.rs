use crate::support::effective::{Undecided, account, chain, explain, has_bindings, undecided};
use crate::support::secret_object::{Sort, sort};
use crate::support::takeover::{wide, writes};
use crate::{SecretAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # powerful-account-long-lived-token
///
/// ## What it finds
/// A Secret of type `kubernetes.io/service-account-token` for a service account that may change objects or read
/// Secrets.
///
/// ## Why it matters
/// The token in it never expires: everybody who may read Secrets in the namespace, or a backup of it, has the
/// account's rights for good.
///
/// ## Fix
/// Delete the Secret and use tokens of limited life: the mounted ones, or `kubectl create token`. Give what reads
/// the API from outside an account that only reads what it needs.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/service-accounts/#get-a-token
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#token-request
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["token-rotation", "authorization", "escalation"]
)]
pub fn powerful_account_long_lived_token(secret: SecretAt<'_>, world: &World, out: &mut Report) {
    if sort(secret.object()) != Sort::ServiceAccountToken || !has_bindings(world) {
        return;
    }
    let at = secret.get("metadata.annotations").key("kubernetes.io/service-account.name");
    let Some(name) = at.str().filter(|name| !name.is_empty()) else { return };
    let user = account(secret.object().namespace(), name);
    let message = |effect: &str| format!("a token that never expires lets its holder {effect} as `{name}`");
    if let Some(way) = wide(world, &user) {
        let chain = chain(world, &user, &way.asked);
        explain(out.finding(at, message(way.effect)), &chain);
    } else if let Some((effect, proof)) = writes(world, &user) {
        explain(out.finding(at, message(&effect)).severity(Severity::Medium), &[proof]);
    } else {
        let why = undecided(world, &user, |judge| Some(wide(judge, &user)?.asked));
        let message = || format!("what a token of `{name}` that never expires lets its holder do");
        Undecided::default().report(at, why, message, out);
    }
}
