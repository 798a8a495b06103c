use crate::World;
use crate::support::chain::{first_place, report, report_unread};
use crate::support::effective::has_bindings;
use seawall_controls_macros::control;
use seawall_model::{At, Report, Severity, WellKnown};
use seawall_paths::Place;
use std::collections::HashSet;

/// Ways in that are told.
const WAYS: usize = 10;

/// # internet-leads-to-cluster-admin
///
/// ## What it finds
/// A chain of steps that begins outside the cluster, at a workload that a Service, an Ingress or a route exposes, and
/// ends at cluster-admin.
///
/// ## Why it matters
/// Each link alone may be accepted. The chain says that a hole in a program that answers the internet is a lost
/// cluster.
///
/// ## Fix
/// Break one step, the nearer to the outside the better. `seawall cut --from internet --to cluster-admin` computes the
/// smallest change after which no path is left.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/security-checklist/
#[control(since = "0.1.0", severity = High, practices = ["exposure", "escalation"])]
pub fn internet_leads_to_cluster_admin(world: &World, _: &World, out: &mut Report) {
    let exposes = [WellKnown::Service, WellKnown::Ingress, WellKnown::HTTPRoute];
    if !has_bindings(world) || exposes.into_iter().all(|kind| world.cluster().of(kind).next().is_none()) {
        return;
    }
    let found = world.paths().find(&Place::Internet, &Place::ClusterAdmin, WAYS);
    let mut seen = HashSet::new();
    for path in &found.paths {
        let Some(entry) = path.steps.first().map(|step| step.to.clone()) else { continue };
        let Some(field) = first_place(path).filter(|_| seen.insert(entry.clone())) else { continue };
        let at = At::new(&field.object, field.node);
        // Each begins with a hole in the program that answers.
        report(
            out,
            at,
            &format!("somebody outside who enters {entry}"),
            path,
            (Severity::High, Severity::High),
        );
    }
    let first = world.cluster().of(WellKnown::Service).next().map(|service| service.at());
    report_unread(world, first, "chain from outside to cluster-admin", out);
}
