use crate::support::secret_object::{Sort, sort, written_values};
use crate::{SecretAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # registry-credentials-in-manifest
///
/// ## What it finds
/// A Secret with credentials for an image registry in a file.
///
/// ## Why it matters
/// Everybody who reads the file can read private images, and where the account may also push, replace the
/// images that the cluster runs.
///
/// ## Fix
/// Let the kubelet get credentials from the cloud (credential provider), or have an operator write the
/// Secret. Use an account that may only pull, and change the password that was in the file.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/secrets-good-practices/
/// - https://kubernetes.io/docs/tasks/kubelet-credential-provider/kubelet-credential-provider/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["token-rotation", "image-signing"]
)]
pub fn registry_credentials_in_manifest(secret: SecretAt<'_>, _: &World, out: &mut Report) {
    let object = secret.object();
    if let (Sort::Registry, Some(at)) = (sort(object), written_values(object)) {
        out.finding(
            at,
            format!("Secret `{}` stands in a file with the credentials of a registry", object.name()),
        );
    }
}
