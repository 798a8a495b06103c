use crate::{WebhookConfigurationAt, World};
use seawall_admission::webhook::{Target, webhooks};
use seawall_controls_macros::control;
use seawall_model::{LabelSelector, NAMESPACE_NAME_LABEL, Operator, Report, Severity};

/// # webhook-exempts-by-label
///
/// ## What it finds
/// A validating webhook that leaves out what carries a certain label: objects (`objectSelector`) or
/// namespaces (`namespaceSelector`), for pods, workloads or everything.
///
/// ## Why it matters
/// Whoever writes a pod writes its labels as well, and so passes by the check. Labels of namespaces are
/// safer, but not from those who may change namespaces.
///
/// ## Fix
/// Leave namespaces out by `kubernetes.io/metadata.name`, which nobody can set, and exempt users or service
/// accounts with `matchConditions`.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/
/// - https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-objectselector
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "team-isolation"]
)]
pub fn webhook_exempts_by_label(configuration: WebhookConfigurationAt<'_>, _: &World, out: &mut Report) {
    let sensitive = [Target::create("", "pods"), Target::create("apps", "deployments")];
    for webhook in webhooks(configuration.object()).filter(|webhook| webhook.is_validating()) {
        if !sensitive.iter().any(|target| webhook.covers(*target)) {
            continue;
        }
        for (field, whose) in
            [("objectSelector", "the pod's author"), ("namespaceSelector", "who may label namespaces")]
        {
            let Some(selector) = LabelSelector::new(webhook.at().key(field)) else { continue };
            let opt_out = selector.requirements().find(|requirement| {
                matches!(requirement.operator, Some(Operator::NotIn | Operator::DoesNotExist))
                    && requirement.key != NAMESPACE_NAME_LABEL
            });
            if let Some(requirement) = opt_out {
                let message =
                    format!("with the label `{}` {whose} passes by `{}`", requirement.key, webhook.name());
                let severity = if field == "objectSelector" { Severity::Medium } else { Severity::Low };
                out.finding(requirement.at, message).severity(severity);
            }
        }
    }
}
