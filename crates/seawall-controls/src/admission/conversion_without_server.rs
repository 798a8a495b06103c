use crate::support::answering::{Answer, who_answers};
use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # conversion-without-server
///
/// ## What it finds
/// A CustomResourceDefinition of a cluster with a conversion webhook whose Service, or any pod behind it, does not exist.
///
/// ## Why it matters
/// Objects in another than the stored version cannot be read, listed or deleted: controllers and policies that read them
/// stop, and with them what they guard. Whoever brings the Service back with a certificate for its name sees and may
/// change every such object.
///
/// ## Fix
/// Bring the webhook's server back, or set `spec.conversion.strategy: None` where the versions have the same fields.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-conversion
#[control(since = "0.1.0", severity = Low, practices = ["third-party", "versions"])]
pub fn conversion_without_server(object: ObjectAt<'_>, world: &World, out: &mut Report) {
    if object.object().well_known() != WellKnown::CustomResourceDefinition
        || object.get("spec.conversion.strategy").str() != Some("Webhook")
    {
        return;
    }
    let service = object.get("spec.conversion.webhook.clientConfig.service");
    let name = object.object().name();
    match who_answers(service, world) {
        Answer::Somebody => {}
        Answer::Unknown(why) => {
            out.unknown(service, format!("whether anybody converts `{name}`"), why);
        }
        Answer::Nobody(silent) => {
            let text = |key| service.key(key).str().unwrap_or_default();
            let words = silent.words(text("namespace"), text("name"));
            out.finding(service, format!("nobody converts `{name}`: {words}"));
        }
    }
}
