use crate::World;
use crate::support::effective::{
    MOST, Undecided, bounded, by_group_alone, chain, explain, has_bindings, holders, may, place, undecided,
};
use crate::support::takeover::{everything, to_admin};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # effective-cluster-admin
///
/// ## What it finds
/// A user, group or service account that is no administrator by name but becomes one with the rights of all its
/// bindings together: `escalate` with update of ClusterRoles, `bind` with ClusterRoleBindings, impersonation that
/// reaches `system:masters`, tokens or impersonation of the accounts in kube-system, or certificates it approves
/// itself. The finding names each binding, role and rule that is needed.
///
/// ## Why it matters
/// Rights that look modest one by one are worth everything together. Whoever takes over this subject owns the
/// cluster, and a list of the holders of `cluster-admin` does not show it.
///
/// ## Fix
/// Remove one of the rights in the chain, or limit it by `resourceNames` to what is used. Treat the subject as
/// an administrator until then.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["authorization", "escalation"],
    cis = ["5.1.1"]
)]
pub fn effective_cluster_admin(world: &World, _: &World, out: &mut Report) {
    if !has_bindings(world) {
        return;
    }
    let (mut left, mut unknown) = (MOST, Undecided::default());
    for holder in holders(world) {
        let user = holder.user();
        // Whoever may do everything outright is the business of `cluster-admin-bound` and `full-access-role`.
        if may(world, &user, &everything()) {
            continue;
        }
        let Some(way) = to_admin(world, &user) else {
            let why = undecided(world, &user, |judge| Some(to_admin(judge, &user)?.asked));
            let message = || format!("whether {} is as good as cluster-admin", holder.title());
            unknown.report(holder.at, why, message, out);
            continue;
        };
        if by_group_alone(world, &user, &way.asked) {
            continue;
        }
        let Some(rest) = left.checked_sub(1) else { return };
        left = rest;
        let chain = chain(world, &user, &way.asked);
        let message = format!("{} may {}: it is as good as cluster-admin", holder.title(), way.effect);
        bounded(explain(out.finding(place(&chain).unwrap_or(holder.at), message), &chain), left);
    }
}
