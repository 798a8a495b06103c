use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # service-account-key-unset
///
/// ## What it finds
/// A kube-apiserver without `--service-account-key-file`, whose tokens no external signer makes.
///
/// ## Why it matters
/// It then checks tokens with its own TLS key. The key of a server and the key of all identities are one, and
/// neither can be changed without the other.
///
/// ## Fix
/// Give service accounts a key pair of their own.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#token-controller
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["authentication", "token-rotation"],
    cis = ["1.2.22"],
    aliases = ["KCV-0025", "CKV_K8S_97"]
)]
pub fn service_account_key_unset(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    let (key, signer) =
        (server.setting("service-account-key-file"), server.setting("service-account-signing-endpoint"));
    if key.text() == Some("") && matches!(signer.text(), Some("") | None) && signer.unknown().is_none() {
        out.finding(
            key.at(),
            "kube-apiserver checks service account tokens with its own TLS key: no key of theirs is set",
        );
    } else if let Some(decides) = key.unknown() {
        out.unknown(key.at(), "whether service accounts have a key of their own", decides);
    }
}
