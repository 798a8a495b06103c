use crate::support::power::{grade, of_binding};
use crate::{BindingAt, World};
use seawall_auth::rbac::{SubjectAt, SubjectKind, built_in_objects, subjects_of};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # built-in-binding-widened
///
/// ## What it finds
/// A binding with the name of one that every API server makes for itself, with subjects that Kubernetes does not
/// put there. All users, anonymous ones and `system:masters` are reported by other rules.
///
/// ## Why it matters
/// The API server leaves subjects that were added to its bindings. Among dozens of bindings that start with
/// `system:` nobody looks for them, and the rights are those of a controller or an administrator.
///
/// ## Fix
/// Remove the subject. If it needs the role, bind it in a binding of your own.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#auto-reconciliation
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation"]
)]
pub fn built_in_binding_widened(binding: BindingAt<'_>, world: &World, out: &mut Report) {
    let object = binding.object();
    // What nobody needs to look up: most bindings have other names.
    let name = object.name();
    if !name.starts_with("system:") && name != "cluster-admin" {
        return;
    }
    let all = built_in_objects(world.version());
    let Some(own) = all.iter().find(|own| own.identity() == object.identity()) else { return };
    let key = |subject: SubjectAt<'_>| {
        let account = subject.kind() == SubjectKind::ServiceAccount;
        let namespace = subject.namespace().filter(|_| account).unwrap_or("").to_owned();
        (subject.kind(), namespace, subject.name().to_owned())
    };
    let known: Vec<_> = subjects_of(own).map(key).collect();
    for subject in subjects_of(object) {
        if known.contains(&key(subject)) || EVERYBODY.contains(&subject.name()) {
            continue;
        }
        let severity = grade(of_binding(object, world), Severity::High);
        let message =
            format!("Kubernetes' own {} `{name}` names `{}` as well", object.kind(), subject.name());
        out.finding(subject.at(), message).severity(severity);
    }
}

/// Reported by `all-users-bound`, `anonymous-bound`, `masters-bound`, `all-service-accounts-bound`,
/// `reserved-subject-name`.
const EVERYBODY: [&str; 6] = [
    "system:anonymous",
    "system:unauthenticated",
    "system:authenticated",
    "system:serviceaccounts",
    "system:masters",
    "system:nodes",
];
