use crate::support::server_file;
use crate::{AuditPolicyAt, World};
use seawall_controls_macros::control;
use seawall_detect::audit_policy::load;
use seawall_model::Report;

/// # audit-policy-refused
///
/// ## What it finds
/// An audit policy that kube-apiserver refuses: an unknown level or stage, a rule for both resources and
/// paths, a path pattern it does not take, no rules, an old API version.
///
/// ## Why it matters
/// The API server does not start with such a file, so the mistake shows when a control-plane node restarts.
///
/// ## Fix
/// Correct the named place.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["audit"]
)]
pub fn audit_policy_refused(file: AuditPolicyAt<'_>, world: &World, out: &mut Report) {
    if let Err(refusals) = load(*file, world.version()) {
        server_file::report(out, "audit policy", &refusals);
    }
}
