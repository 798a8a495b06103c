//! Objects without what no analysis uses: other bookkeeping, most of the status, defaults that say nothing.
//!
//! A field is left out only where its absence means the same to Kubernetes, or where nothing here asks for it.

use serde_json::{Map, Value, json};

/// What apply wrote; it repeats the object.
pub(super) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Managers of one object that are named.
const MANAGERS: usize = 20;

/// Reduces an object in place. `apiVersion` and `kind` are written where the list's items lack them.
pub(super) fn reduce(object: &mut Map<String, Value>, api_version: &str, kind: &str) {
    set_first(object, "kind", kind);
    set_first(object, "apiVersion", api_version);
    let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
    if let Some(Value::Object(metadata)) = object.get_mut("metadata") {
        reduce_metadata(metadata, (group, kind) == ("", "Secret"));
    }
    status(object, group, kind);
    match (group, kind) {
        ("", "Pod") => pod_at(object.get_mut("spec")),
        ("", "PodTemplate") => {
            pod_at(object.get_mut("template").and_then(|template| template.get_mut("spec")))
        }
        ("", "ReplicationController")
        | ("apps", "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet")
        | ("batch", "Job") => pod_at(object.get_mut("spec").and_then(template_spec)),
        ("batch", "CronJob") => {
            let job = object.get_mut("spec").and_then(|spec| spec.get_mut("jobTemplate")?.get_mut("spec"));
            pod_at(job.and_then(template_spec));
        }
        ("apiextensions.k8s.io", "CustomResourceDefinition") => definition(object),
        ("", "ConfigMap") => binary_data(object),
        _ => {}
    }
}

fn set_first(object: &mut Map<String, Value>, key: &str, value: &str) {
    object.shift_remove(key);
    object.shift_insert(0, key.to_owned(), value.into());
}

fn reduce_metadata(metadata: &mut Map<String, Value>, is_secret: bool) {
    metadata.shift_remove("selfLink");
    metadata.shift_remove("generation");
    if let Some(Value::Array(fields)) = metadata.get_mut("managedFields") {
        let mut names: Vec<String> = Vec::new();
        for manager in fields.iter().filter_map(|field| field.get("manager")?.as_str()) {
            if names.len() < MANAGERS && !names.iter().any(|name| name == manager) {
                names.push(manager.to_owned());
            }
        }
        *fields = names.into_iter().map(|name| json!({ "manager": name })).collect();
    }
    // Those of Secrets are the sealer's business.
    if let Some(Value::Object(annotations)) = metadata.get_mut("annotations").filter(|_| !is_secret) {
        annotations.shift_remove(LAST_APPLIED);
        // Written by us alone: nobody may pretend that a Secret was sealed.
        annotations.shift_remove(seawall_model::SEALED);
        if annotations.is_empty() {
            metadata.shift_remove("annotations");
        }
    }
}

/// The fields of a status that analyses use.
fn kept_status(group: &str, kind: &str) -> &'static [&'static str] {
    match (group, kind) {
        ("", "Pod") => &[
            "phase",
            "podIP",
            "podIPs",
            "hostIP",
            "hostIPs",
            "resourceClaimStatuses",
            "extendedResourceClaimStatus",
            "containerStatuses",
            "initContainerStatuses",
        ],
        ("", "Node") => &["addresses", "nodeInfo", "daemonEndpoints", "conditions"],
        ("", "Namespace" | "PersistentVolume" | "PersistentVolumeClaim") => &["phase"],
        ("", "Service") | ("networking.k8s.io", "Ingress") => &["loadBalancer"],
        ("", "ResourceQuota") => &["hard", "used"],
        ("certificates.k8s.io", "CertificateSigningRequest") => &["certificate", "conditions"],
        ("apiregistration.k8s.io", "APIService") => &["conditions"],
        _ => &[],
    }
}

fn status(object: &mut Map<String, Value>, group: &str, kind: &str) {
    let kept = kept_status(group, kind);
    if kept.is_empty() {
        object.shift_remove("status");
        return;
    }
    let Some(Value::Object(status)) = object.get_mut("status") else { return };
    status.retain(|key, _| kept.contains(&key.as_str()));
    if let Some(Value::Array(conditions)) = status.get_mut("conditions") {
        for condition in conditions.iter_mut().filter_map(Value::as_object_mut) {
            condition.retain(|key, _| matches!(key.as_str(), "type" | "status"));
        }
    }
    // Which content runs; how it does is nobody's question here.
    for list in ["containerStatuses", "initContainerStatuses"] {
        for container in status.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(container) = container.as_object_mut() {
                container.retain(|key, _| matches!(key.as_str(), "name" | "imageID"));
            }
        }
    }
    // One address in two fields: the list says more.
    for (one, all) in [("podIP", "podIPs"), ("hostIP", "hostIPs")] {
        if status.contains_key(all) {
            status.shift_remove(one);
        }
    }
}

fn template_spec(spec: &mut Value) -> Option<&mut Value> {
    spec.get_mut("template")?.get_mut("spec")
}

fn pod_at(spec: Option<&mut Value>) {
    if let Some(Value::Object(spec)) = spec {
        pod(spec);
    }
}

/// Fields of a pod that hold the API's default (`pkg/apis/core/v1/defaults.go`): without them it is the same pod.
fn pod(spec: &mut Map<String, Value>) {
    // The old name of `serviceAccountName`, which the API server keeps equal.
    if spec.get("serviceAccount").is_some() && spec.get("serviceAccount") == spec.get("serviceAccountName") {
        spec.shift_remove("serviceAccount");
    }
    drop_equal(spec, "schedulerName", &json!("default-scheduler"));
    drop_equal(spec, "restartPolicy", &json!("Always"));
    drop_equal(spec, "terminationGracePeriodSeconds", &json!(30));
    drop_equal(spec, "enableServiceLinks", &json!(true));
    drop_equal(spec, "preemptionPolicy", &json!("PreemptLowerPriority"));
    drop_equal(spec, "priority", &json!(0));
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        let containers = spec.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten();
        containers.filter_map(Value::as_object_mut).for_each(container);
    }
    let volumes = spec.get_mut("volumes").and_then(Value::as_array_mut).into_iter().flatten();
    for volume in volumes.filter_map(Value::as_object_mut) {
        for source in volume.values_mut().filter_map(Value::as_object_mut) {
            drop_equal(source, "defaultMode", &json!(420));
        }
    }
}

fn container(container: &mut Map<String, Value>) {
    container.shift_remove("terminationMessagePath");
    container.shift_remove("terminationMessagePolicy");
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let Some(Value::Object(probe)) = container.get_mut(probe) else { continue };
        drop_equal(probe, "timeoutSeconds", &json!(1));
        drop_equal(probe, "periodSeconds", &json!(10));
        drop_equal(probe, "successThreshold", &json!(1));
        drop_equal(probe, "failureThreshold", &json!(3));
    }
}

fn drop_equal(map: &mut Map<String, Value>, key: &str, default: &Value) {
    if map.get(key) == Some(default) {
        map.shift_remove(key);
    }
}

/// Sizes of definitions are mostly prose.
fn definition(object: &mut Map<String, Value>) {
    let versions = object.get_mut("spec").and_then(|spec| spec.get_mut("versions"));
    for version in versions.and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(schema) = version.get_mut("schema").and_then(|schema| schema.get_mut("openAPIV3Schema")) {
            without_prose(schema);
        }
    }
}

/// Drops the texts of a schema; recursion is bounded by the reader's own depth.
fn without_prose(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            // A property may be called so, too, and is an object then.
            for prose in ["description", "title"] {
                if map.get(prose).is_some_and(Value::is_string) {
                    map.shift_remove(prose);
                }
            }
            map.shift_remove("externalDocs");
            for (key, value) in map.iter_mut() {
                if !matches!(key.as_str(), "default" | "enum" | "example") {
                    without_prose(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_prose),
        _ => {}
    }
}

/// Files that are no text: nothing looks into them.
fn binary_data(map: &mut Map<String, Value>) {
    if let Some(Value::Object(data)) = map.get_mut("binaryData") {
        data.values_mut().for_each(|value| *value = Value::Null);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduced(text: &str, api_version: &str, kind: &str) -> Value {
        let mut object = serde_json::from_str(text).unwrap();
        reduce(&mut object, api_version, kind);
        Value::Object(object)
    }

    #[test]
    fn a_pod_keeps_what_matters() {
        let pod = r#"{"metadata":{"name":"a","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}",
            "seawall.dev/sealed":"x"},"managedFields":[{"manager":"m","fieldsV1":{"f:x":{}}},{"manager":"m"}]},
            "spec":{"schedulerName":"default-scheduler","restartPolicy":"Never","serviceAccountName":"s",
            "serviceAccount":"s","containers":[{"name":"c","terminationMessagePath":"/dev/x",
            "livenessProbe":{"timeoutSeconds":1,"periodSeconds":5}}]},
            "status":{"phase":"Running","podIP":"10.0.0.1","podIPs":[{"ip":"10.0.0.1"}],"containerStatuses":[{"name":"c","imageID":"x@sha256:1","ready":true}]}}"#;
        assert_eq!(
            reduced(pod, "v1", "Pod").to_string(),
            r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","managedFields":[{"manager":"m"}]},"spec":{"restartPolicy":"Never","serviceAccountName":"s","containers":[{"name":"c","livenessProbe":{"periodSeconds":5}}]},"status":{"phase":"Running","podIPs":[{"ip":"10.0.0.1"}],"containerStatuses":[{"name":"c","imageID":"x@sha256:1"}]}}"#
        );
    }

    #[test]
    fn definitions_lose_their_prose_and_no_property() {
        let text = r#"{"spec":{"versions":[{"schema":{"openAPIV3Schema":{"description":"long","properties":{
            "description":{"type":"string","description":"x"}}}}}]}}"#;
        assert_eq!(
            reduced(text, "apiextensions.k8s.io/v1", "CustomResourceDefinition")["spec"]["versions"][0]["schema"]
                ["openAPIV3Schema"],
            json!({"properties": {"description": {"type": "string"}}})
        );
    }

    #[test]
    fn other_status_goes_and_templates_are_reduced_as_pods() {
        let text = r#"{"spec":{"template":{"spec":{"restartPolicy":"Always"}}},"status":{"replicas":1}}"#;
        assert_eq!(
            reduced(text, "apps/v1", "Deployment"),
            json!({"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": {"spec": {}}}})
        );
    }
}
