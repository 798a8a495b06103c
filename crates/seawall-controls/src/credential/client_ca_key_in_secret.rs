use crate::support::client_ca::{has_private_key, holds_client_ca};
use crate::{SecretAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # client-ca-key-in-secret
///
/// ## What it finds
/// A Secret that holds the certificate of an authority which the API server believes for client certificates, together
/// with a private key. The API server publishes its authorities in `kube-system/extension-apiserver-authentication`.
///
/// ## Why it matters
/// With this key anybody makes a certificate of any user, of `system:masters` too, that no role limits and nobody can
/// revoke. Everybody who may read the Secret, in the API or in a backup of etcd, is the cluster.
///
/// ## Fix
/// Take the key out of the cluster. Sign other things with an authority of their own; if the Secret was readable by
/// others, replace the authority.
///
/// ## References
/// - https://kubernetes.io/docs/setup/best-practices/certificates/
/// - https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["authentication", "escalation", "encryption-at-rest"]
)]
pub fn client_ca_key_in_secret(secret: SecretAt<'_>, world: &World, out: &mut Report) {
    let object = secret.object();
    let Some(at) = holds_client_ca(object, world) else { return };
    if has_private_key(object) {
        let message = format!(
            "Secret `{}` holds an authority for client certificates with a private key",
            object.name()
        );
        out.finding(at, message);
    }
}
