use crate::{BindingAt, World};
use seawall_auth::rbac::{SubjectKind, subjects_of};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # masters-bound
///
/// ## What it finds
/// A binding for the group `system:masters`. The one that the API server makes is left out.
///
/// ## Why it matters
/// The group is allowed everything before any authorizer is asked, so the binding adds nothing; it shows
/// that credentials with this group are in use. They cannot be limited, nor revoked before they expire.
///
/// ## Fix
/// Use a group of your own bound to `cluster-admin`, and keep certificates of `system:masters` locked away
/// for emergencies.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization", "authentication"],
    cis = ["5.1.7"],
    aliases = ["KSV-0123"]
)]
pub fn masters_bound(binding: BindingAt<'_>, _: &World, out: &mut Report) {
    if binding.object().label("kubernetes.io/bootstrapping") == Some("rbac-defaults")
        && binding.object().name() == "cluster-admin"
    {
        return;
    }
    for subject in subjects_of(binding.object()) {
        if subject.kind() == SubjectKind::Group && subject.name() == "system:masters" {
            out.finding(
                subject.at().key("name"),
                "`system:masters` is bound though it may do everything anyway",
            );
        }
    }
}
