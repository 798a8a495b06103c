use crate::support::secret::is_secret;
use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # secret-in-env
///
/// ## What it finds
/// An environment variable whose name says secret (password, token, key) and whose value stands in the manifest, or
/// whose value holds a private key or credentials in a URL. Values are never printed.
///
/// ## Why it matters
/// Everyone who may read the workload, its manifest in the repository or its last-applied annotation has the
/// secret. It is not encrypted at rest and cannot be rotated without a rollout.
///
/// ## Fix
/// Put it into a Secret, better an external store, and mount it as a file.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/secrets-good-practices/
/// - https://kubernetes.io/docs/concepts/configuration/secret/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["encryption-at-rest", "token-rotation"],
    cis = ["5.4.1"],
    aliases = ["kube-linter:env-var-secret", "polaris:sensitiveContainerEnvVar"]
)]
pub fn secret_in_env(container: ContainerAt<'_>, _: &World, out: &mut Report) {
    for variable in container.get("env").items() {
        let name = variable.key("name").text().unwrap_or("");
        let at = variable.key("value");
        if at.text().is_some_and(|value| is_secret(name, value)) {
            out.finding(at, format!("the value of `{name}` stands in the manifest"));
        }
    }
}
