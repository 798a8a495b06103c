//! A pod: the service account that it runs as, and whether it gets a token.

use super::super::answer::{self, Location};
use crate::question::Asked;
use anyhow::{Result, bail};
use schemars::JsonSchema;
use seawall_auth::user::{SERVICE_ACCOUNT_USER_PREFIX, User};
use seawall_model::{Cluster, Object, PodAt, WellKnown};
use serde::Serialize;
use std::sync::Arc;

/// Where tokens are mounted when nothing else says (upstream: `plugin/pkg/admission/serviceaccount`).
const MOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// What is known of the pod.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodEntry<'a> {
    /// The kind of the object: `Pod`, or the workload that makes such pods.
    kind: &'a str,
    /// Its namespace.
    namespace: &'a str,
    /// Its name.
    name: &'a str,
    /// The service account that the pod runs as; absent for static pods, which have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) service_account: Option<&'a str>,
    /// Whether its containers get a token of that account; null where that cannot be known.
    pub(super) token_mounted: Option<bool>,
    /// Why.
    pub(super) because: String,
    /// Where the pod stands.
    pub(super) location: Location<'a>,
}

impl PodEntry<'_> {
    /// `Deployment shop/web`.
    pub(super) fn named(&self) -> String {
        format!("{} {}/{}", self.kind, self.namespace, self.name)
    }
}

/// Finds the pod, and the user that its programs are for the API server.
pub(super) fn find<'a>(namespace: &str, name: &str, asked: &'a Asked) -> Result<(PodEntry<'a>, User)> {
    let cluster = asked.world.cluster();
    let Some(object) = object(namespace, name, cluster) else {
        let pods = cluster.objects().filter(|object| object.pods().next().is_some());
        let here = pods.filter(|object| lives_in(object, namespace)).map(|object| object.name());
        let near = crate::select::nearest(name, here).map(|near| format!("; did you mean `{near}`?"));
        bail!("no pod or workload {namespace}/{name} in the input{}", near.unwrap_or_default());
    };
    let Some(pod) = object.pods().next() else { bail!("{} {name} has no pod", object.kind()) };
    let own = object.namespace().unwrap_or("default");
    let is_static = is_static(object, asked);
    let account = pod.service_account();
    let (token_mounted, because) = if is_static {
        (Some(false), "a static pod: the kubelet runs it, without a service account".to_owned())
    } else {
        token(pod, account, asked)
    };
    let entry = PodEntry {
        kind: object.kind(),
        namespace: own,
        name: object.name(),
        service_account: (!is_static).then_some(account),
        token_mounted,
        because,
        location: answer::location(object.at()),
    };
    let mut user = if is_static { User::anonymous() } else { User::service_account(own, account) };
    // Names that the API would refuse keep their words, so that the answer shows them.
    if !is_static && !user.name.starts_with(SERVICE_ACCOUNT_USER_PREFIX) {
        bail!("`{account}` is no name of a service account");
    }
    user.add_authenticated_group();
    Ok((entry, user))
}

fn lives_in(object: &Object, namespace: &str) -> bool {
    object.namespace().unwrap_or("default") == namespace
}

/// A Pod of that name, else a workload that makes pods.
fn object<'a>(namespace: &str, name: &str, cluster: &'a Cluster) -> Option<&'a Arc<Object>> {
    use WellKnown::{
        CronJob, DaemonSet, Deployment, Job, Pod, ReplicaSet, ReplicationController, StatefulSet,
    };
    let kinds = [Pod, Deployment, StatefulSet, DaemonSet, CronJob, Job, ReplicaSet, ReplicationController];
    let find = |kind| {
        let unset = (namespace == "default").then(|| cluster.find(kind, None, name)).flatten();
        cluster.find(kind, Some(namespace), name).or(unset)
    };
    kinds.into_iter().find_map(find)
}

/// Mirror pods, and the manifests of the control plane.
fn is_static(object: &Arc<Object>, asked: &Asked) -> bool {
    let mirror = object.annotation("kubernetes.io/config.mirror").is_some();
    let component = || asked.world.components().iter().any(|one| Arc::ptr_eq(one.object(), object));
    object.well_known() == WellKnown::Pod
        && (mirror || object.namespace() == Some("kube-system") && component())
}

/// Whether containers get a token, as the ServiceAccount admission plugin decides (`shouldAutomount`): the pod's
/// field, else the account's, else yes. Volumes that the pod itself names count without that.
fn token(pod: PodAt<'_>, account: &str, asked: &Asked) -> (Option<bool>, String) {
    if let Some(volume) = own_volume(pod, account, asked) {
        return (Some(true), format!("volume `{volume}` holds one"));
    }
    let field = "automountServiceAccountToken";
    let own = pod.get(field).bool();
    let taken = || {
        let mut containers = pod.containers().peekable();
        let mounts = |path: &str| path.trim_end_matches('/') == MOUNT;
        containers.peek().is_some()
            && containers.all(|one| {
                one.get("volumeMounts").items().any(|at| at.key("mountPath").str().is_some_and(mounts))
            })
    };
    let of_account = asked
        .world
        .cluster()
        .find(WellKnown::ServiceAccount, pod.namespace(), account)
        .map(|object| object.at().key(field).bool());
    match (own, of_account) {
        (Some(false), _) => (Some(false), format!("the pod says `{field}: false`")),
        _ if taken() => (Some(false), format!("every container mounts something else at {MOUNT}")),
        (Some(true), _) => (Some(true), format!("the pod says `{field}: true`")),
        (None, Some(Some(false))) => (Some(false), format!("the service account says `{field}: false`")),
        (None, Some(_)) => (Some(true), "nothing says that it should not".to_owned()),
        // Kubernetes makes the account `default` of each namespace, and it says nothing.
        (None, None) if account == "default" => (Some(true), "nothing says that it should not".to_owned()),
        (None, None) => (None, "the service account, which may refuse it, is not in the input".to_owned()),
    }
}

/// A volume with a token that a container mounts.
fn own_volume<'a>(pod: PodAt<'a>, account: &str, asked: &Asked) -> Option<&'a str> {
    let holds = |name: &str| {
        let secret = asked.world.cluster().find(WellKnown::Secret, pod.namespace(), name);
        secret.is_some_and(|secret| {
            secret.at().key("type").str() == Some("kubernetes.io/service-account-token")
                && secret.annotation("kubernetes.io/service-account.name") == Some(account)
        })
    };
    let has_token = pod.volumes().filter(|volume| {
        let sources = || volume.get("projected.sources").items();
        sources().any(|source| source.key("serviceAccountToken").exists())
            || sources().any(|source| source.get("secret.name").str().is_some_and(holds))
            || volume.get("secret.secretName").str().is_some_and(holds)
    });
    let mounted = |name: &str| {
        pod.containers()
            .any(|one| one.get("volumeMounts").items().any(|at| at.key("name").str() == Some(name)))
    };
    has_token.filter_map(|volume| volume.key("name").str()).find(|name| mounted(name))
}
