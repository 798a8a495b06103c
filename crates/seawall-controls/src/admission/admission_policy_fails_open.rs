use crate::{AdmissionPolicyAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # admission-policy-fails-open
///
/// ## What it finds
/// An admission policy with `failurePolicy: Ignore`.
///
/// ## Why it matters
/// When an expression cannot be evaluated, for example because a field is missing that the author expected,
/// or a parameter is not found, the object passes. Attackers write objects that cause just this.
///
/// ## Fix
/// Remove the field: `Fail` is the default. Guard optional fields with `has()` or `?.`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#failure-policy
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "authorization"],
    fix = Unsafe
)]
pub fn admission_policy_fails_open(policy: AdmissionPolicyAt<'_>, _: &World, out: &mut Report) {
    let at = policy.get("spec.failurePolicy");
    if at.str() == Some("Ignore") {
        out.finding(at, format!("policy `{}` lets pass what it cannot evaluate", policy.object().name()))
            .unsafe_fix("refuse what cannot be evaluated", vec![at.set("Fail")]);
    }
}
