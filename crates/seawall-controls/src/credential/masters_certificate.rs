use crate::{ObjectAt, World};
use seawall_auth::authentication::{certificates_held, format_time};
use seawall_auth::user::SYSTEM_MASTERS;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # masters-certificate
///
/// ## What it finds
/// A client certificate of the group `system:masters`: in a kubeconfig, a Secret, a file, or issued for a signing
/// request. Expired ones are left out where the time is known.
///
/// ## Why it matters
/// The group may do everything and is asked no authorizer, so no change of roles takes it away; and Kubernetes has no
/// revocation lists. Whoever has the key is administrator until the certificate ends or the authority is replaced.
///
/// ## Fix
/// Use a group of your own that is bound to `cluster-admin` (kubeadm's `kubeadm:cluster-admins`), and certificates
/// that live hours. Keep `super-admin.conf` off the machines.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege
/// - https://kubernetes.io/docs/setup/best-practices/certificates/#configure-certificates-for-user-accounts
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authentication", "certificate-rotation", "escalation"]
)]
pub fn masters_certificate(object: ObjectAt<'_>, world: &World, out: &mut Report) {
    for held in certificates_held(object.object()) {
        let Some(leaf) = held.leaf().filter(|leaf| leaf.is_for_clients()) else { continue };
        let (_, until) = leaf.validity();
        let masters = leaf.organizations().iter().any(|group| group == SYSTEM_MASTERS);
        if masters && world.time().is_none_or(|now| until >= now) {
            let name = seawall_model::decode::shown(leaf.common_name());
            let message = format!(
                "{} makes `{name}` a member of `{SYSTEM_MASTERS}` until {}",
                held.holder,
                format_time(until)
            );
            out.finding(held.at, message);
        }
    }
}
