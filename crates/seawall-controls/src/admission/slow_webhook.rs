use crate::{WebhookConfigurationAt, World};
use seawall_admission::webhook::webhooks;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # slow-webhook
///
/// ## What it finds
/// A webhook with `timeoutSeconds` above 10.
///
/// ## Why it matters
/// Every write it matches may wait so long, also with `failurePolicy: Ignore`. Controllers renew their
/// leases within seconds: one slow webhook makes them lose leadership and stop.
///
/// ## Fix
/// Set `timeoutSeconds` to 5 or less.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/
/// - https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#timeouts
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["versions"],
    fix = Unsafe
)]
pub fn slow_webhook(configuration: WebhookConfigurationAt<'_>, _: &World, out: &mut Report) {
    for webhook in webhooks(configuration.object()).filter(|webhook| webhook.timeout() > 10) {
        let at = webhook.at().key("timeoutSeconds");
        let finding = out
            .finding(at, format!("a write may wait {} seconds for `{}`", webhook.timeout(), webhook.name()));
        finding.unsafe_fix("wait 5 seconds at most", vec![at.set("5")]);
    }
}
