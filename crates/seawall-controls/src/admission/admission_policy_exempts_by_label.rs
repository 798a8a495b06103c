use crate::{AdmissionPolicyAt, World};
use seawall_controls_macros::control;
use seawall_model::WellKnown;
use seawall_model::{LabelSelector, NAMESPACE_NAME_LABEL, Operator, Report, Severity};

/// # admission-policy-exempts-by-label
///
/// ## What it finds
/// A ValidatingAdmissionPolicy that leaves out what carries a certain label: objects, or namespaces.
///
/// ## Why it matters
/// Whoever writes an object writes its labels as well, and so passes by the check. Labels of namespaces are
/// safer, but not from those who may change namespaces.
///
/// ## Fix
/// Exempt users or service accounts with `matchConditions` on `request.userInfo`, or namespaces by
/// `kubernetes.io/metadata.name`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#matching-requests-matchconditions
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "team-isolation"]
)]
pub fn admission_policy_exempts_by_label(policy: AdmissionPolicyAt<'_>, _: &World, out: &mut Report) {
    if policy.object().well_known() != WellKnown::ValidatingAdmissionPolicy {
        return;
    }
    for (field, whose) in
        [("objectSelector", "its author"), ("namespaceSelector", "who may label namespaces")]
    {
        let Some(selector) = LabelSelector::new(policy.get("spec.matchConstraints").key(field)) else {
            continue;
        };
        let opt_out = selector.requirements().find(|requirement| {
            matches!(requirement.operator, Some(Operator::NotIn | Operator::DoesNotExist))
                && requirement.key != NAMESPACE_NAME_LABEL
        });
        if let Some(requirement) = opt_out {
            let name = policy.object().name();
            let message =
                format!("with the label `{}` {whose} gets an object past policy `{name}`", requirement.key);
            let severity = if field == "objectSelector" { Severity::Medium } else { Severity::Low };
            out.finding(requirement.at, message).severity(severity);
        }
    }
}
