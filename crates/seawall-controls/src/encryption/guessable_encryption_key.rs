use crate::support::encryption::read;
use crate::{EncryptionConfigurationAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # guessable-encryption-key
///
/// ## What it finds
/// A key of the EncryptionConfiguration that nobody drew at random: readable text, one byte repeated, or
/// bytes that count up.
///
/// ## Why it matters
/// Such keys come from guides and from keyboards. They are tried first, and the encryption is worth nothing
/// then.
///
/// ## Fix
/// Draw 32 random bytes (`head -c 32 /dev/urandom | base64`), put the new key first, rewrite everything, then
/// remove the old one.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/#generate-key
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["encryption-at-rest"]
)]
pub fn guessable_encryption_key(file: EncryptionConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(configuration) = read(*file, world) else { return };
    for key in configuration.keys() {
        if let Some(sign) = key.looks_made_up() {
            let name = seawall_model::decode::shown(key.name);
            out.finding(
                file.child(key.secret().nearest()),
                format!("key `{name}` is not random: it is {sign}"),
            );
        }
    }
}
