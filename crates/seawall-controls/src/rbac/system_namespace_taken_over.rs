use crate::World;
use crate::support::effective::{
    MOST, Undecided, bounded, by_group_alone, chain, explain, has_bindings, holders, may, place, undecided,
};
use crate::support::takeover::{everything, over_accounts, to_admin};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # system-namespace-taken-over
///
/// ## What it finds
/// A subject from outside kube-system that a RoleBinding in kube-system lets create pods there, or run commands in
/// its pods. Subjects that are administrators anyway, and rights that hold in the whole cluster, are reported by
/// other rules.
///
/// ## Why it matters
/// A pod in kube-system may run as any of its service accounts, the controller manager's with all their rights
/// among them: the RoleBinding looks like one namespace and is the cluster.
///
/// ## Fix
/// Let the workload run in a namespace of its own, and bind its role there. For single objects of kube-system use
/// `resourceNames`.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation", "team-isolation"]
)]
pub fn system_namespace_taken_over(world: &World, _: &World, out: &mut Report) {
    const SYSTEM: &str = "kube-system";
    const ACCOUNT: &str = "clusterrole-aggregation-controller";
    if !has_bindings(world) {
        return;
    }
    let (mut left, mut unknown) = (MOST, Undecided::default());
    for holder in holders(world).into_iter().filter(|holder| holder.namespaces.contains(&SYSTEM)) {
        let user = holder.user();
        let own = holder.account().is_some_and(|(namespace, _)| namespace == SYSTEM);
        if own || may(world, &user, &everything()) || to_admin(world, &user).is_some() {
            continue;
        }
        let Some((_, asked)) = over_accounts(world, &user, SYSTEM, ACCOUNT) else {
            let find = |judge| Some(vec![over_accounts(judge, &user, SYSTEM, ACCOUNT)?.1]);
            let message = || format!("whether {} may act as accounts of kube-system", holder.title());
            unknown.report(holder.at, undecided(world, &user, find), message, out);
            continue;
        };
        if may(world, &user, &asked.in_namespace("")) || by_group_alone(world, &user, &[asked]) {
            continue;
        }
        let Some(rest) = left.checked_sub(1) else { return };
        left = rest;
        let chain = chain(world, &user, &[asked]);
        let message = format!("{} may act as any service account of kube-system by its pods", holder.title());
        bounded(explain(out.finding(place(&chain).unwrap_or(holder.at), message), &chain), left);
    }
}
