use crate::support::encryption::read;
use crate::{EncryptionConfigurationAt, World};
use seawall_controls_macros::control;
use seawall_keys::encryption::{Algorithm, ProviderKind};
use seawall_model::Report;

/// # encryption-by-static-aesgcm
///
/// ## What it finds
/// Resources that are written by the provider `aesgcm`, whose key stands in the file.
///
/// ## Why it matters
/// Each write draws a random nonce of 96 bits. Upstream asks to change the key every 200,000 writes, and
/// nothing does that by itself: a nonce drawn twice under one key reveals both values and allows forgeries.
///
/// ## Fix
/// Use KMS v2, which derives a fresh key for each write, or `secretbox`. If you stay, automate the rotation.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/#providers
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["encryption-at-rest"]
)]
pub fn encryption_by_static_aesgcm(file: EncryptionConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(configuration) = read(*file, world) else { return };
    for entry in &configuration.entries {
        if let Some(writer) = entry.providers.first()
            && matches!(writer.kind, ProviderKind::Keys(Algorithm::AesGcm, _))
        {
            out.finding(writer.at, "`aesgcm` writes with a key that only people rotate");
        }
    }
}
