use crate::support::secret::{holds_secret, is_secret};
use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # secret-in-command
///
/// ## What it finds
/// A command or argument that sets a password, token or key in plain text, or holds a private key or credentials in
/// a URL. Values are never printed.
///
/// ## Why it matters
/// Arguments are readable for everyone who may read the workload, for every process of the node that sees `/proc`,
/// and end up in logs.
///
/// ## Fix
/// Put the secret into a Secret and have the program read a file.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/secrets-good-practices/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["encryption-at-rest", "token-rotation"],
    cis = ["5.4.1"]
)]
pub fn secret_in_command(container: ContainerAt<'_>, _: &World, out: &mut Report) {
    for list in ["command", "args"] {
        let mut flag: Option<&str> = None;
        for at in container.get(list).items() {
            let text = at.text().unwrap_or("");
            let after = flag.take();
            let set = text.split_once('=').filter(|(name, _)| is_flag(name));
            let wrong = match (set, after) {
                (Some((name, value)), _) => is_secret(name, value),
                (None, Some(name)) if !text.starts_with('-') => is_secret(name, text),
                _ => holds_secret(text),
            };
            if wrong {
                out.finding(at, format!("{list} of container `{}` hold a secret", container.name()));
            }
            flag = is_flag(text).then_some(text);
        }
    }
}

/// `--name` or `NAME`, nothing longer.
fn is_flag(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}
