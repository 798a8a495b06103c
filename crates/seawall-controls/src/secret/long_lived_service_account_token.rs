use crate::support::secret_object::{Sort, sort};
use crate::{SecretAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # long-lived-service-account-token
///
/// ## What it finds
/// A Secret of type `kubernetes.io/service-account-token`.
///
/// ## Why it matters
/// Kubernetes writes a token into it that never expires. Whoever reads the Secret once, in the API, a
/// backup or a pod, acts as the service account until somebody deletes it.
///
/// ## Fix
/// Use the tokens that pods get mounted, or `kubectl create token` with a short `--duration`; delete the
/// Secret.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/service-accounts/#get-a-token
/// - https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#manual-secret-management-for-serviceaccounts
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["token-rotation", "authentication"]
)]
pub fn long_lived_service_account_token(secret: SecretAt<'_>, _: &World, out: &mut Report) {
    if sort(secret.object()) == Sort::ServiceAccountToken {
        let account = secret.get("metadata.annotations").key("kubernetes.io/service-account.name");
        let account = account.text().unwrap_or("");
        let message =
            format!("Secret `{}` holds a token of `{account}` that never expires", secret.object().name());
        out.finding(secret.key("type"), message);
    }
}
