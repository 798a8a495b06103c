use crate::support::encryption::read;
use crate::{EncryptionConfigurationAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # encryption-key-in-file
///
/// ## What it finds
/// A provider that writes with a key whose material stands in the EncryptionConfiguration itself.
///
/// ## Why it matters
/// Whoever reads the file can decrypt every backup: a repository it was committed to, a configuration
/// management server, the disk of a control-plane node. On the node the key lies beside the data it protects.
///
/// ## Fix
/// Use KMS v2, so that the key never leaves its service. Else keep the file out of version control, mode
/// 0600, owner root. A key that was ever committed must be replaced.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/kms-provider/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["encryption-at-rest"]
)]
pub fn encryption_key_in_file(file: EncryptionConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(configuration) = read(*file, world) else { return };
    for entry in &configuration.entries {
        let Some(writer) = entry.providers.first() else { continue };
        if let Some(key) = writer.keys().first() {
            let message = format!("the key that `{}` writes with stands in this file", writer.name());
            out.finding(file.child(key.secret().nearest()), message);
        }
    }
}
