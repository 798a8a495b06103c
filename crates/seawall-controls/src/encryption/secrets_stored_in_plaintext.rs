use crate::support::encryption::read;
use crate::{EncryptionConfigurationAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # secrets-stored-in-plaintext
///
/// ## What it finds
/// An EncryptionConfiguration under which new Secrets are stored as they are: the first provider of the rule
/// for `secrets` is `identity`, or no rule covers them. Of several rules the exact name wins over `*.`, and
/// that over `*.*`.
///
/// ## Why it matters
/// Only the first provider writes. With `identity` in front the cluster looks encrypted and is not: whoever
/// gets an etcd member's disk, a snapshot or a backup reads every credential.
///
/// ## Fix
/// Put a provider that encrypts first, keep `identity` behind it until everything is rewritten, then rewrite
/// all Secrets.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
/// - https://github.com/kubernetes-sigs/kind/issues/3726
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["encryption-at-rest"],
    cis = ["1.2.28"],
    aliases = ["CKV_K8S_104"]
)]
pub fn secrets_stored_in_plaintext(file: EncryptionConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(configuration) = read(*file, world) else { return };
    match configuration.rule("", "secrets") {
        None => {
            let message = "no rule covers `secrets`: they are stored in plaintext";
            out.finding(file.key("resources"), message);
        }
        Some(rule) => {
            let Some(writer) = rule.writer().filter(|writer| writer.is_identity()) else { return };
            let message = if rule.readers().iter().any(|provider| !provider.is_identity()) {
                "`secrets` are stored in plaintext: `identity` is the first provider, and only the first one writes"
            } else {
                "`secrets` are stored in plaintext: their only provider is `identity`"
            };
            let mut finding = out.finding(writer.at, message);
            for name in rule.names.iter().take(1) {
                finding = finding.related(name.at, "the rule for `secrets`");
            }
        }
    }
}
