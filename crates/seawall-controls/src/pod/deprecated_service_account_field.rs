use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # deprecated-service-account-field
///
/// ## What it finds
/// A pod that names its service account in the deprecated field `serviceAccount`.
///
/// ## Why it matters
/// Programs and policies look at `serviceAccountName` alone and may take the pod for one of the default service
/// account.
///
/// ## Fix
/// Use `serviceAccountName`.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["versions"],
    aliases = ["kube-linter:deprecated-service-account-field"],
    fix = Safe
)]
pub fn deprecated_service_account_field(pod: PodAt<'_>, _: &World, out: &mut Report) {
    let old = pod.get("serviceAccount");
    let new = pod.get("serviceAccountName");
    // Live objects carry both: the API server copies the one to the other.
    if let Some(name) = old.str().filter(|name| !name.is_empty() && !new.exists()) {
        let fix = vec![old.remove(), new.set(yaml_string(name))];
        out.finding(old, "the service account is named in a deprecated field")
            .safe_fix("use `serviceAccountName`", fix);
    }
}

/// A name as YAML: quoted unless it is plainly a string.
fn yaml_string(name: &str) -> String {
    let plain = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !matches!(name, "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n");
    if plain { name.to_owned() } else { format!("{name:?}") }
}
