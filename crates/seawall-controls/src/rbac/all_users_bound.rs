use crate::support::power::{grade, of_binding};
use crate::{BindingAt, World};
use seawall_auth::rbac::{SubjectKind, subjects_of};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity, WellKnown};

/// # all-users-bound
///
/// ## What it finds
/// A binding for the group `system:authenticated`: every user, every service account, every node. The roles
/// that Kubernetes gives to all users are left out.
///
/// ## Why it matters
/// Any token is enough, that of the least pod included; on some clouds any account of the provider counts
/// as authenticated.
///
/// ## Fix
/// Bind the role to the group or the service accounts that need it.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
/// - https://cloud.google.com/kubernetes-engine/docs/best-practices/rbac#default-roles-groups
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "authentication"],
    aliases = ["KSV-01011"]
)]
pub fn all_users_bound(binding: BindingAt<'_>, world: &World, out: &mut Report) {
    if binding.get("roleRef.name").str().is_some_and(|name| COMMON.contains(&name)) {
        return;
    }
    let worst = if binding.object().well_known() == WellKnown::ClusterRoleBinding {
        Severity::Critical
    } else {
        Severity::High
    };
    for subject in subjects_of(binding.object()) {
        if subject.kind() == SubjectKind::Group && subject.name() == "system:authenticated" {
            let role = binding.get("roleRef.name").text().unwrap_or("");
            out.finding(subject.at().key("name"), format!("every user and service account holds `{role}`"))
                .severity(grade(of_binding(binding.object(), world), worst));
        }
    }
}

/// Roles that Kubernetes itself gives to all users, and the documented one for issuer discovery.
const COMMON: [&str; 4] = [
    "system:basic-user",
    "system:discovery",
    "system:public-info-viewer",
    "system:service-account-issuer-discovery",
];
