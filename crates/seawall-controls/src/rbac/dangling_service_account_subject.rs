use crate::{BindingAt, World};
use seawall_auth::rbac::{is_as_made, subjects_of};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # dangling-service-account-subject
///
/// ## What it finds
/// A binding for a service account that does not exist. In files, where it may be elsewhere, nothing is
/// said, nor about the bindings that Kubernetes makes for its own controllers.
///
/// ## Why it matters
/// Whoever may create service accounts in that namespace, or the namespace itself, gets the rights by
/// choosing the name.
///
/// ## Fix
/// Remove the subject, or correct its name or namespace.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["authorization"],
    aliases = ["kube-linter:non-existent-service-account"]
)]
pub fn dangling_service_account_subject(binding: BindingAt<'_>, world: &World, out: &mut Report) {
    // Kubernetes binds the accounts of all its controllers, also of those that do not run.
    if is_as_made(binding.object()) {
        return;
    }
    let kind = WellKnown::ServiceAccount;
    for subject in subjects_of(binding.object()) {
        let Some((namespace, name)) = subject.service_account() else { continue };
        let known = world.coverage().is_complete(kind, Some(namespace));
        if known && world.cluster().find(kind, Some(namespace), name).is_none() {
            let message = format!("there is no service account `{name}` in namespace `{namespace}`");
            out.finding(subject.at().key("name"), message);
        }
    }
}
