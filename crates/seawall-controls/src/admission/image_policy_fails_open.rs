use crate::{AdmissionConfigurationAt, World};
use seawall_admission::configuration::{image_policy, load};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # image-policy-fails-open
///
/// ## What it finds
/// The plugin ImagePolicyWebhook with `defaultAllow: true`.
///
/// ## Why it matters
/// While the webhook does not answer, every image is taken. Whoever can make it slow, or starts a pod at the
/// right moment, is not checked.
///
/// ## Fix
/// Set `defaultAllow: false`, run the webhook on several nodes, and exempt its own namespace there.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#imagepolicywebhook
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["image-signing"],
    fix = Unsafe
)]
pub fn image_policy_fails_open(file: AdmissionConfigurationAt<'_>, _: &World, out: &mut Report) {
    let Ok(configuration) = load(*file) else { return };
    let plugin = configuration.plugin("ImagePolicyWebhook").and_then(|plugin| plugin.configuration);
    if let Some(policy) = plugin.and_then(image_policy).filter(|policy| policy.default_allow) {
        out.finding(
            policy.at.key("defaultAllow"),
            "images are taken unchecked while the webhook does not answer",
        )
        .unsafe_fix(
            "refuse images while the webhook does not answer",
            vec![policy.at.key("defaultAllow").set("false")],
        );
    }
}
