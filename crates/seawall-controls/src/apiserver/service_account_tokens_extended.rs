use crate::support::component::must_be;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety};

/// # service-account-tokens-extended
///
/// ## What it finds
/// A kube-apiserver that does not set `--service-account-extend-token-expiration=false`.
///
/// ## Why it matters
/// Tokens that pods get are meant for an hour; with the extension, the default, they are valid for a year. A
/// token from a log or a backup then works for months.
///
/// ## Fix
/// Set it to false once all clients reload their token (client libraries since 1.21 do). The metric
/// `serviceaccount_stale_tokens_total` shows those that do not.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["token-rotation"],
    cis = ["1.2.30"],
    fix = Unsafe
)]
pub fn service_account_tokens_extended(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    let mend = (Safety::Unsafe, "give tokens the life they ask for", "false");
    must_be(
        out,
        *server,
        "service-account-extend-token-expiration",
        false,
        "pods' tokens are valid for a year",
        mend,
    );
}
