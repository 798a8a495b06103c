use crate::World;
use crate::support::chain::{first_place, report, report_unread, to_cluster_admin};
use seawall_controls_macros::control;
use seawall_model::{At, Report, Severity, WellKnown};
use seawall_paths::Place;
use std::collections::BTreeSet;

/// # secrets-lead-to-cluster-admin
///
/// ## What it finds
/// A namespace outside kube-system in which a Secret holds what leads to cluster-admin: a token of a strong service
/// account, or of one from which steps lead there.
///
/// ## Why it matters
/// Reading Secrets looks like reading. Here everybody who may do it in the namespace, every backup of it, and every
/// pod that mounts the Secret holds the cluster.
///
/// ## Fix
/// Delete the token Secret and use tokens of limited life; give the account a role that fits its task.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#listing-secrets
/// - https://kubernetes.io/docs/concepts/security/service-accounts/#get-a-token
#[control(since = "0.1.0", severity = High, practices = ["escalation", "authorization", "token-rotation"])]
pub fn secrets_lead_to_cluster_admin(world: &World, _: &World, out: &mut Report) {
    let tokens = world
        .cluster()
        .of(WellKnown::Secret)
        .filter(|secret| secret.at().key("type").str() == Some("kubernetes.io/service-account-token"));
    let namespaces: BTreeSet<&str> = tokens.filter_map(|secret| secret.namespace()).collect();
    let sources: Vec<Place> = namespaces
        .into_iter()
        .filter(|namespace| *namespace != "kube-system")
        .map(|namespace| Place::Secrets(namespace.to_owned()))
        .collect();
    for path in to_cluster_admin(world, &sources) {
        let Place::Secrets(namespace) = &path.from else { continue };
        let Some(field) = first_place(&path) else { continue };
        let who = format!("whoever reads the Secrets of `{namespace}`");
        let at = At::new(&field.object, field.node);
        report(out, at, &who, &path, (Severity::High, Severity::Medium));
    }
    let first = world.cluster().of(WellKnown::Secret).next().map(|secret| secret.at());
    report_unread(world, first, "Secret that leads to cluster-admin", out);
}
