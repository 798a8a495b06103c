use crate::{ObjectAt, World};
use seawall_auth::authentication::{Certificate, Holding, certificates_held};
use seawall_auth::user::SYSTEM_MASTERS;
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # client-certificate-lives-long
///
/// ## What it finds
/// A client certificate of a user that lives a year or longer: in a kubeconfig, a Secret, or issued for a signing
/// request. Certificates of nodes and of Kubernetes' own components, and expired ones, are left out.
///
/// ## Why it matters
/// Kubernetes cannot revoke a client certificate. A laptop that is lost, or somebody who leaves, keeps the rights of the
/// name and the groups in it until its end.
///
/// ## Fix
/// Let people log in by an OIDC provider, or issue certificates of hours (`spec.expirationSeconds` of the request).
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
/// - https://kubernetes.io/docs/concepts/security/hardening-guide/authentication-mechanisms/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authentication", "certificate-rotation"]
)]
pub fn client_certificate_lives_long(object: ObjectAt<'_>, world: &World, out: &mut Report) {
    const DAY: i64 = 86_400;
    for held in certificates_held(object.object()) {
        let Some(leaf) = held.leaf().filter(|leaf| leaf.is_for_clients() && is_of_user(leaf)) else {
            continue;
        };
        // Files hold the components' own, and what else a certificate is for is not known of a Secret.
        if held.holding == Holding::File || held.holding == Holding::Secret {
            continue;
        }
        let (from, until) = leaf.validity();
        let days = (until - from) / DAY;
        if days < 365 || world.time().is_some_and(|now| until < now) {
            continue;
        }
        let severity = match days {
            ..400 => Severity::Low,
            400..3650 => Severity::Medium,
            _ => Severity::High,
        };
        let name = seawall_model::decode::shown(leaf.common_name());
        let message = format!("the client certificate of `{name}` ({}) lives {days} days", held.holder);
        out.finding(held.at, message).severity(severity);
    }
}

/// Nodes renew theirs, components have theirs on the control plane; `system:masters` has a control of its own.
fn is_of_user(leaf: &Certificate) -> bool {
    let name = leaf.common_name();
    !name.is_empty()
        && !name.starts_with("system:")
        && !leaf.organizations().iter().any(|group| group == SYSTEM_MASTERS)
}
