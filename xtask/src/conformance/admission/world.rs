//! Random worlds: a namespace with labels, limit ranges, quotas and accounts; and what all of them share.

use super::super::auth::cluster;
use super::super::generate::Random;
use crate::kube::{Pool, Request};
use anyhow::{Context, Result};
use seawall_model::Cluster;
use serde_json::{Value, json};
use std::thread::sleep;
use std::time::Duration;

/// One world as the server holds it.
pub(crate) struct World {
    /// Its namespace.
    pub(crate) namespace: String,
    /// Every object of it, and those of no namespace.
    pub(crate) cluster: Cluster,
    /// The same as trees.
    pub(crate) objects: Vec<Value>,
}

/// How long caches may take to see what was written.
const LAG: Duration = Duration::from_millis(250);

pub(crate) const CPU: [&str; 8] = ["100m", "250m", "500m", "1", "1500m", "2", "0.5", "3"];
pub(crate) const MEMORY: [&str; 10] =
    ["64Mi", "128Mi", "256M", "1Gi", "1024Mi", "2G", "500m", "1e9", "9223372036854775808", "100"];

/// What stands beside every world: classes and nodes. The same for one seed.
pub(crate) fn prepare(pool: &mut Pool, random: &mut Random) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    let class = |name: &str, value: i64, default: bool, policy: Option<&str>| {
        json!({"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": name},
            "value": value, "globalDefault": default, "preemptionPolicy": policy})
    };
    let default = random.below(2) == 0;
    all.push(("/apis/scheduling.k8s.io/v1/priorityclasses", class("high", 1000, false, None)));
    all.push(("/apis/scheduling.k8s.io/v1/priorityclasses", class("low", -5, default, Some("Never"))));
    let runtime = |name: &str, rest: Value| {
        let mut object = json!({"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": name}, "handler": "h"});
        for (key, value) in rest.as_object().into_iter().flatten() {
            object[key] = value.clone();
        }
        object
    };
    let url = "/apis/node.k8s.io/v1/runtimeclasses";
    all.push((url, runtime("plain", json!({}))));
    all.push((url, runtime("heavy", json!({"overhead": {"podFixed": {"cpu": "100m", "memory": "64Mi"}}}))));
    all.push((
        url,
        runtime(
            "placed",
            json!({"scheduling": {"nodeSelector": {"zone": "a"}, "tolerations": [
        {"key": "special", "operator": "Exists", "effect": "NoSchedule"},
        {"key": "k", "operator": "Equal", "value": "v", "effect": "NoExecute", "tolerationSeconds": 60}]}}),
        ),
    ));
    let marks = json!({"storageclass.kubernetes.io/is-default-class": "true"});
    let storage = |name: &str, annotations: Value| {
        json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name, "annotations": annotations},
            "provisioner": "example.com/none"})
    };
    all.push(("/apis/storage.k8s.io/v1/storageclasses", storage("gold", json!({}))));
    if random.below(2) == 0 {
        all.push(("/apis/storage.k8s.io/v1/storageclasses", storage("usual", marks)));
    }
    for name in ["n1", "n2"] {
        let labels = json!({"kubernetes.io/hostname": name, "example.com/x": "y", "node-restriction.kubernetes.io/a": "b"});
        all.push((
            "/api/v1/nodes",
            json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}}),
        ));
    }
    let nodes = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "nodes-may-all"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "system:nodes"}]});
    all.push(("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", nodes));
    let mut stored = Vec::new();
    for namespace in ["default", "kube-system"] {
        for url in [
            format!("/api/v1/namespaces/{namespace}"),
            format!("/api/v1/namespaces/{namespace}/serviceaccounts/default"),
        ] {
            let mut answer = pool.send(&Request::new("GET", url.clone()))?;
            while answer.status == 404 {
                sleep(LAG);
                answer = pool.send(&Request::new("GET", url.clone()))?;
            }
            stored.push(answer.successful(&url)?.json()?);
        }
    }
    for (url, object) in all {
        let answer = pool.send(&Request::json("POST", url, &object))?.successful(&object.to_string())?;
        stored.push(answer.json()?);
    }
    Ok(stored)
}

/// Makes a world in the server.
pub(crate) fn make(
    pool: &mut Pool,
    random: &mut Random,
    common: &[Value],
    seed: u64,
    number: u64,
) -> Result<World> {
    let namespace = format!("w{seed}-{number}");
    let mut objects: Vec<Value> = common.to_vec();
    let mut create = |url: String, object: &Value, objects: &mut Vec<Value>| -> Result<Value> {
        let answer = pool.send(&Request::json("POST", url, object))?.successful(&object.to_string())?;
        let stored: Value = answer.json()?;
        objects.push(stored.clone());
        Ok(stored)
    };
    create("/api/v1/namespaces".to_owned(), &namespace_object(&namespace, random), &mut objects)?;
    let base = format!("/api/v1/namespaces/{namespace}");
    for index in 0..[0, 1, 1, 2][random.below(4)] {
        let object = limit_range(index, random);
        // A contradictory one is refused by its own validation: none then.
        let _ = create(format!("{base}/limitranges"), &object, &mut objects);
    }
    for index in 0..2 {
        let mut account =
            json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": format!("sa{index}")}});
        if random.below(3) == 0 {
            account["automountServiceAccountToken"] = (random.below(2) == 0).into();
        }
        if random.below(3) == 0 {
            account["imagePullSecrets"] = json!([{"name": "pull"}]);
        }
        if random.below(4) == 0 {
            account["secrets"] = json!([{"name": "allowed"}]);
            account["metadata"]["annotations"] = json!({"kubernetes.io/enforce-mountable-secrets": "true"});
        }
        create(format!("{base}/serviceaccounts"), &account, &mut objects)?;
    }
    if random.below(3) == 0 {
        for index in 0..1 + random.below(4) {
            let pod = super::pods::plain(&format!("there{index}"), random);
            let _ = create(format!("{base}/pods"), &pod, &mut objects);
        }
    }
    let mut quotas = Vec::new();
    for index in 0..[0, 0, 1, 1, 2][random.below(5)] {
        // Not every resource is allowed with every scope: none then.
        quotas.extend(create(format!("{base}/resourcequotas"), &quota(index, random), &mut objects));
    }
    for mut stored in quotas {
        let name = stored["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let mut hard = stored["spec"]["hard"].clone();
        let mut used = json!({});
        for (resource, _) in hard.clone().as_object().into_iter().flatten() {
            if random.below(40) == 0 {
                continue;
            }
            used[resource] = random.pick(&["0", "1", "2", "500m", "1Gi"]).into();
            // `IsIntegerResourceName`: storage of one class counts as an extended resource.
            let whole = resource.contains('/')
                || resource.contains("pods")
                || resource.contains("services")
                || resource.contains("persistent")
                || resource == "configmaps";
            if whole {
                used[resource] = random.pick(&["0", "1", "3"]).into();
            }
        }
        if random.below(20) == 0 {
            hard = json!({});
        }
        stored["status"] = json!({"hard": hard, "used": used});
        let answer =
            pool.send(&Request::json("PUT", format!("{base}/resourcequotas/{name}/status"), &stored))?;
        let stored: Value = answer.successful("the status of a quota")?.json()?;
        objects.retain(|object| {
            object["kind"] != "ResourceQuota" || object["metadata"]["name"] != name.as_str()
        });
        objects.push(stored);
    }
    let account = format!("{base}/serviceaccounts/default");
    for _ in 0..100 {
        let answer = pool.send(&Request::new("GET", account.clone()))?;
        if answer.status == 200 {
            objects.push(answer.json()?);
            break;
        }
        sleep(Duration::from_millis(30));
    }
    sleep(LAG);
    let cluster = cluster(&objects).context("the world as a cluster")?;
    Ok(World { namespace, cluster, objects })
}

fn namespace_object(name: &str, random: &mut Random) -> Value {
    let mut labels = json!({});
    let level =
        |random: &mut Random| *random.pick(&[&"privileged", &"baseline", &"restricted", &"restricted"]);
    for mode in ["enforce", "audit", "warn"] {
        if random.below(3) == 0 {
            labels[format!("pod-security.kubernetes.io/{mode}")] = level(random).into();
        }
        if random.below(5) == 0 {
            let version =
                random.pick(&["latest", "v1.0", "v1.19", "v1.24", "v1.30", "v1.34", "v1.36", "v1.99"]);
            labels[format!("pod-security.kubernetes.io/{mode}-version")] = version.into();
        }
    }
    let mut annotations = json!({});
    if random.below(5) == 0 {
        let selector = random.pick(&["zone=a", "zone=b,disk=ssd", "", "zone=a, disk=hdd"]);
        annotations["scheduler.alpha.kubernetes.io/node-selector"] = selector.into();
    }
    if random.below(6) == 0 {
        annotations["scheduler.alpha.kubernetes.io/defaultTolerations"] =
            r#"[{"key":"special","operator":"Exists","effect":"NoSchedule"}]"#.into();
    }
    if random.below(6) == 0 {
        annotations["scheduler.alpha.kubernetes.io/tolerationsWhitelist"] = r#"[{"key":"special","operator":"Exists"},{"operator":"Exists","effect":"NoExecute"},{"operator":"Exists","key":"node.kubernetes.io/memory-pressure"}]"#.into();
    }
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels, "annotations": annotations}})
}

fn limit_range(index: usize, random: &mut Random) -> Value {
    let mut limits = Vec::new();
    for kind in ["Container", "Pod", "PersistentVolumeClaim"] {
        if random.below(2) == 0 {
            continue;
        }
        let mut item = json!({"type": kind});
        let claim = kind == "PersistentVolumeClaim";
        let mut put = |field: &str, values: &[(&str, &str)], random: &mut Random| {
            for (name, value) in values {
                if random.below(2) == 0 {
                    item[field][*name] = (*value).into();
                }
            }
        };
        if claim {
            put("min", &[("storage", "1Gi")], random);
            put("max", &[("storage", "10Gi")], random);
        } else {
            put("min", &[("cpu", "100m"), ("memory", "100M")], random);
            put("max", &[("cpu", "2"), ("memory", "1Gi"), ("ephemeral-storage", "5Gi")], random);
            put("maxLimitRequestRatio", &[("cpu", "1500m"), ("memory", "3")], random);
            if kind == "Container" {
                put("default", &[("cpu", "1"), ("memory", "512Mi")], random);
                put(
                    "defaultRequest",
                    &[("cpu", "500m"), ("memory", "256Mi"), ("ephemeral-storage", "1Gi")],
                    random,
                );
            }
        }
        limits.push(item);
    }
    if limits.is_empty() {
        limits.push(json!({"type": "Container", "defaultRequest": {"cpu": "200m"}}));
    }
    json!({"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": format!("lr{index}")}, "spec": {"limits": limits}})
}

fn quota(index: usize, random: &mut Random) -> Value {
    const HARD: [(&str, &str); 20] = [
        ("cpu", "4"),
        ("memory", "4Gi"),
        ("requests.cpu", "3"),
        ("requests.memory", "3G"),
        ("limits.cpu", "5"),
        ("limits.memory", "5Gi"),
        ("requests.ephemeral-storage", "2Gi"),
        ("pods", "2"),
        ("count/pods", "3"),
        ("services", "2"),
        ("services.nodeports", "3"),
        ("services.loadbalancers", "1"),
        ("persistentvolumeclaims", "2"),
        ("requests.storage", "6Gi"),
        ("gold.storageclass.storage.k8s.io/requests.storage", "4Gi"),
        ("gold.storageclass.storage.k8s.io/persistentvolumeclaims", "1"),
        ("count/deployments.apps", "1"),
        ("count/configmaps", "3"),
        ("configmaps", "2"),
        ("requests.example.com/gpu", "2"),
    ];
    const POD: usize = 9;
    let scope = random.below(10);
    let from = if scope < 6 { &HARD[..POD] } else { &HARD[..] };
    let mut hard = json!({});
    for _ in 0..1 + random.below(4) {
        let (name, value) = from[random.below(from.len())];
        hard[name] = value.into();
    }
    let mut spec = json!({"hard": hard});
    match scope {
        0 => spec["scopes"] = json!(["Terminating"]),
        1 => spec["scopes"] = json!(["NotTerminating"]),
        // Of BestEffort pods only the number is counted.
        2 => spec = json!({"hard": {"pods": "1"}, "scopes": ["BestEffort"]}),
        3 => spec["scopes"] = json!(["NotBestEffort"]),
        4 => {
            let term = match random.below(4) {
                0 => json!({"scopeName": "PriorityClass", "operator": "Exists"}),
                1 => json!({"scopeName": "PriorityClass", "operator": "NotIn", "values": ["high"]}),
                2 => json!({"scopeName": "PriorityClass", "operator": "DoesNotExist"}),
                _ => json!({"scopeName": "PriorityClass", "operator": "In", "values": ["high", "low"]}),
            };
            spec["scopeSelector"] = json!({"matchExpressions": [term]});
        }
        5 => {
            spec = json!({"hard": {"pods": "1"}, "scopeSelector": {"matchExpressions": [{"scopeName": "CrossNamespacePodAffinity", "operator": "Exists"}]}});
        }
        _ => {}
    }
    json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": format!("q{index}")}, "spec": spec})
}
