use crate::{BindingAt, World};
use seawall_auth::rbac::{SubjectKind, service_account_of, subjects_of};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # reserved-subject-name
///
/// ## What it finds
/// A User or Group whose name starts with `system:` and is not one that Kubernetes gives out; a service
/// account written as User or Group; and rights for all nodes.
///
/// ## Why it matters
/// Names with `system:` are reserved. An identity provider that does not prefix its names can make such
/// users, and they get what was meant for components. A Group named like a service account matches nobody.
///
/// ## Fix
/// Write service accounts as `kind: ServiceAccount`. Use names without `system:` for people and groups.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects
/// - https://kubernetes.io/docs/reference/access-authn-authz/authentication/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization", "authentication"]
)]
pub fn reserved_subject_name(binding: BindingAt<'_>, _: &World, out: &mut Report) {
    // Bindings that the API server and kubeadm make for nodes.
    let own = binding.object().label("kubernetes.io/bootstrapping").is_some()
        || binding.object().name().starts_with("kubeadm:");
    for subject in subjects_of(binding.object()).filter(|_| !own) {
        if let Some((severity, message)) = problem(subject.kind(), subject.name()) {
            out.finding(subject.at().key("name"), message).severity(severity);
        }
    }
}

const USERS: [&str; 6] =
    ["anonymous", "apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler", "volume-scheduler"];
const GROUPS: [&str; 5] = ["authenticated", "masters", "monitoring", "serviceaccounts", "unauthenticated"];

/// What is wrong with a reserved name, and how bad it is.
fn problem(kind: SubjectKind, name: &str) -> Option<(Severity, String)> {
    let rest = name.strip_prefix("system:")?;
    let is_account = service_account_of(name).is_some();
    match kind {
        SubjectKind::User if is_account => {
            Some((Severity::Low, format!("`{name}` is a service account written as a user")))
        }
        SubjectKind::Group if is_account => {
            Some((Severity::Medium, format!("`{name}` is no group: the subject matches nobody")))
        }
        SubjectKind::User if rest.starts_with("serviceaccount:") => {
            Some((Severity::Medium, format!("`{name}` is no service account: the subject matches nobody")))
        }
        SubjectKind::Group if rest == "nodes" => {
            Some((Severity::Medium, "every node gets the role, past the Node authorizer".into()))
        }
        SubjectKind::User if USERS.contains(&rest) || rest.starts_with("node:") => None,
        SubjectKind::Group if GROUPS.contains(&rest) => None,
        SubjectKind::Group if rest.starts_with("serviceaccounts:") || rest.starts_with("bootstrappers") => {
            None
        }
        SubjectKind::User | SubjectKind::Group => {
            Some((Severity::Medium, format!("`{name}` is reserved, and Kubernetes gives it to nobody")))
        }
        _ => None,
    }
}
