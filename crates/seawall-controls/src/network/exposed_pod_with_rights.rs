use crate::World;
use crate::support::effective::{Undecided, account, chain, explain, has_bindings, undecided};
use crate::support::reach::way_in;
use crate::support::service_account::all_mounted;
use crate::support::takeover::{wide, writes};
use seawall_auth::rbac::authorizer::Proof;
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};
use std::collections::HashMap;

/// # exposed-pod-with-rights
///
/// ## What it finds
/// A pod that is reachable from outside the cluster by a Service, an Ingress or a route that policies leave open, and that holds the token of
/// a service account which may change objects or read Secrets. Events, leases, status and reviews of rights do not
/// count.
///
/// ## Why it matters
/// One hole in the program that answers the internet hands out the token. With rights in the whole cluster the
/// cluster is lost with it.
///
/// ## Fix
/// Set `automountServiceAccountToken: false` if the program does not use the API. Else leave it only the rights it
/// uses, or let a part that is not exposed do the writing.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege
/// - https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["exposure", "authorization", "escalation"]
)]
pub fn exposed_pod_with_rights(world: &World, _: &World, out: &mut Report) {
    if !has_bindings(world) {
        return;
    }
    let mut unknown = Undecided::default();
    let mut known: HashMap<(Option<&str>, &str), Option<Rights<'_>>> = HashMap::new();
    for mounted in all_mounted(world) {
        let pod = mounted.pod;
        let key = (pod.namespace(), pod.service_account());
        let rights = known.entry(key).or_insert_with(|| rights(world, key));
        let user = account(key.0, key.1);
        let doubt =
            rights.is_none().then(|| undecided(world, &user, |judge| Some(wide(judge, &user)?.asked)));
        if rights.is_none() && doubt.as_ref().is_none_or(Option::is_none) {
            continue;
        }
        let Some((what, way)) = way_in(pod, world) else { continue };
        let Some(rights) = rights else {
            let message =
                || format!("what the token of the pod may do, which is reachable from outside by {what}");
            unknown.report(pod.service_account_at(), doubt.flatten(), message, out);
            continue;
        };
        let message =
            format!("the pod is reachable from outside by {what}, and its token may {}", rights.effect);
        let finding = out.finding(pod.service_account_at(), message).severity(rights.severity);
        explain(finding.related(way, "the way in"), &rights.chain);
    }
}

struct Rights<'w> {
    effect: String,
    severity: Severity,
    chain: Vec<Proof<'w>>,
}

fn rights<'w>(world: &'w World, (namespace, name): (Option<&str>, &str)) -> Option<Rights<'w>> {
    let user = account(namespace, name);
    if let Some(way) = wide(world, &user) {
        let chain = chain(world, &user, &way.asked);
        return Some(Rights { effect: way.effect.to_owned(), severity: Severity::High, chain });
    }
    let (effect, proof) = writes(world, &user)?;
    Some(Rights { effect, severity: Severity::Medium, chain: vec![proof] })
}
