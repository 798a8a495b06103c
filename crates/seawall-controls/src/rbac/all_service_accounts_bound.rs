use crate::support::power::{grade, of_binding};
use crate::{BindingAt, World};
use seawall_auth::rbac::{SubjectKind, subjects_of};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # all-service-accounts-bound
///
/// ## What it finds
/// A binding for all service accounts: the group `system:serviceaccounts`, or those of a namespace
/// (`system:serviceaccounts:<namespace>`).
///
/// ## Why it matters
/// Every pod gets these rights, those of other teams and of compromised applications included, and every
/// service account made later.
///
/// ## Fix
/// Bind the role to the service accounts that need it.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#service-account-permissions
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "team-isolation"],
    cis = ["5.1.5"]
)]
pub fn all_service_accounts_bound(binding: BindingAt<'_>, world: &World, out: &mut Report) {
    for subject in subjects_of(binding.object()).filter(|subject| subject.kind() == SubjectKind::Group) {
        let (whose, worst) = match subject.name().strip_prefix("system:serviceaccounts") {
            Some("") => ("every service account of the cluster".to_owned(), Severity::High),
            Some(rest) => match rest.strip_prefix(':') {
                Some(namespace) => (format!("every service account of `{namespace}`"), Severity::Medium),
                None => continue,
            },
            None => continue,
        };
        // Kubernetes itself lets all service accounts read the issuer's keys.
        if binding.get("roleRef.name").str() == Some("system:service-account-issuer-discovery") {
            continue;
        }
        let role = binding.get("roleRef.name").text().unwrap_or("");
        out.finding(subject.at().key("name"), format!("{whose} holds `{role}`"))
            .severity(grade(of_binding(binding.object(), world), worst));
    }
}
