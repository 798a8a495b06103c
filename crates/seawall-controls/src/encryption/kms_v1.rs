use crate::support::encryption::read;
use crate::{EncryptionConfigurationAt, World};
use seawall_controls_macros::control;
use seawall_keys::encryption::ProviderKind;
use seawall_model::Report;

/// # kms-v1
///
/// ## What it finds
/// A KMS provider of API version v1, which is what a provider without `apiVersion` is.
///
/// ## Why it matters
/// KMS v1 is deprecated since 1.28 and off by default since 1.29: the API server refuses the file unless
/// `--feature-gates=KMSv1=true` is set. It asks the service for every write, has no key id, and gives no sign
/// which key protects what.
///
/// ## Fix
/// Run a plugin that speaks v2, put it first as a second provider, rewrite everything, then remove v1.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/kms-provider/
/// - https://github.com/kubernetes/enhancements/tree/master/keps/sig-auth/3299-kms-v2-improvements
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["encryption-at-rest"]
)]
pub fn kms_v1(file: EncryptionConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(configuration) = read(*file, world) else { return };
    for provider in configuration.entries.iter().flat_map(|entry| &entry.providers) {
        if let ProviderKind::Kms(kms) = &provider.kind
            && kms.version == 1
        {
            let name = seawall_model::decode::shown(kms.name);
            out.finding(
                kms.at.key("apiVersion"),
                format!("KMS provider `{name}` speaks v1, which is off by default"),
            );
        }
    }
}
