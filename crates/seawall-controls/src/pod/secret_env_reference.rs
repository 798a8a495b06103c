use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # secret-env-reference
///
/// ## What it finds
/// A container that takes a Secret into its environment.
///
/// ## Why it matters
/// Environment variables are inherited by child processes and end up in crash dumps, debug pages and logs more
/// easily than files, and do not follow when the Secret is rotated.
///
/// ## Fix
/// Mount the Secret as a file where the program can read one.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/secrets-good-practices/
/// - https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-environment-variables
#[control(
    since = "0.1.0",
    severity = Info,
    practices = ["encryption-at-rest"],
    cis = ["5.4.1"],
    aliases = ["CKV_K8S_35", "kube-linter:read-secret-from-env-var"]
)]
pub fn secret_env_reference(container: ContainerAt<'_>, _: &World, out: &mut Report) {
    let single = container.get("env").items().map(|variable| variable.get("valueFrom.secretKeyRef"));
    let whole = container.get("envFrom").items().map(|source| source.key("secretRef"));
    let mut references = single.chain(whole).filter(|at| at.exists());
    if let Some(at) = references.next() {
        let count = 1 + references.count();
        let message =
            format!("container `{}` takes {count} secret(s) into its environment", container.name());
        out.finding(at, message);
    }
}
