use crate::{WebhookConfigurationAt, World};
use seawall_admission::webhook::webhooks;
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # webhook-without-ca
///
/// ## What it finds
/// A webhook served by a Service whose configuration has no `caBundle` and no annotation by which a
/// controller puts one in.
///
/// ## Why it matters
/// The API server does not trust a certificate of the cluster without it: calls fail, and the failure
/// policy decides. Many programs fill it in when they start, which a file does not show.
///
/// ## Fix
/// Let cert-manager inject it (`cert-manager.io/inject-ca-from`), or write the CA that signed the webhook's
/// certificate.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#service-reference
/// - https://cert-manager.io/docs/concepts/ca-injector/
#[control(
    since = "0.1.0",
    severity = Info,
    practices = ["authentication", "api-tls"]
)]
pub fn webhook_without_ca(configuration: WebhookConfigurationAt<'_>, world: &World, out: &mut Report) {
    let injected = configuration.get("metadata.annotations").entries().any(|(key, _)| {
        key.starts_with("cert-manager.io/inject-")
            || key.starts_with("service.beta.openshift.io/inject-cabundle")
    });
    if injected {
        return;
    }
    let complete = world.coverage().is_complete(configuration.object().well_known(), None);
    for webhook in webhooks(configuration.object()) {
        let at = webhook.at().get("clientConfig.caBundle");
        // Placeholders that injectors replace: an empty text, a line break.
        let missing = at.text().unwrap_or("").trim().is_empty() || matches!(at.text(), Some("Cg==" | "Cgo="));
        if missing && webhook.at().get("clientConfig.service").exists() {
            out.finding(at, format!("nothing says which CA signs the certificate of `{}`", webhook.name()))
                .severity(if complete { Severity::Medium } else { Severity::Info });
            // One cause for all of them.
            return;
        }
    }
}
