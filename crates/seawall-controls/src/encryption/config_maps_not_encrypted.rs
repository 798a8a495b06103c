use crate::support::encryption::read;
use crate::{EncryptionConfigurationAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # config-maps-not-encrypted
///
/// ## What it finds
/// An EncryptionConfiguration that encrypts Secrets and leaves ConfigMaps in plaintext.
///
/// ## Why it matters
/// ConfigMaps often hold connection strings, tokens and kubeconfigs that somebody put there by mistake. They
/// lie readable in etcd and its backups.
///
/// ## Fix
/// Add `configmaps` to the entry of `secrets`, or encrypt everything with `*.*`, and rewrite the objects.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["encryption-at-rest"]
)]
pub fn config_maps_not_encrypted(file: EncryptionConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(configuration) = read(*file, world) else { return };
    if configuration.writes_plaintext("", "secrets") || !configuration.writes_plaintext("", "configmaps") {
        return;
    }
    let rule = configuration.rule("", "configmaps");
    let listed_but_off =
        rule.as_ref().is_some_and(|rule| rule.readers().iter().any(|other| !other.is_identity()));
    if listed_but_off {
        // encryption-listed-but-off says so.
        return;
    }
    let named = rule.and_then(|rule| rule.names.first().map(|name| name.at));
    out.finding(named.unwrap_or(file.key("resources")), "`configmaps` are stored in plaintext");
}
