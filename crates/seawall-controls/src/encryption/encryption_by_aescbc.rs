use crate::support::encryption::{read, written};
use crate::{EncryptionConfigurationAt, World};
use seawall_controls_macros::control;
use seawall_keys::encryption::{Algorithm, ProviderKind};
use seawall_model::Report;

/// # encryption-by-aescbc
///
/// ## What it finds
/// Resources that are written by the provider `aescbc`.
///
/// ## Why it matters
/// AES-CBC has no integrity check here: whoever can write to etcd changes stored values without a key, and an
/// attacker who sees which values fail to decrypt can recover plaintext (padding oracle). A ciphertext can
/// also be moved to another object.
///
/// ## Fix
/// Put KMS v2, or where no service is at hand `secretbox`, in front; keep `aescbc` behind it until everything
/// is rewritten.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/#providers
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["encryption-at-rest"]
)]
pub fn encryption_by_aescbc(file: EncryptionConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(configuration) = read(*file, world) else { return };
    for entry in &configuration.entries {
        let Some(writer) = entry.providers.first() else { continue };
        if !matches!(writer.kind, ProviderKind::Keys(Algorithm::AesCbc, _)) {
            continue;
        }
        let names: Vec<String> = entry
            .resources
            .iter()
            .take(4)
            .map(|name| format!("`{}`", written(name.resource, name.group)))
            .collect();
        let more = if entry.resources.len() > names.len() { " and others" } else { "" };
        out.finding(
            writer.at,
            format!("{}{more} are encrypted by `aescbc`, without integrity", names.join(", ")),
        );
    }
}
