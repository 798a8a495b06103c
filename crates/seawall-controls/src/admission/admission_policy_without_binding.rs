use crate::World;
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};
use std::collections::HashSet;

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
pub fn admission_policy_without_binding(world: &World, _: &World, out: &mut Report) {
    for (policies, bindings) in SORTS {
        let cluster = world.cluster();
        let bound: HashSet<&str> =
            cluster.of(bindings).filter_map(|binding| binding.at().get("spec.policyName").str()).collect();
        // A file that holds policies alone may be one of several.
        if bound.is_empty() && !world.coverage().is_complete(bindings, None) {
            continue;
        }
        for policy in cluster.of(policies).filter(|policy| !bound.contains(policy.name())) {
            let message = format!("policy `{}` is bound nowhere and does nothing", policy.name());
            out.finding(policy.at().get("metadata.name"), message);
        }
    }
}

const SORTS: [(WellKnown, WellKnown); 2] = [
    (WellKnown::ValidatingAdmissionPolicy, WellKnown::ValidatingAdmissionPolicyBinding),
    (WellKnown::MutatingAdmissionPolicy, WellKnown::MutatingAdmissionPolicyBinding),
];
