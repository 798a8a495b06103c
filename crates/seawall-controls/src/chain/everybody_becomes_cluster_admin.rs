use crate::World;
use crate::support::chain::{first_place, report, report_unread, to_cluster_admin};
use crate::support::effective::has_bindings;
use seawall_auth::user::{ALL_AUTHENTICATED, ALL_SERVICE_ACCOUNTS, ALL_UNAUTHENTICATED};
use seawall_controls_macros::control;
use seawall_model::{At, Report, Severity, WellKnown};
use seawall_paths::{Path, Place};

/// # everybody-becomes-cluster-admin
///
/// ## What it finds
/// A chain of steps that leads from a group everybody is in (`system:unauthenticated`, `system:authenticated`,
/// `system:serviceaccounts`) to cluster-admin.
///
/// ## Why it matters
/// No account needs to be stolen: whoever reaches the API server, or has any credential or pod at all, owns the
/// cluster.
///
/// ## Fix
/// Take the first right of the chain away from the group. Bind what must stay to the accounts that need it.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
#[control(since = "0.1.0", severity = Critical, practices = ["authorization", "escalation", "authentication"])]
pub fn everybody_becomes_cluster_admin(world: &World, _: &World, out: &mut Report) {
    if !has_bindings(world) {
        return;
    }
    let groups = [ALL_UNAUTHENTICATED, ALL_AUTHENTICATED, ALL_SERVICE_ACCOUNTS];
    let sources = groups.map(|group| Place::Group(group.to_owned()));
    let paths = to_cluster_admin(world, &sources);
    let is = |path: &Path, group: &str| matches!(&path.from, Place::Group(name) if name == group);
    let all = paths.iter().any(|path| is(path, ALL_AUTHENTICATED));
    // What all authenticated users reach, service accounts reach by it.
    for path in paths.iter().filter(|path| !(all && is(path, ALL_SERVICE_ACCOUNTS))) {
        let Place::Group(group) = &path.from else { continue };
        let Some(field) = first_place(path) else { continue };
        let at = At::new(&field.object, field.node);
        report(out, at, &format!("every member of `{group}`"), path, (Severity::Critical, Severity::High));
    }
    let first = world.cluster().of(WellKnown::ClusterRoleBinding).next().map(|binding| binding.at());
    report_unread(world, first, "chain from everybody to cluster-admin", out);
}
