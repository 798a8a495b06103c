use crate::{AdmissionPolicyBindingAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # admission-policy-not-enforced
///
/// ## What it finds
/// A binding whose `validationActions` hold no `Deny`.
///
/// ## Why it matters
/// Violations are only written to the audit log or told to the client: nothing is refused.
///
/// ## Fix
/// Add `Deny` when the warnings have stopped.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-actions
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["pod-security", "authorization"]
)]
pub fn admission_policy_not_enforced(binding: AdmissionPolicyBindingAt<'_>, _: &World, out: &mut Report) {
    if binding.object().well_known() != WellKnown::ValidatingAdmissionPolicyBinding {
        return;
    }
    let at = binding.get("spec.validationActions");
    if at.items().next().is_some() && !at.contains("Deny") {
        let policy = binding.get("spec.policyName").text().unwrap_or("");
        out.finding(at, format!("policy `{policy}` refuses nothing here"));
    }
}
