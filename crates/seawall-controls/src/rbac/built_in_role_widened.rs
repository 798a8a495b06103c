use crate::{RoleAt, World};
use seawall_auth::rbac::{
    Atom, AtomObject, BuiltInRole, PolicyRuleAt, StaticRule, built_in_roles, rules_of, uncovered,
};
use seawall_controls_macros::control;
use seawall_model::{Report, Version, WellKnown};

/// # built-in-role-widened
///
/// ## What it finds
/// A ClusterRole with the name of one that every API server makes for itself, with rights that no supported version
/// gives it. Roles that are filled by aggregation are left out.
///
/// ## Why it matters
/// The API server puts back what is missing in its roles and leaves what was added. The rights go to whomever
/// Kubernetes binds the role: all users, all nodes, a component. It is a known way to leave a door open.
///
/// ## Fix
/// Take the rules out, and put them into a role of your own with a binding of its own.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#auto-reconciliation
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation"]
)]
pub fn built_in_role_widened(role: RoleAt<'_>, _: &World, out: &mut Report) {
    let object = role.object();
    if object.well_known() != WellKnown::ClusterRole || role.get("aggregationRule").exists() {
        return;
    }
    let name = object.name();
    if BuiltInRole::find(name).is_none() {
        return;
    }
    // Dumps and manifests come from other versions too.
    let known: Vec<StaticRule> = Version::all()
        .filter_map(|version| {
            let roles = built_in_roles(version);
            roles.get(roles.binary_search_by(|role| role.name.cmp(name)).ok()?)
        })
        .flat_map(|role| role.rules.iter().copied())
        .collect();
    for rule in rules_of(object) {
        let Some(atom) = first_beyond(&known, &rule) else { continue };
        let what = match atom.object {
            AtomObject::Resource { resource, .. } => resource,
            AtomObject::Path(path) => path,
        };
        let message = format!("Kubernetes' own ClusterRole `{name}` also allows to {} `{what}`", atom.verb);
        out.finding(rule.at(), message);
    }
}

fn first_beyond<'r>(known: &[StaticRule], rule: &'r PolicyRuleAt<'_>) -> Option<Atom<'r>> {
    uncovered(known, rule).next()
}
