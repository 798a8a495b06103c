use crate::{BindingAt, World};
use seawall_auth::rbac::{RBAC_GROUP, SubjectKind, subjects_of};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # invalid-subject
///
/// ## What it finds
/// A subject that the API server refuses or that matches nobody: an unknown kind, no name, a service
/// account without namespace in a ClusterRoleBinding, or an API group that does not fit the kind.
///
/// ## Why it matters
/// The binding is refused as a whole, or grants nothing, and the next attempt to make it work may grant too
/// much.
///
/// ## Fix
/// Users and groups have `apiGroup: rbac.authorization.k8s.io`, service accounts a `namespace` and no
/// group.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization"]
)]
pub fn invalid_subject(binding: BindingAt<'_>, _: &World, out: &mut Report) {
    for subject in subjects_of(binding.object()) {
        let (at, kind) = (subject.at(), subject.kind());
        let group = at.key("apiGroup");
        let expected = if kind == SubjectKind::ServiceAccount { "" } else { RBAC_GROUP };
        if kind == SubjectKind::Other {
            let text = at.key("kind").text().unwrap_or("");
            out.finding(
                at.key("kind"),
                format!("`{text}` is no kind of subject: User, Group or ServiceAccount"),
            );
        } else if subject.name().is_empty() {
            out.finding(at.key("name"), "the subject has no name");
        } else if subject.api_group() != expected {
            let text = group.text().unwrap_or("");
            out.finding(
                group,
                format!("`{text}` is not the API group of a {}", at.key("kind").text().unwrap_or("")),
            );
        } else if kind == SubjectKind::ServiceAccount
            && subject.own_namespace().is_none()
            && binding.object().well_known() == WellKnown::ClusterRoleBinding
        {
            let message = format!("service account `{}` has no namespace: it matches nobody", subject.name());
            out.finding(at.key("namespace"), message);
        }
    }
}
