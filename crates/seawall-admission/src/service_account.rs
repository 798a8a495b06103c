//! Does a pod get a token of its service account? (upstream: `plugin/pkg/admission/serviceaccount`)

use seawall_model::{At, Cluster, Object, PodAt, WellKnown};
use std::sync::Arc;

/// Where tokens are mounted when nothing else says (upstream: `plugin/pkg/admission/serviceaccount`).
const MOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// A volume with a token of the pod's service account that a container mounts.
#[derive(Clone, Copy, Debug)]
pub struct TokenVolume<'a> {
    /// The volume.
    pub at: At<'a>,
    /// Of a projected token: the audience, if the volume names one.
    pub audience: Option<&'a str>,
    /// The Secret that holds it, of a token that does not end.
    pub secret: Option<&'a Arc<Object>>,
}

/// Whether containers get a token, as the ServiceAccount admission plugin decides (`shouldAutomount`): the pod's
/// field, else the account's, else yes. Volumes that the pod itself names count without that.
pub fn token(pod: PodAt<'_>, account: &str, cluster: &Cluster) -> (Option<bool>, String) {
    if let Some(name) = token_volumes(pod, account, cluster).find_map(|volume| volume.at.key("name").str()) {
        return (Some(true), format!("volume `{name}` holds one"));
    }
    automount(pod, account, cluster)
}

const FIELD: &str = "automountServiceAccountToken";

/// What the fields say: the pod's, else the account's, else yes. `None`: the account, which may say no, is not there;
/// Kubernetes makes the account `default` of each namespace, and it says nothing.
pub fn should_automount(pod: PodAt<'_>, account: &str, cluster: &Cluster) -> Option<bool> {
    pod.get(FIELD).bool().or_else(|| {
        match cluster.find(WellKnown::ServiceAccount, pod.namespace(), account) {
            Some(object) => Some(object.at().key(FIELD).bool() != Some(false)),
            None => (account == "default").then_some(true),
        }
    })
}

/// Whether the plugin mounts a token, and why.
pub fn automount(pod: PodAt<'_>, account: &str, cluster: &Cluster) -> (Option<bool>, String) {
    let own = pod.get(FIELD).bool();
    let taken = || {
        let mut containers = pod.containers().peekable();
        let mounts = |path: &str| path.trim_end_matches('/') == MOUNT;
        containers.peek().is_some()
            && containers.all(|one| {
                one.get("volumeMounts").items().any(|at| at.key("mountPath").str().is_some_and(mounts))
            })
    };
    match (own, should_automount(pod, account, cluster)) {
        (Some(false), _) => (Some(false), format!("the pod says `{FIELD}: false`")),
        _ if taken() => (Some(false), format!("every container mounts something else at {MOUNT}")),
        (Some(true), _) => (Some(true), format!("the pod says `{FIELD}: true`")),
        (None, Some(false)) => (Some(false), format!("the service account says `{FIELD}: false`")),
        (None, Some(true)) => (Some(true), "nothing says that it should not".to_owned()),
        (None, None) => (None, "the service account, which may refuse it, is not in the input".to_owned()),
    }
}

/// The volumes with a token that the pod itself names and a container mounts.
pub fn token_volumes<'a>(
    pod: PodAt<'a>,
    account: &'a str,
    cluster: &'a Cluster,
) -> impl Iterator<Item = TokenVolume<'a>> {
    let of_account = move |name: &str| {
        let secret = cluster.find(WellKnown::Secret, pod.namespace(), name);
        secret.filter(|secret| {
            secret.at().key("type").str() == Some("kubernetes.io/service-account-token")
                && secret.annotation("kubernetes.io/service-account.name") == Some(account)
        })
    };
    let mounted = move |volume: &At<'a>| {
        let name = volume.key("name").str();
        let mounts = |at: At<'_>| name.is_some() && at.key("name").str() == name;
        pod.containers().any(|one| one.get("volumeMounts").items().any(mounts))
    };
    pod.volumes().filter(mounted).flat_map(move |at| {
        let sources = at.get("projected.sources").items();
        let projected =
            sources.clone().map(|source| source.key("serviceAccountToken")).filter(|at| at.exists());
        let projected = projected.map(move |token| TokenVolume {
            at,
            audience: token.key("audience").str(),
            secret: None,
        });
        let names = sources.map(|source| source.get("secret.name")).chain([at.get("secret.secretName")]);
        let secrets = names.filter_map(move |name| of_account(name.str()?));
        let secrets = secrets.map(move |secret| TokenVolume { at, audience: None, secret: Some(secret) });
        projected.chain(secrets)
    })
}
