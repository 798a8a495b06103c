use crate::support::namespaces::is_system;
use crate::{NamespaceAt, World};
use seawall_admission::pod_security::{Level, Mode};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # weak-pod-security-level
///
/// ## What it finds
/// A Namespace that enforces the Pod Security level `privileged`, or `baseline` only.
///
/// ## Why it matters
/// `privileged` refuses nothing: any pod of the namespace may own its node. `baseline` stops known ways out
/// of the container but still lets programs run as root with the default capabilities.
///
/// ## Fix
/// Enforce `restricted`, and move the few workloads that need more into a namespace of their own.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/pod-security-admission/
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "team-isolation"],
    cis = ["5.2.1"]
)]
pub fn weak_pod_security_level(namespace: NamespaceAt<'_>, _: &World, out: &mut Report) {
    let Some(object) = namespace.object.filter(|_| !is_system(namespace.name)) else { return };
    let at = object.get("metadata.labels").key(Mode::Enforce.level_label());
    let name = namespace.name.unwrap_or("");
    match at.str().and_then(Level::parse) {
        Some(Level::Privileged) => {
            out.finding(at, format!("namespace `{name}` lets in pods of any kind"));
        }
        Some(Level::Baseline) => {
            let message = format!("namespace `{name}` lets in pods that run as root");
            out.finding(at, message).severity(Severity::Low);
        }
        _ => {}
    }
}
