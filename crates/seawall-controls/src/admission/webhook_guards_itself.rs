use crate::{WebhookConfigurationAt, World};
use seawall_admission::webhook::{Target, webhooks};
use seawall_controls_macros::control;
use seawall_model::{Labels, Report, WellKnown};

/// # webhook-guards-itself
///
/// ## What it finds
/// A webhook with `failurePolicy: Fail` for pods that includes the namespace of its own server.
///
/// ## Why it matters
/// When all its pods are gone at once, new ones cannot be created, because the webhook that would allow
/// them is down. Somebody must then delete the configuration, and the protection with it.
///
/// ## Fix
/// Leave the namespace out with `namespaceSelector` on `kubernetes.io/metadata.name`.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["versions"]
)]
pub fn webhook_guards_itself(configuration: WebhookConfigurationAt<'_>, world: &World, out: &mut Report) {
    for webhook in webhooks(configuration.object()).filter(|webhook| !webhook.fails_open()) {
        let Some(namespace) = webhook.service_namespace() else { continue };
        let narrowed =
            ["objectSelector", "matchConditions"].iter().any(|field| webhook.at().key(field).exists());
        if narrowed || !webhook.covers(Target::create("", "pods")) {
            continue;
        }
        let labels = match world.cluster().find(WellKnown::Namespace, None, namespace) {
            Some(object) => Labels::of_namespace(object),
            None => Labels::of_namespace_name(namespace),
        };
        if webhook.takes_namespace(labels) == Some(true) {
            let message = format!("pods of `{namespace}` need `{}`, which runs there", webhook.name());
            out.finding(webhook.at().get("clientConfig.service.namespace"), message);
        }
    }
}
