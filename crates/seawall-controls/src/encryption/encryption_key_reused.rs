use crate::support::encryption::read;
use crate::{EncryptionConfigurationAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # encryption-key-reused
///
/// ## What it finds
/// Keys of equal material under several names, or in several providers.
///
/// ## Why it matters
/// Somebody took a rotation for done that was none: the new name protects nothing that the old one does not.
/// Between algorithms, one key for two ciphers breaks what their proofs assume.
///
/// ## Fix
/// Draw a new key for the new name, rewrite everything, then remove the old one.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/#rotating-a-decryption-key
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["encryption-at-rest"]
)]
pub fn encryption_key_reused(file: EncryptionConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(configuration) = read(*file, world) else { return };
    for group in configuration.equal_keys() {
        let Some((first, others)) = group.split_first() else { continue };
        // One key for several entries, by the same name, is one key.
        let differs = |key: &&seawall_keys::encryption::Key<'_>| {
            key.name != first.name || key.algorithm != first.algorithm
        };
        for key in others.iter().filter(differs) {
            let (name, old) =
                (seawall_model::decode::shown(key.name), seawall_model::decode::shown(first.name));
            out.finding(key.at.key("name"), format!("key `{name}` is the same as key `{old}`"))
                .related(first.at, "the other one");
        }
    }
}
