use crate::{WebhookConfigurationAt, World};
use seawall_admission::webhook::{Target, webhooks};
use seawall_auth::rbac::RBAC_GROUP;
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # webhook-fails-open
///
/// ## What it finds
/// A validating webhook with `failurePolicy: Ignore` for pods, workloads, RBAC objects or everything; and a
/// mutating one for pods, lower.
///
/// ## Why it matters
/// While its server is down, slow or overloaded, everything passes unchecked. Whoever can stop its pods, or
/// make it too slow to answer, switches the policy off.
///
/// ## Fix
/// Set `failurePolicy: Fail`, run several replicas with a disruption budget, narrow the rules to what must
/// be checked, and leave the namespace of the webhook out. Or state the rule as a
/// ValidatingAdmissionPolicy, which needs no server.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/
/// - https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "authorization"]
)]
pub fn webhook_fails_open(configuration: WebhookConfigurationAt<'_>, _: &World, out: &mut Report) {
    for webhook in webhooks(configuration.object()).filter(|webhook| webhook.fails_open()) {
        let Some(target) = SENSITIVE.iter().find(|target| webhook.covers(**target)) else { continue };
        let severity = match (webhook.is_validating(), target.resource) {
            (true, _) => Severity::Medium,
            (false, "pods") => Severity::Low,
            _ => continue,
        };
        let what = target.resource;
        let message =
            format!("`{}` lets `{what}` pass unchecked while its server does not answer", webhook.name());
        out.finding(webhook.at().key("failurePolicy"), message).severity(severity);
    }
}

/// What attackers create.
const SENSITIVE: [Target<'static>; 6] = [
    Target { operation: "CREATE", group: "", resource: "pods", namespaced: true },
    Target { operation: "CREATE", group: "apps", resource: "deployments", namespaced: true },
    Target { operation: "CREATE", group: "batch", resource: "jobs", namespaced: true },
    Target { operation: "CREATE", group: RBAC_GROUP, resource: "rolebindings", namespaced: true },
    Target { operation: "CREATE", group: RBAC_GROUP, resource: "clusterrolebindings", namespaced: false },
    Target { operation: "UPDATE", group: "", resource: "pods/ephemeralcontainers", namespaced: true },
];
