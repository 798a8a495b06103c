use crate::{AuditPolicyAt, World};
use seawall_controls_macros::control;
use seawall_detect::audit_policy::load;
use seawall_model::Report;

/// # audit-policy-field-ignored
///
/// ## What it finds
/// Unknown and repeated fields in an audit policy.
///
/// ## Why it matters
/// Unlike its other files, the API server skips what it does not know in this one, with no more than a line
/// in its log. A rule whose `verb:` or `resource:` is skipped matches far more than meant, and every rule
/// behind it may never be asked.
///
/// ## Fix
/// Correct the name, or remove the field.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
/// - https://github.com/kubernetes/kubernetes/blob/v1.36.0/staging/src/k8s.io/apiserver/pkg/audit/policy/reader.go
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["audit"]
)]
pub fn audit_policy_field_ignored(file: AuditPolicyAt<'_>, world: &World, out: &mut Report) {
    if let Ok(loaded) = load(*file, world.version()) {
        for skipped in loaded.ignored {
            out.finding(skipped.at, format!("kube-apiserver goes on without this: {}", skipped.message));
        }
    }
}
