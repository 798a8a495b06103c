use crate::support::secret_object::{Sort, sort, written_values};
use crate::{SecretAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # secret-in-manifest
///
/// ## What it finds
/// A Secret in a file with its values. Encrypted values (SOPS) and placeholders are left out; tokens,
/// registry credentials and private keys have controls of their own.
///
/// ## Why it matters
/// base64 is no encryption: everybody who reads the repository, its history or its build logs has the
/// values, and they are rarely changed afterwards.
///
/// ## Fix
/// Keep the values in a secret store and let an operator write the Secret, or encrypt the manifest (Sealed
/// Secrets, SOPS). Change values that have been in a repository.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/secrets-good-practices/
/// - https://kubernetes.io/docs/concepts/configuration/secret/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["encryption-at-rest", "token-rotation"]
)]
pub fn secret_in_manifest(secret: SecretAt<'_>, _: &World, out: &mut Report) {
    let object = secret.object();
    if sort(object) != Sort::Other {
        return;
    }
    if let Some(at) = written_values(object) {
        let what = match secret.key("type").str() {
            Some("kubernetes.io/basic-auth") => "user name and password",
            Some("bootstrap.kubernetes.io/token") => "a token with which nodes join the cluster",
            _ => "its values",
        };
        out.finding(at, format!("Secret `{}` stands in a file with {what}", object.name()));
    }
}
