use crate::support::power::{Power, of_binding};
use crate::{BindingAt, World};
use seawall_auth::rbac::{SubjectKind, subjects_of};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # node-credentials-bound
///
/// ## What it finds
/// Rights to change objects or read Secrets for the user of one node (`system:node:…`), or for those who join with a
/// bootstrap token (groups `system:bootstrappers…`). What they need to join is left out.
///
/// ## Why it matters
/// RBAC rights of a node hold beside the Node authorizer, for objects of other nodes too. A bootstrap token is
/// handed around to machines that are not part of the cluster yet.
///
/// ## Fix
/// Remove the subject. What runs on the node uses a service account of its own; bootstrap tokens only need
/// `system:node-bootstrapper` and the automatic approval of their first certificate.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/node/
/// - https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization", "bootstrap-tokens", "kubelet"]
)]
pub fn node_credentials_bound(binding: BindingAt<'_>, world: &World, out: &mut Report) {
    let role = binding.get("roleRef.name").text().unwrap_or("");
    if JOINING.contains(&role) || role == "system:node" {
        return;
    }
    for subject in subjects_of(binding.object()) {
        let name = subject.name();
        let (who, severity) = match subject.kind() {
            SubjectKind::User if name.starts_with("system:node:") => {
                (format!("the node `{}`", name.trim_start_matches("system:node:")), Severity::Medium)
            }
            SubjectKind::Group if name.starts_with("system:bootstrappers") => {
                ("every holder of a bootstrap token".to_owned(), Severity::High)
            }
            _ => continue,
        };
        if of_binding(binding.object(), world).is_some_and(|power| power >= Power::Changes) {
            out.finding(subject.at().key("name"), format!("{who} holds `{role}`"))
                .severity(severity)
                .related(binding.get("roleRef"), "what it may do");
        }
    }
}

/// What joining needs.
const JOINING: [&str; 4] = [
    "system:node-bootstrapper",
    "system:certificates.k8s.io:certificatesigningrequests:nodeclient",
    "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
    "kubeadm:get-nodes",
];
