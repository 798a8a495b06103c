use crate::{WebhookConfigurationAt, World};
use seawall_admission::webhook::{Target, webhooks};
use seawall_controls_macros::control;
use seawall_model::{Labels, Report};

/// # webhook-blocks-cluster
///
/// ## What it finds
/// A webhook with `failurePolicy: Fail` for every resource of every group that does not leave kube-system
/// out.
///
/// ## Why it matters
/// While its server does not answer, nothing can be written: no node renews its lease, no pod is started,
/// not even the webhook's own. After a power failure the cluster does not come up again.
///
/// ## Fix
/// List the resources that must be checked. Never include leases, events, endpoints, token and access
/// reviews.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/
/// - https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#avoiding-operating-on-the-kube-system-namespace
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["versions"]
)]
pub fn webhook_blocks_cluster(configuration: WebhookConfigurationAt<'_>, _: &World, out: &mut Report) {
    let leases =
        Target { operation: "UPDATE", group: "coordination.k8s.io", resource: "leases", namespaced: true };
    let system = Labels::of_namespace_name("kube-system");
    for webhook in webhooks(configuration.object()).filter(|webhook| !webhook.fails_open()) {
        let everything = webhook.covers(leases) && webhook.covers(Target::create("", "pods"));
        let narrowed =
            ["objectSelector", "matchConditions"].iter().any(|field| webhook.at().key(field).exists());
        if everything && !narrowed && webhook.takes_namespace(system) == Some(true) {
            let message =
                format!("nothing can be written while the server of `{}` does not answer", webhook.name());
            out.finding(webhook.at().key("rules"), message);
        }
    }
}
