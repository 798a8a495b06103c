use crate::support::secret_object::{private_key, written_values};
use crate::{SecretAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # private-key-in-manifest
///
/// ## What it finds
/// A Secret with a private key in a file: for TLS, SSH or signing.
///
/// ## Why it matters
/// Whoever reads the file can pose as the server or log in with the key, and read recorded traffic, for as
/// long as the certificate is valid.
///
/// ## Fix
/// Have cert-manager or another issuer make the key in the cluster, and replace the one that was in the
/// file.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/secrets-good-practices/
/// - https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["certificate-rotation", "encryption-at-rest"]
)]
pub fn private_key_in_manifest(secret: SecretAt<'_>, _: &World, out: &mut Report) {
    let object = secret.object();
    if let (Some(_), Some(key)) = (written_values(object), private_key(object)) {
        out.finding(key, format!("Secret `{}` stands in a file with a private key", object.name()));
    }
}
