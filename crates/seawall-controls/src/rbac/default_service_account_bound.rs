use crate::support::power::{grade, of_binding};
use crate::{BindingAt, World};
use seawall_auth::rbac::subjects_of;
use seawall_controls_macros::control;
use seawall_model::{Report, Severity, WellKnown};

/// # default-service-account-bound
///
/// ## What it finds
/// A binding for a service account named `default`.
///
/// ## Why it matters
/// Pods that name no service account run as `default`: every such pod of the namespace gets these rights,
/// whether it needs them or not.
///
/// ## Fix
/// Make a service account for the application, name it in the pod, and bind the role to it.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization", "team-isolation"],
    cis = ["5.1.5"]
)]
pub fn default_service_account_bound(binding: BindingAt<'_>, world: &World, out: &mut Report) {
    for subject in subjects_of(binding.object()) {
        let Some((namespace, "default")) = subject.service_account() else { continue };
        let role = binding.get("roleRef.name").text().unwrap_or("");
        let message = format!("the default service account of `{namespace}` holds `{role}`");
        let worst = if binding.object().well_known() == WellKnown::ClusterRoleBinding {
            Severity::High
        } else {
            Severity::Medium
        };
        out.finding(subject.at().key("name"), message)
            .severity(grade(of_binding(binding.object(), world), worst));
    }
}
