use crate::{NamespaceAt, World};
use seawall_admission::pod_security::{Mode, NamespacePolicy};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # invalid-pod-security-label
///
/// ## What it finds
/// A label of a Namespace that looks like Pod Security but is none: a misspelt key, a level that is not
/// `privileged`, `baseline` or `restricted`, a version that is not `latest` or `v1.<minor>`.
///
/// ## Why it matters
/// A misspelt key has no effect: the namespace is not protected though its file says so. A wrong value is
/// refused when the namespace is made; on an existing one a wrong `audit` or `warn` level counts as
/// `privileged`.
///
/// ## Fix
/// The keys are `pod-security.kubernetes.io/` and `enforce`, `audit`, `warn`, `enforce-version`, `audit-
/// version`, `warn-version`; versions are written `v1.36`.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security"]
)]
pub fn invalid_pod_security_label(namespace: NamespaceAt<'_>, _: &World, out: &mut Report) {
    let Some(object) = namespace.object else { return };
    let labels = object.get("metadata.labels");
    let value = |key: &str| labels.node().and_then(|node| node.get(key)).map(|node| node.text());
    let (_, errors) = NamespacePolicy::of_labels(value, NamespacePolicy::default());
    for error in errors {
        let at = labels.key(error.label);
        out.finding(at, format!("`{}` is no value for this label: {}", short(&error.value), error.message));
    }
    for (key, at) in labels.entries().filter(|(key, _)| looks_like_pod_security(key)) {
        out.finding(at, format!("`{}` is no Pod Security label and has no effect", short(key)));
    }
}

/// Whether a key is meant for Pod Security without being one of its six labels.
fn looks_like_pod_security(key: &str) -> bool {
    if Mode::ALL.iter().any(|mode| key == mode.level_label() || key == mode.version_label()) {
        return false;
    }
    let Some((prefix, _)) = key.split_once('/') else {
        return matches!(key, "pod-security" | "podSecurity");
    };
    let plain: String = prefix.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    matches!(plain.as_str(), "podsecuritykubernetesio" | "podsecurityk8sio" | "podsecuritiykubernetesio")
        || plain.ends_with("kubernetesio") && plain.contains("security") && plain.contains("pod")
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
