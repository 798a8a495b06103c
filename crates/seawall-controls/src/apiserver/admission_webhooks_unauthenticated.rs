use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::{NamedFile, Report, WellKnown};

/// # admission-webhooks-unauthenticated
///
/// ## What it finds
/// A kube-apiserver that calls admission webhooks without credentials: its AdmissionConfiguration names no
/// `kubeConfigFile` for ValidatingAdmissionWebhook or MutatingAdmissionWebhook, though the input has webhooks.
///
/// ## Why it matters
/// A webhook's port answers to everybody in the cluster then; it cannot tell the API server from a pod.
/// Questions about objects that pods should not see, or floods of them, look like the real thing.
///
/// ## Fix
/// Give the API server a kubeconfig for its webhooks in AdmissionConfiguration, and let webhooks demand a
/// client certificate; or keep other pods away from their ports by NetworkPolicy.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#authenticate-apiservers
#[control(
    since = "0.1.0",
    severity = Info,
    practices = ["authentication"]
)]
pub fn admission_webhooks_unauthenticated(server: ApiServerAt<'_>, world: &World, out: &mut Report) {
    let cluster = world.cluster();
    for (kind, plugin) in WEBHOOKS {
        let Some(webhook) = cluster.of(kind).next() else { continue };
        let flag = server.setting("admission-control-config-file");
        let at = match server.file("admission-control-config-file") {
            NamedFile::NotGiven => flag.at(),
            NamedFile::Found(file) => {
                match file.key("plugins").items().find(|item| item.key("name").str() == Some(plugin)) {
                    // `path` names a file that this input does not show.
                    Some(entry)
                        if entry.key("path").exists()
                            || entry.get("configuration.kubeConfigFile").exists() =>
                    {
                        continue;
                    }
                    Some(entry) => entry,
                    None => file.key("plugins"),
                }
            }
            NamedFile::Unknown(_) => continue,
        };
        out.finding(at, format!("kube-apiserver calls the webhooks of {plugin} without credentials"))
            .related(webhook.at(), "a webhook");
    }
}

const WEBHOOKS: [(WellKnown, &str); 2] = [
    (WellKnown::MutatingWebhookConfiguration, "MutatingAdmissionWebhook"),
    (WellKnown::ValidatingWebhookConfiguration, "ValidatingAdmissionWebhook"),
];
