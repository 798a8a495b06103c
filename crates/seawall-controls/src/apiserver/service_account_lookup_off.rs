use crate::support::component::must_be;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety};

/// # service-account-lookup-off
///
/// ## What it finds
/// A kube-apiserver with `--service-account-lookup=false`.
///
/// ## Why it matters
/// Deleting a service account or its token secret then no longer invalidates its old tokens: a stolen one stays
/// good.
///
/// ## Fix
/// Remove the flag; the lookup is on by default.
///
/// ## References
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authentication", "token-rotation"],
    cis = ["1.2.21"],
    aliases = ["KCV-0024", "CKV_K8S_96"],
    fix = Safe
)]
pub fn service_account_lookup_off(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    let mend = (Safety::Safe, "look the accounts of tokens up", "true");
    must_be(
        out,
        *server,
        "service-account-lookup",
        true,
        "tokens of deleted service accounts stay valid",
        mend,
    );
}
