use crate::support::secret_object::{Sort, sort};
use crate::{SecretAt, World};
use seawall_auth::authentication::parse_time;
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # unused-token-secret
///
/// ## What it finds
/// A service-account token Secret in a cluster that the API server has not seen used for 90 days. It writes the day of
/// the last use into a label; Secrets without it have not been used since it began to.
///
/// ## Why it matters
/// The token never expires. Nobody would miss it, and whoever finds it in a backup acts as the account.
///
/// ## Fix
/// Delete the Secret. Those that Kubernetes itself made are cleaned up after a year; those that somebody made never are.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#auto-generated-legacy-serviceaccount-token-clean-up
/// - https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-legacy-token-last-used
#[control(since = "0.1.0", severity = Medium, practices = ["token-rotation", "authentication"])]
pub fn unused_token_secret(secret: SecretAt<'_>, world: &World, out: &mut Report) {
    const DAY: i64 = 86_400;
    const LONG: i64 = 90;
    let object = secret.object();
    let Some(now) = world.time().filter(|_| sort(object) == Sort::ServiceAccountToken) else { return };
    // The API server writes into it since when it watches (`pkg/controlplane/controller/legacytokentracking`).
    let tracking = world.cluster().find(WellKnown::ConfigMap, Some("kube-system"), TRACKING);
    let Some(tracking) = tracking.filter(|map| map.uid().is_some()) else { return };
    let Some(since) = tracking.at().get("data.since").str().and_then(day) else { return };
    // Already refused, and about to be deleted.
    if object.label("kubernetes.io/legacy-token-invalid-since").is_some() {
        return;
    }
    let made = secret.get("metadata.creationTimestamp").str().and_then(parse_time);
    let used = object.label("kubernetes.io/legacy-token-last-used").and_then(day);
    let quiet = used.or(made.map(|made| made.max(since))).map(|last| (now - last) / DAY);
    let Some(days) = quiet.filter(|days| *days > LONG) else { return };
    let account = object.annotation("kubernetes.io/service-account.name").unwrap_or("");
    let message = match used {
        Some(_) => format!("the token of `{account}` was last used {days} days ago, and never expires"),
        None => {
            format!("nobody has used the token of `{account}` for at least {days} days, and it never expires")
        }
    };
    out.finding(secret.key("type"), message)
        .related(tracking.at().get("data.since"), "since when uses are recorded");
}

const TRACKING: &str = "kube-apiserver-legacy-service-account-token-tracking";

/// `2006-01-02`.
fn day(text: &str) -> Option<i64> {
    parse_time(&format!("{text}T00:00:00Z"))
}
