use crate::{WebhookConfigurationAt, World};
use seawall_admission::webhook::webhooks;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # webhook-url-without-tls
///
/// ## What it finds
/// A webhook whose `clientConfig.url` does not start with `https://`.
///
/// ## Why it matters
/// The API server refuses it, so the check is missing. If something in between took it, every written
/// object, Secrets included, would cross the network readable, and anybody on the way could answer.
///
/// ## Fix
/// Serve the webhook by TLS and write `https://`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#url
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["api-tls"]
)]
pub fn webhook_url_without_tls(configuration: WebhookConfigurationAt<'_>, _: &World, out: &mut Report) {
    for webhook in webhooks(configuration.object()) {
        let at = webhook.at().get("clientConfig.url");
        if at.str().is_some_and(|url| !url.starts_with("https://")) {
            out.finding(at, format!("`{}` is not asked by HTTPS", webhook.name()));
        }
    }
}
