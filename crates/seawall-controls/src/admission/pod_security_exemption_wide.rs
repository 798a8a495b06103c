use crate::support::admission_configuration::pod_security_place;
use crate::{ObjectAt, World};
use seawall_admission::configuration::pod_security;
use seawall_controls_macros::control;
use seawall_model::decode::shown;
use seawall_model::{Report, Severity};

/// # pod-security-exemption-wide
///
/// ## What it finds
/// Exemptions of the PodSecurity plugin that reach far: runtime classes, which the author of a pod chooses
/// freely; service accounts of controllers, which create the pods of everybody; groups of users named as if
/// they were users; and namespaces outside of the system.
///
/// ## Why it matters
/// Exempt pods are not checked, not audited and not warned about, whatever their namespace's labels say.
///
/// ## Fix
/// Use namespace labels instead. Exempt single people, never controllers; exempt a runtime class only if
/// something else keeps others from naming it.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-admission-controller/
/// - https://kubernetes.io/docs/concepts/security/pod-security-admission/#exemptions
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security"]
)]
pub fn pod_security_exemption_wide(object: ObjectAt<'_>, _: &World, out: &mut Report) {
    if let Some(Ok(configuration)) = pod_security_place(*object).map(pod_security) {
        let exemptions = &configuration.exemptions;
        for &at in &exemptions.usernames {
            let name = at.str().unwrap_or("");
            if is_controller(name) {
                let message =
                    format!("`{}` creates the pods of everybody, and all of them are exempt", shown(name));
                out.finding(at, message).severity(Severity::High);
            } else if name.starts_with("system:serviceaccount:") {
                out.finding(at, format!("pods that `{}` creates are not checked", shown(name)));
            }
        }
        for &at in &exemptions.runtime_classes {
            let name = shown(at.str().unwrap_or(""));
            let message = format!("every pod that names the runtime class `{name}` is exempt");
            out.finding(at, message).severity(Severity::High);
        }
        for &at in &exemptions.namespaces {
            let name = at.str().unwrap_or("");
            if !name.starts_with("kube-") {
                out.finding(
                    at,
                    format!("pods in `{}` are not checked, whatever its labels say", shown(name)),
                );
            }
        }
    }
}

/// The identities that make pods from workloads: kube-controller-manager and its controllers.
fn is_controller(name: &str) -> bool {
    name == "system:kube-controller-manager"
        || name
            .strip_prefix("system:serviceaccount:kube-system:")
            .is_some_and(|account| account.ends_with("-controller"))
}
