//! API defaulting: what the API server fills in before plugins see an object (`pkg/apis/*/v1/defaults.go`), and what
//! it sets when it stores one (the strategies in `pkg/registry`).

mod other;
mod pod;
mod prune;
mod workload;

use crate::json::{Json, at_mut, map_mut, set};
use crate::pass::Pass;
use crate::request::{Operation, Request};
use crate::settings::Settings;
use seawall_model::WellKnown;
use serde_json::Value;

pub(crate) use prune::prune;

/// What defaulting depends on beside the object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gates {
    pub(crate) pod_level_resources: bool,
    pub(crate) image_volume: bool,
    pub(crate) job_replacement: bool,
    pub(crate) max_unavailable_stateful_set: bool,
}

impl Gates {
    /// As the server is set up.
    pub(crate) fn of(settings: &Settings<'_>) -> Self {
        // What became a fixture lost its gate later.
        Self {
            pod_level_resources: settings.gate("PodLevelResources"),
            image_volume: settings.gate("ImageVolume"),
            job_replacement: settings.gate("JobPodReplacementPolicy") || settings.version.minor() >= 34,
            max_unavailable_stateful_set: settings.gate("MaxUnavailableStatefulSet"),
        }
    }
}

/// The kind of a tree.
pub(crate) fn kind_of(object: &Value) -> WellKnown {
    let group = object.text("apiVersion").rsplit_once('/').map_or("", |(group, _)| group);
    WellKnown::of(group, object.text("kind"))
}

/// Fills in the defaults of kinds that are modelled; others are left as they are.
pub(crate) fn object(value: &mut Value, gates: &Gates) {
    use WellKnown::*;
    match kind_of(value) {
        Pod => pod::pod(value, gates),
        PodTemplate => pod::template(value, "template", gates),
        Deployment => workload::deployment(value, gates),
        ReplicaSet => workload::replica_set(value, gates),
        StatefulSet => workload::stateful_set(value, gates),
        DaemonSet => workload::daemon_set(value, gates),
        ReplicationController => workload::replication_controller(value, gates),
        Job => workload::job(value, gates),
        CronJob => workload::cron_job(value, gates),
        PersistentVolumeClaim => other::claim(value),
        Service => other::service(value),
        Namespace => other::namespace(value),
        Secret => other::secret(value),
        NetworkPolicy => other::network_policy(value),
        RoleBinding | ClusterRoleBinding => other::binding(value),
        PriorityClass => other::priority_class(value),
        LimitRange => other::limit_range(value),
        ResourceQuota => other::round(value, "spec.hard"),
        _ => {}
    }
}

/// Name and namespace of the request in the object's metadata.
pub(crate) fn metadata(value: &mut Value, request: &Request) {
    let is_namespace = request.is_of("", "namespaces");
    if !request.namespace.is_empty() && !is_namespace && value.text("metadata.namespace").is_empty() {
        set(value, "metadata.namespace", request.namespace.clone());
    }
}

/// What the strategy of the kind sets before validation (`PrepareForCreate`).
pub(crate) fn prepare(pass: &mut Pass<'_>) {
    use WellKnown::*;
    if pass.request.operation != Operation::Create || !pass.request.subresource.is_empty() {
        return;
    }
    if let Some(map) = pass.object.as_object_mut() {
        map.remove("status");
    }
    let settings = pass.settings;
    let kind = kind_of(&pass.object);
    let path = match kind.template_path() {
        Some("") => Some("spec".to_owned()),
        path => path.map(|path| format!("{path}.spec")),
    };
    if let Some(spec) = path.and_then(|path| at_mut(&mut pass.object, &path)) {
        pod::drop_disabled(spec, settings);
    }
    match kind {
        Pod => {
            let quality =
                crate::pod_resources::quality(&pass.object, pass.settings.gate("PodLevelResources"));
            set(&mut pass.object, "status.phase", "Pending");
            set(&mut pass.object, "status.qosClass", quality);
            pod::prepare(pass);
        }
        Namespace => set(&mut pass.object, "spec.finalizers", vec![Value::from("kubernetes")]),
        DaemonSet => {
            // The generation of the template is kept in an annotation (`Convert_apps_DaemonSet_To_v1_DaemonSet`).
            let key = "deprecated.daemonset.template.generation".to_owned();
            map_mut(&mut pass.object, "metadata.annotations").insert(key, "1".into());
        }
        Job => {
            pass.vague("registry", "the labels and the selector that the API server makes from the Job's uid")
        }
        Service => pass.vague("registry", "the addresses and ports that the API server allocates"),
        _ => {}
    }
}
