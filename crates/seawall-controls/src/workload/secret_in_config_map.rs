use crate::support::secret::{has_secret_line, holds_secret, is_secret};
use crate::{ConfigMapAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # secret-in-config-map
///
/// ## What it finds
/// A ConfigMap with a value under a name that says secret, with a private key or with credentials in a URL. Medium
/// when it is one line of a configuration file. Values are never printed.
///
/// ## Why it matters
/// ConfigMaps are readable for far more people and programs than Secrets, are not encrypted at rest by the usual
/// configurations, and are copied into logs and tickets without a thought.
///
/// ## Fix
/// Move the value into a Secret, better an external store.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/secrets-good-practices/
/// - https://kubernetes.io/docs/concepts/configuration/configmap/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["encryption-at-rest", "token-rotation"],
    aliases = ["KSV-0109", "KSV-01010", "polaris:sensitiveConfigmapContent"]
)]
pub fn secret_in_config_map(map: ConfigMapAt<'_>, _: &World, out: &mut Report) {
    for (key, at) in map.key("data").entries() {
        let Some(value) = at.text() else { continue };
        let lines = value.trim_end().contains('\n');
        if holds_secret(value) || !lines && is_secret(key, value) {
            out.finding(at, format!("the value of `{key}` is a secret that everyone may read"));
        } else if lines && has_secret_line(value) {
            out.finding(at, format!("`{key}` sets a password, token or key in plain text"))
                .severity(Severity::Medium);
        }
    }
}
