use crate::support::rights::Reach;
use crate::{RoleAt, World};
use seawall_controls_macros::control;

use seawall_model::{LabelSelector, Report, Severity, WellKnown};

/// # aggregation-takes-everything
///
/// ## What it finds
/// An aggregated ClusterRole with a selector that names no label: it takes in every ClusterRole, `cluster-admin`
/// included.
///
/// ## Why it matters
/// The controller writes all rights of the cluster into the role, and everybody bound to it is administrator.
/// Nothing in the role's own text says so.
///
/// ## Fix
/// Select by a label of your own, and give that label only to the roles that belong in.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["authorization", "escalation"]
)]
pub fn aggregation_takes_everything(role: RoleAt<'_>, world: &World, out: &mut Report) {
    if role.object().well_known() != WellKnown::ClusterRole {
        return;
    }
    let selectors = role.get("aggregationRule.clusterRoleSelectors");
    let empty = selectors.items().find(|at| LabelSelector::or_everything(*at).is_empty());
    let Some(at) = empty else { return };
    let reach = Reach::of(role.object(), world, false);
    let severity = reach.severity(Severity::Critical, Severity::High);
    let message = format!(
        "ClusterRole `{}` takes in every ClusterRole and so every right{}",
        role.object().name(),
        reach.phrase()
    );
    reach.explain(out.finding(at, message).severity(severity));
}
