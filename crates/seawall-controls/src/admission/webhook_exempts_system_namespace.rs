use crate::{WebhookConfigurationAt, World};
use seawall_admission::webhook::{Target, webhooks};
use seawall_controls_macros::control;
use seawall_model::{LabelSelector, Labels, NAMESPACE_NAME_LABEL, Operator, Report};

/// # webhook-exempts-system-namespace
///
/// ## What it finds
/// A validating webhook for pods or everything that leaves kube-system out.
///
/// ## Why it matters
/// A pod in kube-system is the most valuable one for an attacker: there the policy does not hold.
///
/// ## Fix
/// Exempt the service accounts of the system components with `matchConditions` instead of the namespace,
/// and enforce Pod Security in the rest.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["pod-security"]
)]
pub fn webhook_exempts_system_namespace(
    configuration: WebhookConfigurationAt<'_>,
    _: &World,
    out: &mut Report,
) {
    let labels = Labels::of_namespace_name("kube-system");
    for webhook in webhooks(configuration.object()).filter(|webhook| webhook.is_validating()) {
        let selector = webhook.at().key("namespaceSelector");
        let by_name = LabelSelector::or_everything(selector).requirements().find(|requirement| {
            requirement.key == NAMESPACE_NAME_LABEL && requirement.matches(labels) == Some(false)
        });
        if let Some(requirement) = by_name.filter(|requirement| requirement.operator == Some(Operator::NotIn))
            && webhook.covers(Target::create("", "pods"))
        {
            out.finding(requirement.at, format!("`{}` does not look at pods of kube-system", webhook.name()));
        }
    }
}
