use crate::World;
use crate::support::effective::{
    MOST, UNNAMED, Undecided, bounded, chain, explain, has_bindings, holders, undecided,
};
use crate::support::takeover::{wide, writes};
use seawall_controls_macros::control;
use seawall_model::{Object, Report, Severity, WellKnown};
use std::collections::HashSet;

/// # bound-service-account-unused
///
/// ## What it finds
/// A service account that may change objects or read Secrets and that no pod or workload runs as, the account
/// `default` of a namespace included. Reported only where all workloads of the namespace are known: for a cluster,
/// not for files.
///
/// ## Why it matters
/// Nobody misses the rights, and nobody watches them: whoever may create pods or tokens in the namespace takes
/// them. Something outside the cluster may use the account with a token.
///
/// ## Fix
/// Remove the binding, or note what uses the account from outside.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#periodic-review
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["authorization", "token-rotation"]
)]
pub fn bound_service_account_unused(world: &World, _: &World, out: &mut Report) {
    const RUNNING: [WellKnown; 3] = [WellKnown::Pod, WellKnown::Deployment, WellKnown::CronJob];
    if !has_bindings(world) || !RUNNING.iter().any(|kind| world.coverage().is_complete(*kind, None)) {
        return;
    }
    let pods = world.cluster().objects().flat_map(Object::pods);
    let used: HashSet<(&str, &str)> =
        pods.map(|pod| (pod.namespace().unwrap_or(UNNAMED), pod.service_account())).collect();
    let (mut left, mut unknown) = (MOST, Undecided::default());
    for holder in holders(world) {
        let Some((namespace, name)) = holder.account() else { continue };
        let known = RUNNING.iter().all(|kind| world.coverage().is_complete(*kind, Some(namespace)));
        // A subject that does not exist is the business of `dangling-service-account-subject`.
        let exists = world.cluster().find(WellKnown::ServiceAccount, Some(namespace), name).is_some();
        if !known || !exists || used.contains(&(namespace, name)) {
            continue;
        }
        let user = holder.user();
        let (effect, severity, chain) = if let Some(way) = wide(world, &user) {
            (way.effect.to_owned(), Severity::Medium, chain(world, &user, &way.asked))
        } else if let Some((effect, proof)) = writes(world, &user) {
            (effect, Severity::Low, vec![proof])
        } else {
            let why = undecided(world, &user, |judge| Some(wide(judge, &user)?.asked));
            let message = || format!("whether {}, as which no pod runs, has rights", holder.title());
            unknown.report(holder.at, why, message, out);
            continue;
        };
        let Some(rest) = left.checked_sub(1) else { return };
        left = rest;
        let message = format!("{} may {effect}, and no pod runs as it", holder.title());
        bounded(explain(out.finding(holder.at, message).severity(severity), &chain), left);
    }
}
