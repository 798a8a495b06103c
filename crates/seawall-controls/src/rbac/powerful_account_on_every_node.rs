use crate::support::effective::{Undecided, account, chain, explain, has_bindings, undecided};
use crate::support::service_account::mounted;
use crate::support::takeover::wide;
use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # powerful-account-on-every-node
///
/// ## What it finds
/// A DaemonSet whose pods hold the token of a service account with rights in the whole cluster: reading every
/// Secret, creating or changing pods everywhere, acting as others, or becoming administrator.
///
/// ## Why it matters
/// Whoever breaks out of any container, on any node, finds this token there. One lost node is then a lost cluster,
/// whatever the Node authorizer forbids the node itself.
///
/// ## Fix
/// Split the program: what needs the rights runs once, in a Deployment on nodes of its own; what runs on each node
/// gets rights to read what it needs.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#hardening
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation", "kubelet"]
)]
pub fn powerful_account_on_every_node(pod: PodAt<'_>, world: &World, out: &mut Report) {
    if pod.object().well_known() != WellKnown::DaemonSet || !has_bindings(world) {
        return;
    }
    if mounted(pod, world).is_none() {
        return;
    }
    let name = pod.service_account();
    let user = account(pod.namespace(), name);
    let Some(way) = wide(world, &user) else {
        let why = undecided(world, &user, |judge| Some(wide(judge, &user)?.asked));
        let message = || format!("whether `{name}`, whose token lies on every node, has rights everywhere");
        Undecided::default().report(pod.service_account_at(), why, message, out);
        return;
    };
    let chain = chain(world, &user, &way.asked);
    let message = format!("on every node lies a token of `{name}`, which may {}", way.effect);
    explain(out.finding(pod.service_account_at(), message), &chain);
}
