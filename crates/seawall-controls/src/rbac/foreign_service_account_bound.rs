use crate::support::namespaces::is_system;
use crate::support::power::{Power, of_binding};
use crate::{BindingAt, World};
use seawall_auth::rbac::subjects_of;
use seawall_controls_macros::control;
use seawall_model::{Report, Severity, WellKnown};

/// # foreign-service-account-bound
///
/// ## What it finds
/// A RoleBinding that lets a service account of another namespace change objects, or read Secrets. Accounts of
/// kube-system are left out.
///
/// ## Why it matters
/// Whoever may create pods in the other namespace gets these rights here: the border between the two teams is as
/// strong as the weaker of them.
///
/// ## Fix
/// If the other namespace belongs to the same team or to the platform, nothing. Else run the program here, with an
/// account of this namespace.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/multi-tenancy/#access-controls
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["team-isolation", "authorization"]
)]
pub fn foreign_service_account_bound(binding: BindingAt<'_>, world: &World, out: &mut Report) {
    let object = binding.object();
    let Some(here) = object.own_namespace().filter(|_| object.well_known() == WellKnown::RoleBinding) else {
        return;
    };
    for subject in subjects_of(object) {
        let Some((namespace, name)) = subject.service_account() else { continue };
        if namespace == here || is_system(Some(namespace)) || is_system(Some(here)) {
            continue;
        }
        let severity = match of_binding(object, world) {
            Some(Power::Everything) => Severity::Medium,
            Some(Power::Changes) => Severity::Low,
            _ => return,
        };
        let role = binding.get("roleRef.name").text().unwrap_or("");
        let message = format!("`{name}` of namespace `{namespace}` holds `{role}` in `{here}`");
        out.finding(subject.at().key("namespace"), message).severity(severity);
    }
}
