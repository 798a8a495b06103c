use crate::{BindingAt, World};
use seawall_auth::rbac::Resolved;
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # dangling-role-reference
///
/// ## What it finds
/// A binding whose role does not exist. In files, where the role may be elsewhere, nothing is said.
///
/// ## Why it matters
/// It grants nothing now. Whoever may create a role of that name later decides what the subjects get.
///
/// ## Fix
/// Remove the binding, or correct the name: a binding cannot be changed to another role, so make a new one.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization"]
)]
pub fn dangling_role_reference(binding: BindingAt<'_>, world: &World, out: &mut Report) {
    let object = binding.object();
    let kind = match binding.get("roleRef.kind").str() {
        Some("ClusterRole") => WellKnown::ClusterRole,
        Some("Role") => WellKnown::Role,
        _ => return,
    };
    if !world.coverage().is_complete(kind, object.namespace()) {
        return;
    }
    if let Resolved::Missing = world.auth().resolve(world.cluster(), object) {
        let at = binding.get("roleRef.name");
        out.finding(at, format!("there is no {} `{}`", kind.name(), at.text().unwrap_or("")));
    }
}
