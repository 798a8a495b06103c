use crate::{AdmissionPolicyAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # admission-policy-without-binding
///
/// ## What it finds
/// An admission policy without a binding, where bindings of other policies are in the input, or where the
/// whole cluster is known.
///
/// ## Why it matters
/// A policy does nothing until it is bound.
///
/// ## Fix
/// Add a ValidatingAdmissionPolicyBinding (or Mutating…) that names the policy.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "authorization"]
)]
pub fn admission_policy_without_binding(policy: AdmissionPolicyAt<'_>, world: &World, out: &mut Report) {
    let object = policy.object();
    let kind = if object.well_known() == WellKnown::MutatingAdmissionPolicy {
        WellKnown::MutatingAdmissionPolicyBinding
    } else {
        WellKnown::ValidatingAdmissionPolicyBinding
    };
    let mut bindings = world.cluster().of(kind).peekable();
    // A file that holds the policy alone may be one of several.
    if bindings.peek().is_none() && !world.coverage().is_complete(kind, None) {
        return;
    }
    if !bindings.any(|binding| binding.at().get("spec.policyName").str() == Some(object.name())) {
        out.finding(
            policy.get("metadata.name"),
            format!("policy `{}` is bound nowhere and does nothing", object.name()),
        );
    }
}
