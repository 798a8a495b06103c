use crate::support::power::{grade, of_binding};
use crate::{BindingAt, World};
use seawall_auth::rbac::{SubjectKind, subjects_of};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # anonymous-bound
///
/// ## What it finds
/// A binding for the user `system:anonymous` or the group `system:unauthenticated`. The role
/// `system:public-info-viewer`, discovery of the token issuer, and kubeadm's public `cluster-info` are left
/// out.
///
/// ## Why it matters
/// Everybody who reaches the API server has these rights, without any credential: on many clusters that is
/// the internet.
///
/// ## Fix
/// Remove the subject. Health checks work with `system:public-info-viewer`, which Kubernetes binds itself.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#minimize-distribution-of-privileged-tokens
/// - https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["authorization", "authentication", "exposure"],
    cis = ["5.1.1"],
    aliases = ["KSV-0122"]
)]
pub fn anonymous_bound(binding: BindingAt<'_>, world: &World, out: &mut Report) {
    if binding.get("roleRef.name").str().is_some_and(|name| PUBLIC.contains(&name)) {
        return;
    }
    for subject in subjects_of(binding.object()) {
        if let (SubjectKind::User, "system:anonymous") | (SubjectKind::Group, "system:unauthenticated") =
            (subject.kind(), subject.name())
        {
            let role = binding.get("roleRef.name").text().unwrap_or("");
            let message = format!("`{}` holds `{role}`: nobody needs to log in for it", subject.name());
            let severity = grade(of_binding(binding.object(), world), Severity::Critical);
            out.finding(subject.at().key("name"), message).severity(severity);
        }
    }
}

/// Roles whose binding to everybody is documented practice.
const PUBLIC: [&str; 3] = [
    "system:public-info-viewer",
    "system:service-account-issuer-discovery",
    "kubeadm:bootstrap-signer-clusterinfo",
];
