//! A pod: the service account that it runs as, and whether it gets a token.

use super::super::answer::{self, Location};
use crate::question::Asked;
use anyhow::{Result, bail};
use schemars::JsonSchema;
use seawall_admission::service_account;
use seawall_auth::user::{SERVICE_ACCOUNT_USER_PREFIX, User};
use seawall_model::{Cluster, Object, WellKnown};
use serde::Serialize;
use std::sync::Arc;

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
        service_account::token(pod, account, asked.world.cluster())
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
