//! Random pods: mostly valid, often against some rule.

use super::super::generate::Random;
use super::world::{CPU, MEMORY};
use seawall_model::Quantity;
use serde_json::{Value, json};

/// A pod that any namespace without rules takes.
pub(crate) fn plain(name: &str, random: &mut Random) -> Value {
    let mut pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
        "spec": {"containers": [{"name": "c", "image": "a:1"}]}});
    if random.below(2) == 0 {
        pod["spec"]["hostNetwork"] = true.into();
    }
    if random.below(2) == 0 {
        pod["spec"]["containers"][0]["securityContext"] = hardened();
    }
    pod
}

fn hardened() -> Value {
    json!({"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": true,
        "seccompProfile": {"type": "RuntimeDefault"}})
}

/// A random spec; of a template without what only pods may have.
pub(crate) fn spec(random: &mut Random, template: bool) -> Value {
    let mut spec = json!({"containers": []});
    let hard = random.below(3) == 0;
    let mut names = 0;
    let mut make = |random: &mut Random, init: bool| {
        names += 1;
        container(&format!("c{names}"), random, hard, init)
    };
    spec["containers"] = (0..1 + random.below(2)).map(|_| make(random, false)).collect();
    if random.below(3) == 0 {
        spec["initContainers"] = (0..1 + random.below(2)).map(|_| make(random, true)).collect();
    }
    for (field, chance) in [("hostNetwork", 12), ("hostPID", 14), ("hostIPC", 16)] {
        if random.below(chance) == 0 {
            spec[field] = true.into();
        }
    }
    if random.below(4) == 0 {
        spec["securityContext"] = match random.below(4) {
            0 => json!({"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}}),
            1 => json!({"runAsUser": 0}),
            2 => json!({"seccompProfile": {"type": "Unconfined"}, "fsGroup": 5}),
            _ => json!({"runAsUser": 1000, "runAsNonRoot": true}),
        };
    }
    account(&mut spec, random);
    classes(&mut spec, random, template);
    placement(&mut spec, random);
    volumes(&mut spec, random);
    if random.below(8) == 0 {
        spec["resources"] = pod_resources(random);
    }
    if !template && random.below(8) == 0 {
        spec["activeDeadlineSeconds"] = 60.into();
    }
    spec
}

fn account(spec: &mut Value, random: &mut Random) {
    match random.below(8) {
        0 => spec["serviceAccountName"] = "sa0".into(),
        1 => spec["serviceAccount"] = "sa1".into(),
        2 => spec["serviceAccountName"] = "sa1".into(),
        3 if random.below(3) == 0 => spec["serviceAccountName"] = "ghost".into(),
        _ => {}
    }
    if random.below(6) == 0 {
        spec["automountServiceAccountToken"] = (random.below(2) == 0).into();
    }
    if random.below(10) == 0 {
        spec["imagePullSecrets"] = json!([{"name": random.pick(&["pull", "other"])}]);
    }
}

fn classes(spec: &mut Value, random: &mut Random, template: bool) {
    if random.below(6) == 0 {
        let name = random.pick(&["high", "low", "system-node-critical", "nope"]);
        spec["priorityClassName"] = name.into();
    }
    if !template && random.below(12) == 0 {
        spec["priority"] = [0, 1000, -5, 7][random.below(4)].into();
    }
    if !template && random.below(16) == 0 {
        spec["preemptionPolicy"] = random.pick(&["Never", "PreemptLowerPriority"]).into();
    }
    if random.below(6) == 0 {
        spec["runtimeClassName"] = random.pick(&["plain", "heavy", "placed", "nope"]).into();
    }
    if random.below(14) == 0 {
        spec["overhead"] =
            if random.below(2) == 0 { json!({"cpu": "100m", "memory": "64Mi"}) } else { json!({"cpu": "1"}) };
    }
}

fn placement(spec: &mut Value, random: &mut Random) {
    if random.below(6) == 0 {
        spec["nodeSelector"] = match random.below(3) {
            0 => json!({"zone": "a"}),
            1 => json!({"zone": "b"}),
            _ => json!({"disk": "ssd"}),
        };
    }
    if random.below(5) == 0 {
        let some = [
            json!({"key": "special", "operator": "Exists", "effect": "NoSchedule"}),
            json!({"key": "k", "operator": "Equal", "value": "v", "effect": "NoExecute", "tolerationSeconds": 30}),
            json!({"operator": "Exists"}),
            json!({"operator": "Exists", "effect": "NoExecute"}),
            json!({"key": "node.kubernetes.io/not-ready", "operator": "Exists"}),
            json!({"key": "example.com/gpu", "operator": "Exists", "effect": "NoSchedule"}),
        ];
        spec["tolerations"] =
            (0..1 + random.below(2)).map(|_| some[random.below(some.len())].clone()).collect();
    }
    if random.below(8) == 0 {
        let key = random.pick(&["kubernetes.io/hostname", "zone"]);
        let mut term = json!({"topologyKey": key, "labelSelector": {"matchLabels": {"a": "b"}}});
        if random.below(2) == 0 {
            term["namespaces"] = json!(["default"]);
        }
        spec["affinity"] =
            json!({"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}});
    }
}

fn volumes(spec: &mut Value, random: &mut Random) {
    if random.below(4) > 0 {
        return;
    }
    let some = [
        json!({"name": "v"}),
        json!({"name": "v", "emptyDir": {}}),
        json!({"name": "v", "hostPath": {"path": "/x"}}),
        json!({"name": "v", "secret": {"secretName": "allowed"}}),
        json!({"name": "v", "secret": {"secretName": "other"}}),
        json!({"name": "v", "configMap": {"name": "m"}}),
        json!({"name": "v", "configMap": {"name": "m", "items": [{"key": "a", "path": "b"}]}}),
        json!({"name": "v", "emptyDir": {"medium": "Memory", "sizeLimit": "1024Mi"}}),
        json!({"name": "v", "persistentVolumeClaim": {"claimName": "p"}}),
        json!({"name": "v", "nfs": {"server": "s", "path": "/"}}),
    ];
    spec["volumes"] = json!([some[random.below(some.len())]]);
    if random.below(2) == 0 {
        spec["containers"][0]["volumeMounts"] = json!([{"name": "v", "mountPath": "/v"}]);
    } else if random.below(4) == 0 {
        spec["containers"][0]["volumeMounts"] = json!([{"name": "v", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "readOnly": true}]);
    }
}

fn container(name: &str, random: &mut Random, hard: bool, init: bool) -> Value {
    let image = random.pick(&["a", "a:1", "a:latest", "r.io/b/c:v2", "r.io:5000/x"]);
    let mut out = json!({"name": name, "image": image});
    if init && random.below(4) == 0 {
        out["restartPolicy"] = "Always".into();
    }
    resources(&mut out, random);
    if hard {
        out["securityContext"] = hardened();
    }
    if random.below(5) == 0 {
        let (field, value): (&str, Value) = match random.below(6) {
            0 => ("privileged", true.into()),
            1 => ("runAsUser", 0.into()),
            2 => (
                "capabilities",
                json!({"add": [random.pick(&["NET_ADMIN", "NET_BIND_SERVICE", "SYS_ADMIN", "CHOWN"])]}),
            ),
            3 => ("readOnlyRootFilesystem", true.into()),
            4 => ("seccompProfile", json!({"type": "Unconfined"})),
            _ => ("runAsNonRoot", false.into()),
        };
        out["securityContext"][field] = value;
    }
    if random.below(4) == 0 {
        let number = [80, 8080, 443][random.below(3)];
        let mut port = json!({"containerPort": number});
        if random.below(4) == 0 {
            port["hostPort"] = port["containerPort"].clone();
        }
        out["ports"] = json!([port]);
        if random.below(8) == 0 {
            out["ports"] = json!([{"containerPort": 80, "name": "a"}, {"containerPort": 80, "name": "b"}]);
        }
    }
    extras(&mut out, random, init);
    if random.below(5) == 0 {
        out["env"] = json!([{"name": "A", "value": "1"}]);
        if random.below(3) == 0 {
            out["env"] = json!([{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]);
        }
    }
    out
}

/// Probes, hooks, variables from elsewhere.
fn extras(container: &mut Value, random: &mut Random, init: bool) {
    if random.below(5) == 0 && (!init || container["restartPolicy"] == "Always") {
        let handlers = [
            json!({"exec": {"command": ["x"]}}),
            json!({"httpGet": {"port": 80}}),
            json!({"httpGet": {"port": "web", "path": "/x", "scheme": "HTTPS", "httpHeaders": [{"name": "X-A", "value": "b"}]}}),
            json!({"httpGet": {"port": 80, "host": "127.0.0.1"}}),
            json!({"tcpSocket": {"port": 0}}),
            json!({"tcpSocket": {"port": 5}, "periodSeconds": 3, "initialDelaySeconds": 0}),
            json!({"grpc": {"port": 9}, "failureThreshold": 9}),
        ];
        let field = *random.pick(&[&"livenessProbe", &"readinessProbe", &"startupProbe"]);
        container[field] = handlers[random.below(handlers.len())].clone();
    }
    if random.below(12) == 0 && (!init || container["restartPolicy"] == "Always") {
        container["lifecycle"] =
            json!({"preStop": {"exec": {"command": ["x"]}}, "postStart": {"httpGet": {"port": 8080}}});
    }
    if random.below(10) == 0 {
        container["envFrom"] = json!([{"prefix": "P_", "configMapRef": {"name": "m"}}, {"secretRef": {"name": "s", "optional": true}}]);
    }
    if random.below(10) == 0 {
        container["env"] = json!([
            {"name": "N", "valueFrom": {"fieldRef": {"fieldPath": random.pick(&["metadata.name", "status.podIP"])}}},
            {"name": "S", "valueFrom": {"secretKeyRef": {"name": random.pick(&["allowed", "s"]), "key": "k"}}},
            {"name": "R", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
        ]);
    }
}

/// Requests and limits; now and then a request above its limit, which validation refuses.
fn resources(container: &mut Value, random: &mut Random) {
    for (name, values) in [("cpu", &CPU[..]), ("memory", &MEMORY[..])] {
        let mut amounts: Vec<&str> = (0..2).map(|_| values[random.below(values.len())]).collect();
        if random.below(30) > 0 {
            amounts.sort_by_key(|text| text.parse::<Quantity>().unwrap_or_default());
        }
        for (list, amount) in ["requests", "limits"].into_iter().zip(amounts) {
            if random.below(3) == 0 {
                container["resources"][list][name] = amount.into();
            }
        }
    }
    if random.below(10) == 0 {
        let list = random.pick(&["requests", "limits"]);
        container["resources"][list]["ephemeral-storage"] = random.pick(&["1Gi", "2Gi", "3G"]).into();
    }
    if random.below(12) == 0 {
        container["resources"]["limits"]["example.com/gpu"] = 1.into();
    }
}

fn pod_resources(random: &mut Random) -> Value {
    let mut out = json!({});
    for list in ["limits", "requests"] {
        if random.below(2) == 0 {
            out[list]["cpu"] = random.pick(&["2", "4", "1"]).into();
        }
        if random.below(2) == 0 {
            out[list]["memory"] = random.pick(&["2Gi", "1Gi"]).into();
        }
    }
    out
}
