use crate::World;
use crate::support::chain::{report, report_unread, to_cluster_admin};
use crate::support::effective::{Holder, has_bindings, holders, may};
use crate::support::takeover::{everything, to_admin};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};
use seawall_paths::{Path, Place};
use std::collections::HashMap;

/// # cluster-admin-by-chain
///
/// ## What it finds
/// A user, group or service account whose own rights make no administrator, but from which a chain of steps leads to
/// one: through pods it may create or enter, accounts whose tokens it gets, nodes it breaks out to, secrets it reads.
/// Each step is listed with the binding, rule or field behind it, and with what is assumed.
///
/// ## Why it matters
/// An attacker does not stop after one step. A review of single bindings shows harmless rights; together they are the
/// cluster.
///
/// ## Fix
/// Break one step: `seawall cut --from SUBJECT --to cluster-admin` computes the smallest change after which no path is
/// left.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
#[control(since = "0.1.0", severity = High, practices = ["authorization", "escalation"])]
pub fn cluster_admin_by_chain(world: &World, _: &World, out: &mut Report) {
    if !has_bindings(world) {
        return;
    }
    let holders = holders(world);
    // Who gets there with bindings alone is the business of `effective-cluster-admin` and others.
    let modest = |holder: &&Holder<'_>| {
        let user = holder.user();
        !may(world, &user, &everything()) && to_admin(world, &user).is_none()
    };
    let starts: HashMap<Place, &Holder<'_>> =
        holders.iter().filter(modest).map(|holder| (place(holder), holder)).collect();
    let mut sources: Vec<Place> = starts.keys().cloned().collect();
    sources.sort();
    for path in to_cluster_admin(world, &sources) {
        let Some(holder) = starts.get(&path.from) else { continue };
        if path.steps.len() > 1 && !by_group(&path) {
            report(out, holder.at, &holder.title(), &path, (Severity::High, Severity::Medium));
        }
    }
    report_unread(world, holders.first().map(|holder| holder.at), "subject that becomes cluster-admin", out);
}

fn place(holder: &Holder<'_>) -> Place {
    match holder.account() {
        _ if holder.group => Place::Group(holder.name.clone()),
        Some((namespace, name)) => Place::ServiceAccount(namespace.to_owned(), name.to_owned()),
        None => Place::User(holder.name.clone()),
    }
}

/// Whether the path only begins by being in a group: then the group is the cause, and has its own finding.
fn by_group(path: &Path) -> bool {
    path.steps.first().is_some_and(|step| matches!(step.to, Place::Group(_)))
}
