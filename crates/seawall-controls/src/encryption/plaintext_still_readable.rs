use crate::support::encryption::read;
use crate::{EncryptionConfigurationAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # plaintext-still-readable
///
/// ## What it finds
/// An `identity` provider behind one that encrypts.
///
/// ## Why it matters
/// This is right while old values are rewritten. Afterwards it lets the API server read values that somebody
/// planted in etcd without any key, and hides objects that were never encrypted.
///
/// ## Fix
/// Once every object is rewritten and etcd was checked for plaintext, remove `identity`. Before that,
/// removing it makes the old values unreadable.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
#[control(
    since = "0.1.0",
    severity = Info,
    practices = ["encryption-at-rest"]
)]
pub fn plaintext_still_readable(file: EncryptionConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(configuration) = read(*file, world) else { return };
    for entry in &configuration.entries {
        let encrypts = entry.providers.first().is_some_and(|first| !first.is_identity());
        for provider in entry.providers.iter().skip(1).filter(|provider| encrypts && provider.is_identity()) {
            out.finding(
                provider.at,
                "values in plaintext are still read: needed only until everything is rewritten",
            );
        }
    }
}
