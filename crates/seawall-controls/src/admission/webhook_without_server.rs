use crate::support::answering::{Answer, who_answers};
use crate::{WebhookConfigurationAt, World};
use seawall_admission::webhook::webhooks;
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # webhook-without-server
///
/// ## What it finds
/// An admission webhook of a cluster whose Service, or any pod behind it, does not exist.
///
/// ## Why it matters
/// With `failurePolicy: Ignore` the check that people rely on is never made, and nothing says so. With `Fail` nothing
/// that it matches can be written. Where the namespace or Service is missing, whoever may make them receives the
/// requests if they get a certificate for the name.
///
/// ## Fix
/// Bring the webhook's server back, or remove the configuration that was left behind.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy
#[control(since = "0.1.0", severity = Medium, practices = ["third-party", "pod-security"])]
pub fn webhook_without_server(configuration: WebhookConfigurationAt<'_>, world: &World, out: &mut Report) {
    for webhook in webhooks(configuration.object()) {
        let service = webhook.at().get("clientConfig.service");
        let name = webhook.name();
        match who_answers(service, world) {
            Answer::Somebody => {}
            Answer::Unknown(why) => {
                out.unknown(service, format!("whether anybody answers for webhook `{name}`"), why);
            }
            Answer::Nobody(silent) => {
                let text = |key| service.key(key).str().unwrap_or_default();
                let words = silent.words(text("namespace"), text("name"));
                let (effect, severity) = match webhook.fails_open() {
                    true => ("checks nothing", Severity::Medium),
                    false => ("refuses everything that it matches", Severity::Low),
                };
                out.finding(service, format!("webhook `{name}` {effect}: {words}")).severity(severity);
            }
        }
    }
}
