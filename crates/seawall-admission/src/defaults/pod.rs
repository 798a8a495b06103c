//! Pods and pod templates (`pkg/apis/core/v1/defaults.go`, `zz_generated.defaults.go`).

use super::{Gates, other};
use crate::json::{Json, at_mut, list_mut, map_mut, set, set_default, set_missing};
use crate::pass::Pass;
use crate::pod_resources;
use crate::settings::Settings;
use serde_json::{Map, Value, json};

const LISTS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// `SetObjectDefaults_Pod`: the pod first, then its spec.
pub(super) fn pod(value: &mut Value, gates: &Gates) {
    for list in ["containers", "initContainers"] {
        for container in list_mut(value, &format!("spec.{list}")) {
            requests_from_limits(container);
        }
    }
    if gates.pod_level_resources && value.at("spec.resources").is_some() {
        huge_page_limits(value);
        pod_requests(value);
    }
    if value.at("spec").is_some() {
        set_missing(value, "spec.enableServiceLinks", true);
    }
    if value.flag("spec.hostNetwork") == Some(true) {
        for list in ["containers", "initContainers"] {
            for container in list_mut(value, &format!("spec.{list}")) {
                for port in list_mut(container, "ports") {
                    if let Some(own) = port.at("containerPort").cloned() {
                        set_default(port, "hostPort", own);
                    }
                }
            }
        }
    }
    if let Some(spec) = at_mut(value, "spec") {
        self::spec(spec, gates);
    }
}

/// A template at `path` of a workload.
pub(super) fn template(value: &mut Value, path: &str, gates: &Gates) {
    if let Some(spec) = at_mut(value, &format!("{path}.spec")) {
        self::spec(spec, gates);
    }
}

fn requests_from_limits(container: &mut Value) {
    let limits = container.map("resources.limits").clone();
    if container.at("resources.limits").is_some() {
        let requests = map_mut(container, "resources.requests");
        for (name, amount) in limits {
            requests.entry(name).or_insert(amount);
        }
    }
}

/// `defaultHugePagePodLimits`.
fn huge_page_limits(value: &mut Value) {
    if value.map("spec.resources.limits").is_empty() && value.map("spec.resources.requests").is_empty() {
        return;
    }
    for (name, amount) in pod_resources::of_containers(value, "limits") {
        let own = value.map("spec.resources.requests").contains_key(&name)
            || value.map("spec.resources.limits").contains_key(&name);
        if name.starts_with("hugepages-") && !own {
            map_mut(value, "spec.resources.limits").insert(name, amount.to_string().into());
        }
    }
}

/// `defaultPodRequests`.
fn pod_requests(value: &mut Value) {
    if value.map("spec.resources.limits").is_empty() {
        return;
    }
    let mut more: Map<String, Value> = Map::new();
    let known = value.map("spec.resources.requests").clone();
    for (name, amount) in pod_resources::of_containers(value, "requests") {
        if matches!(name.as_str(), "cpu" | "memory") && !known.contains_key(&name) {
            more.insert(name, amount.to_string().into());
        }
    }
    for (name, amount) in value.map("spec.resources.limits") {
        if pod_resources::is_pod_level(name) && !known.contains_key(name) && !more.contains_key(name) {
            more.insert(name.clone(), amount.clone());
        }
    }
    if !more.is_empty() {
        map_mut(value, "spec.resources.requests").extend(more);
    }
}

/// `SetDefaults_PodSpec` and everything below it.
fn spec(spec: &mut Value, gates: &Gates) {
    // The deprecated name is an alias in both directions (`Convert_v1_PodSpec_To_core_PodSpec`).
    if spec.text("serviceAccountName").is_empty() && !spec.text("serviceAccount").is_empty() {
        let name = spec.text("serviceAccount").to_owned();
        set(spec, "serviceAccountName", name);
    }
    if !spec.text("serviceAccountName").is_empty() {
        let name = spec.text("serviceAccountName").to_owned();
        set(spec, "serviceAccount", name);
    }
    set_default(spec, "dnsPolicy", "ClusterFirst");
    set_default(spec, "restartPolicy", "Always");
    set_missing(spec, "securityContext", json!({}));
    set_missing(spec, "terminationGracePeriodSeconds", 30);
    set_default(spec, "schedulerName", "default-scheduler");
    for volume in list_mut(spec, "volumes") {
        self::volume(volume, gates);
    }
    for list in LISTS {
        for container in list_mut(spec, list) {
            self::container(container, list == "ephemeralContainers");
        }
    }
    for path in ["overhead", "resources.requests", "resources.limits"] {
        other::round(spec, path);
    }
}

/// The tag that decides the pull policy (`parsers.ParseImageName`): `latest` when the reference has neither tag nor
/// digest.
fn is_latest(image: &str) -> bool {
    let (name, digest) = image.split_once('@').map_or((image, false), |(name, _)| (name, true));
    let last = name.rsplit('/').next().unwrap_or("");
    // A reference that cannot be parsed gives no tag at all.
    if !crate::validate::is_image(image) {
        return false;
    }
    match last.split_once(':') {
        Some((_, tag)) => tag == "latest",
        None => !digest,
    }
}

fn pull_policy(image: &str) -> &'static str {
    if is_latest(image) { "Always" } else { "IfNotPresent" }
}

fn container(container: &mut Value, ephemeral: bool) {
    let policy = pull_policy(container.text("image"));
    set_default(container, "imagePullPolicy", policy);
    set_default(container, "terminationMessagePath", "/dev/termination-log");
    set_default(container, "terminationMessagePolicy", "File");
    set_missing(container, "resources", json!({}));
    for path in ["resources.limits", "resources.requests"] {
        other::round(container, path);
    }
    for port in list_mut(container, "ports") {
        set_default(port, "protocol", "TCP");
    }
    for env in list_mut(container, "env") {
        if env.at("valueFrom.fieldRef").is_some() {
            set_default(env, "valueFrom.fieldRef.apiVersion", "v1");
        }
        if env.at("valueFrom.resourceFieldRef").is_some() {
            set_missing(env, "valueFrom.resourceFieldRef.divisor", "0");
        }
        if env.at("valueFrom.fileKeyRef").is_some() {
            set_missing(env, "valueFrom.fileKeyRef.optional", false);
        }
    }
    if ephemeral {
        // Probes and lifecycle are refused there.
        return;
    }
    for path in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = at_mut(container, path) {
            set_default(probe, "timeoutSeconds", 1);
            set_default(probe, "periodSeconds", 10);
            set_default(probe, "successThreshold", 1);
            set_default(probe, "failureThreshold", 3);
            handler(probe);
        }
    }
    for path in ["lifecycle.postStart", "lifecycle.preStop"] {
        if let Some(found) = at_mut(container, path) {
            handler(found);
        }
    }
}

fn handler(handler: &mut Value) {
    if let Some(get) = at_mut(handler, "httpGet") {
        set_default(get, "path", "/");
        set_default(get, "scheme", "HTTP");
    }
    if let Some(grpc) = at_mut(handler, "grpc") {
        set_missing(grpc, "service", "");
    }
}

fn items(source: &mut Value) {
    for item in list_mut(source, "items") {
        if item.at("fieldRef").is_some() {
            set_default(item, "fieldRef.apiVersion", "v1");
        }
        if item.at("resourceFieldRef").is_some() {
            set_missing(item, "resourceFieldRef.divisor", "0");
        }
    }
}

fn volume(volume: &mut Value, gates: &Gates) {
    let has_source = volume
        .as_object()
        .is_some_and(|map| map.iter().any(|(key, value)| key != "name" && !value.is_null()));
    if !has_source {
        set(volume, "emptyDir", json!({}));
    }
    if gates.image_volume && volume.at("image").is_some() {
        let policy = pull_policy(volume.text("image.reference"));
        set_default(volume, "image.pullPolicy", policy);
    }
    if let Some(path) = at_mut(volume, "hostPath") {
        set_missing(path, "type", "");
    }
    for kind in ["secret", "configMap", "downwardAPI", "projected"] {
        if let Some(source) = at_mut(volume, kind) {
            set_missing(source, "defaultMode", 420);
            items(source);
        }
    }
    for source in list_mut(volume, "projected.sources") {
        if let Some(token) = at_mut(source, "serviceAccountToken") {
            set_missing(token, "expirationSeconds", 3600);
        }
        if let Some(source) = at_mut(source, "downwardAPI") {
            items(source);
        }
    }
    if let Some(claim) = at_mut(volume, "ephemeral.volumeClaimTemplate.spec") {
        other::claim_spec(claim);
    }
    let fixed: [(&str, &[(&str, &str)]); 4] = [
        ("iscsi", &[("iscsiInterface", "default")]),
        ("rbd", &[("pool", "rbd"), ("user", "admin"), ("keyring", "/etc/ceph/keyring")]),
        ("scaleIO", &[("storageMode", "ThinProvisioned"), ("fsType", "xfs")]),
        ("azureDisk", &[("cachingMode", "ReadWrite"), ("fsType", "ext4"), ("kind", "Shared")]),
    ];
    for (kind, fields) in fixed {
        if let Some(source) = at_mut(volume, kind) {
            for (field, default) in fields {
                set_default(source, field, *default);
            }
            if kind == "azureDisk" {
                set_missing(source, "readOnly", false);
            }
        }
    }
}

/// Drops the fields of features that are off (`pkg/api/pod/util.go` `DropDisabledPodFields`).
pub(super) fn drop_disabled(spec: &mut Value, settings: &Settings<'_>) {
    const OF_SPEC: [(&str, &str); 3] = [
        ("resources", "PodLevelResources"),
        ("hostUsers", "UserNamespacesSupport"),
        ("resourceClaims", "DynamicResourceAllocation"),
    ];
    let gone = |(field, gate): &(&'static str, &str)| settings.is_off(gate).then_some(*field);
    if let Some(map) = spec.as_object_mut() {
        for field in OF_SPEC.iter().filter_map(gone) {
            map.remove(field);
        }
    }
    for list in LISTS {
        for container in list_mut(spec, list) {
            if settings.is_off("InPlacePodVerticalScaling")
                && let Some(map) = container.as_object_mut()
            {
                map.remove("resizePolicy");
            }
            if settings.is_off("ProcMountType")
                && let Some(map) = at_mut(container, "securityContext").and_then(Value::as_object_mut)
            {
                map.remove("procMount");
            }
        }
    }
}

/// What the strategy changes in a new pod's spec. The alias of the service account is written on the way out.
pub(super) fn prepare(pass: &mut Pass<'_>) {
    let name = pass.object.text("spec.serviceAccountName").to_owned();
    if !name.is_empty() {
        set(&mut pass.object, "spec.serviceAccount", name);
    }
    let prefix = "container.apparmor.security.beta.kubernetes.io/";
    if pass.object.map("metadata.annotations").keys().any(|key| key.starts_with(prefix)) {
        pass.vague("registry", "AppArmor annotations become fields, which is not modelled");
    }
    let keys = |path: &str| pass.object.list(path).iter().any(|one| one.at("matchLabelKeys").is_some());
    let affinity = pass.object.at("spec.affinity").map(Value::to_string).unwrap_or_default();
    if affinity.contains("atchLabelKeys") || keys("spec.topologySpreadConstraints") {
        pass.vague("registry", "selectors that are merged from label keys are not modelled");
    }
}
