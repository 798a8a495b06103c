use crate::{WebhookConfigurationAt, World};
use seawall_admission::webhook::webhooks;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # webhook-side-effects
///
/// ## What it finds
/// A webhook whose `sideEffects` is not `None` or `NoneOnDryRun`.
///
/// ## Why it matters
/// `admissionregistration.k8s.io/v1` refuses it; under v1beta1 every dry run fails that it matches, and
/// with it `kubectl diff` and the preview of Pod Security labels.
///
/// ## Fix
/// Make the webhook free of side effects on dry runs and say so.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#side-effects
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["versions"]
)]
pub fn webhook_side_effects(configuration: WebhookConfigurationAt<'_>, _: &World, out: &mut Report) {
    for webhook in webhooks(configuration.object()) {
        let at = webhook.at().key("sideEffects");
        if !matches!(at.str(), Some("None" | "NoneOnDryRun")) {
            out.finding(
                at,
                format!(
                    "`{}` refuses dry runs: `sideEffects` must be `None` or `NoneOnDryRun`",
                    webhook.name()
                ),
            );
        }
    }
}
