use crate::support::encryption::{read, written};
use crate::{EncryptionConfigurationAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # encryption-listed-but-off
///
/// ## What it finds
/// Resources other than Secrets whose entry lists a provider that encrypts, with `identity` before it.
///
/// ## Why it matters
/// Somebody meant these resources to be encrypted. They are written in plaintext, because only the first
/// provider writes.
///
/// ## Fix
/// Put the provider that encrypts first. If encryption is being taken back on purpose, remove the other
/// providers once everything is rewritten.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["encryption-at-rest"]
)]
pub fn encryption_listed_but_off(file: EncryptionConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(configuration) = read(*file, world) else { return };
    for entry in &configuration.entries {
        let Some((first, others)) = entry.providers.split_first() else { continue };
        if !first.is_identity() || others.iter().all(|provider| provider.is_identity()) {
            continue;
        }
        for name in entry.resources.iter().filter(|name| (name.resource, name.group) != ("secrets", "")) {
            let resource = written(name.resource, name.group);
            let message = format!(
                "`{resource}` is stored in plaintext: `identity` stands before the provider that encrypts"
            );
            out.finding(name.at, message).related(first.at, "the provider that writes");
        }
    }
}
