use crate::support::encryption::{read, written};
use crate::{EncryptionConfigurationAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # old-encryption-keys-read
///
/// ## What it finds
/// Keys and providers behind the one that writes: they still decrypt what they once wrote.
///
/// ## Why it matters
/// After a rotation they should go once everything is rewritten. Until then, a leaked old key opens whatever
/// was not rewritten.
///
/// ## Fix
/// Rewrite all objects of the entry, prove it in etcd, then remove the old keys.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/#rotating-a-decryption-key
#[control(
    since = "0.1.0",
    severity = Info,
    practices = ["encryption-at-rest"]
)]
pub fn old_encryption_keys_read(file: EncryptionConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(configuration) = read(*file, world) else { return };
    for entry in &configuration.entries {
        let resource =
            entry.resources.first().map(|name| written(name.resource, name.group)).unwrap_or_default();
        for (index, provider) in entry.providers.iter().enumerate().filter(|(_, other)| !other.is_identity())
        {
            for key in provider.keys().iter().skip(usize::from(index == 0)) {
                let name = seawall_model::decode::shown(key.name);
                let message = format!("key `{name}` still reads `{resource}` and no longer writes");
                out.finding(file.child(key.at.key("name").nearest()), message);
            }
            if provider.keys().is_empty() && index > 0 {
                out.finding(
                    provider.at,
                    format!("this service still reads `{resource}` and no longer writes"),
                );
            }
        }
    }
}
