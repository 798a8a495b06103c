use crate::{AdmissionPolicyBindingAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # dangling-admission-policy-binding
///
/// ## What it finds
/// A binding of an admission policy that does not exist. In files, where it may be elsewhere, nothing is
/// said.
///
/// ## Why it matters
/// Nothing is checked.
///
/// ## Fix
/// Correct `policyName`, or install the policy.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "authorization"]
)]
pub fn dangling_admission_policy_binding(
    binding: AdmissionPolicyBindingAt<'_>,
    world: &World,
    out: &mut Report,
) {
    let kind = if binding.object().well_known() == WellKnown::MutatingAdmissionPolicyBinding {
        WellKnown::MutatingAdmissionPolicy
    } else {
        WellKnown::ValidatingAdmissionPolicy
    };
    let at = binding.get("spec.policyName");
    let name = at.text().unwrap_or("");
    if world.coverage().is_complete(kind, None) && world.cluster().find(kind, None, name).is_none() {
        out.finding(at, format!("there is no policy `{name}`"));
    }
}
