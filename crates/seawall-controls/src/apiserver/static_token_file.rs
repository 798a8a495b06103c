use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # static-token-file
///
/// ## What it finds
/// A kube-apiserver with `--token-auth-file`.
///
/// ## Why it matters
/// The file holds tokens in clear text that never expire. Taking one back needs an edit of the file and a
/// restart of every API server, so a token that leaks stays good.
///
/// ## Fix
/// Give people an identity provider (OIDC through AuthenticationConfiguration) and programs service accounts,
/// then remove the flag.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authentication", "token-rotation"],
    cis = ["1.2.2"],
    aliases = ["KCV-0002", "CKV_K8S_70"],
    fix = Unsafe
)]
pub fn static_token_file(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    let setting = server.setting("token-auth-file");
    if setting.is_set() && setting.text() != Some("") {
        out.finding(setting.at(), "kube-apiserver takes static tokens that never expire")
            .unsafe_fix("take static tokens away", setting.removal());
    }
}
