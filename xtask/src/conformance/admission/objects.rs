//! Random objects of several kinds.

use super::super::generate::Random;
use super::ask::Case;
use super::pods;
use super::world::World;
use seawall_admission::Operation;
use serde_json::{Value, json};

/// A random question; of one kind only, if one is named.
pub(crate) fn case(world: &World, only: Option<&str>, random: &mut Random) -> Case {
    const KINDS: [&str; 21] = [
        "Pod",
        "Pod",
        "Pod",
        "Pod",
        "Pod",
        "Pod",
        "Pod",
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "Job",
        "ReplicaSet",
        "PersistentVolumeClaim",
        "Service",
        "Namespace",
        "ConfigMap",
        "Node",
        "PriorityClass",
        "Role",
        "RoleBinding",
        "NetworkPolicy",
    ];
    let kind = only.unwrap_or(KINDS[random.below(KINDS.len())]).to_owned();
    let (api, object): (&str, Value) = match kind.as_str() {
        "Pod" => ("v1", pod(random)),
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" => ("apps/v1", workload(random)),
        "Job" => ("batch/v1", job(random)),
        "NetworkPolicy" => ("networking.k8s.io/v1", network_policy(random)),
        "Role" => ("rbac.authorization.k8s.io/v1", role(random)),
        "RoleBinding" => ("rbac.authorization.k8s.io/v1", binding(random)),
        "PersistentVolumeClaim" => ("v1", claim(random)),
        "Service" => ("v1", service(random)),
        "Namespace" => return namespace(world, random),
        "Node" => return node(random),
        "PriorityClass" => {
            ("scheduling.k8s.io/v1", json!({"value": 5, "globalDefault": random.below(2) == 0}))
        }
        _ => ("v1", json!({"data": {"k": "v"}})),
    };
    let mut case = Case::create(api, &kind, &world.namespace, object);
    case.object["metadata"]["name"] = "x".into();
    if kind.starts_with("Role") && random.below(3) == 0 {
        case.object["metadata"]["name"] = "a:b".into();
    }
    if kind == "Pod" && random.below(6) == 0 {
        mirror(&mut case, random);
    }
    if random.below(25) == 0 && case.namespaced() {
        case.namespace = random.pick(&["nowhere", "default", "kube-system"]).into();
        case.object["metadata"]["namespace"] = case.namespace.clone().into();
    }
    if random.below(16) == 0 {
        let block: Value = if random.below(2) == 0 { true.into() } else { Value::Null };
        case.object["metadata"]["ownerReferences"] = json!([
            {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "r", "uid": "u1", "blockOwnerDeletion": block}
        ]);
    }
    case
}

fn pod(random: &mut Random) -> Value {
    let mut pod = json!({"metadata": {}, "spec": pods::spec(random, false)});
    if random.below(5) == 0 {
        pod["spec"]["restartPolicy"] = random.pick(&["Never", "OnFailure"]).into();
    }
    if random.below(12) == 0 {
        pod["metadata"]["annotations"] = json!({"kubernetes.io/limit-ranger": "mine"});
    }
    if random.below(20) == 0 {
        pod["spec"]["unknownField"] = 1.into();
    }
    pod
}

/// A pod as a kubelet would make it, or nearly.
fn mirror(case: &mut Case, random: &mut Random) {
    case.user = Some("system:node:n1".into());
    if random.below(8) == 0 {
        case.user = Some("system:node:".into());
    }
    if random.below(6) > 0 {
        case.object["metadata"]["annotations"]["kubernetes.io/config.mirror"] = "x".into();
    }
    case.object["spec"]["nodeName"] = random.pick(&["n1", "n1", "n1", "n2"]).into();
    if random.below(5) > 0 {
        case.object["metadata"]["ownerReferences"] = json!([
            {"apiVersion": "v1", "kind": "Node", "name": random.pick(&["n1", "n1", "n2"]), "uid": random.pick(&["@n1", "@n1", "other"]),
             "controller": random.below(5) > 0}
        ]);
    }
    if random.below(2) == 0 {
        case.object["spec"]["serviceAccountName"] = Value::Null;
        case.object["spec"]["serviceAccount"] = Value::Null;
    }
}

fn workload(random: &mut Random) -> Value {
    json!({"spec": {"selector": {"matchLabels": {"app": "x"}}, "template": {
        "metadata": {"labels": {"app": "x"}}, "spec": pods::spec(random, true)}}})
}

fn job(random: &mut Random) -> Value {
    let mut spec = pods::spec(random, true);
    spec["restartPolicy"] = "Never".into();
    json!({"spec": {"template": {"spec": spec}}})
}

fn network_policy(random: &mut Random) -> Value {
    let peers = [
        json!({"podSelector": {}}),
        json!({"namespaceSelector": {"matchLabels": {"a": "b"}}, "podSelector": {"matchExpressions": [{"key": "k", "operator": "Exists"}]}}),
        json!({}),
        json!({"ipBlock": {"cidr": "10.0.0.0/8"}}),
    ];
    let ports =
        [json!({"port": 80}), json!({"port": "web", "protocol": "UDP"}), json!({"port": 0}), json!({})];
    let peer = peers[random.below(peers.len())].clone();
    let port = ports[random.below(ports.len())].clone();
    let mut spec = json!({"podSelector": {"matchLabels": {"app": "x"}}});
    if random.below(2) == 0 {
        spec["ingress"] = json!([{"from": [peer], "ports": [port]}]);
    }
    if random.below(3) == 0 {
        spec["egress"] = json!([{"to": [{"podSelector": {}}]}]);
    }
    if random.below(3) == 0 {
        spec["policyTypes"] = json!(["Egress"]);
    }
    json!({"spec": spec})
}

fn role(random: &mut Random) -> Value {
    let rules = [
        json!({"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}),
        json!({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "resourceNames": ["x"]}),
        json!({"verbs": ["get"], "resources": ["pods"]}),
        json!({"verbs": ["get"], "nonResourceURLs": ["/x"]}),
    ];
    json!({"rules": [rules[random.below(rules.len())].clone()]})
}

fn binding(random: &mut Random) -> Value {
    let group = "rbac.authorization.k8s.io";
    let subjects = [
        json!({"kind": "User", "apiGroup": group, "name": "u"}),
        json!({"kind": "User", "name": "u"}),
        json!({"kind": "ServiceAccount", "name": "s", "namespace": "n"}),
        json!({"kind": "ServiceAccount", "name": "s"}),
    ];
    json!({"roleRef": {"apiGroup": group, "kind": random.pick(&["Role", "ClusterRole"]), "name": "view"},
        "subjects": [subjects[random.below(subjects.len())].clone()]})
}

fn claim(random: &mut Random) -> Value {
    let size = random.pick(&["500M", "1Gi", "3Gi", "5Gi", "20Gi", "1500m", "0.5Gi"]);
    let mut claim =
        json!({"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}});
    if random.below(2) == 0 {
        claim["spec"]["storageClassName"] = random.pick(&["gold", "none"]).into();
    }
    claim
}

fn service(random: &mut Random) -> Value {
    let mut service = json!({"spec": {"ports": [{"port": 80}], "selector": {"a": "b"}}});
    if random.below(2) == 0 {
        service["spec"]["ports"] =
            json!([{"port": 80, "name": "a"}, {"port": 443, "name": "b", "targetPort": "web"}]);
    }
    match random.below(4) {
        0 => service["spec"]["type"] = "NodePort".into(),
        1 => {
            service["spec"]["type"] = "LoadBalancer".into();
            if random.below(2) == 0 {
                service["spec"]["allocateLoadBalancerNodePorts"] = false.into();
            }
        }
        _ => {}
    }
    if random.below(5) == 0 {
        service["spec"]["externalIPs"] = json!(["203.0.113.7"]);
    }
    service
}

fn labels(random: &mut Random) -> Value {
    let mut labels = json!({});
    for mode in ["enforce", "audit", "warn"] {
        if random.below(2) == 0 {
            let level = random.pick(&["privileged", "baseline", "restricted", "Restricted"]);
            labels[format!("pod-security.kubernetes.io/{mode}")] = level.into();
        }
        if random.below(4) == 0 {
            let version = random.pick(&["latest", "v1.24", "v1.99", "1.24", "v1.036"]);
            labels[format!("pod-security.kubernetes.io/{mode}-version")] = version.into();
        }
    }
    labels
}

/// A new namespace, or other labels for the world's.
fn namespace(world: &World, random: &mut Random) -> Case {
    if random.below(3) == 0 {
        let mut case = Case::create(
            "v1",
            "Namespace",
            "",
            json!({"metadata": {"name": "new", "labels": labels(random)}}),
        );
        case.namespace = "new".into();
        return case;
    }
    let stored = world.objects.iter().find(|object| {
        object["kind"] == "Namespace" && object["metadata"]["name"] == world.namespace.as_str()
    });
    let mut object = stored.cloned().unwrap_or_default();
    let mut labels = labels(random);
    labels["kubernetes.io/metadata.name"] = world.namespace.clone().into();
    object["metadata"]["labels"] = labels;
    let mut case = Case::create("v1", "Namespace", &world.namespace, object);
    case.operation = Operation::Update;
    case.old = stored.cloned();
    case
}

/// A node that registers itself or changes what is its own, or is not.
fn node(random: &mut Random) -> Case {
    let name = random.pick(&["n3", "n3", "n4"]);
    let mut object = json!({"metadata": {"name": name, "labels": {}}});
    for _ in 0..random.below(3) {
        let label = random.pick(&[
            "kubernetes.io/os",
            "example.com/a",
            "node-restriction.kubernetes.io/a",
            "node.kubernetes.io/x",
            "x.node-restriction.kubernetes.io/b",
            "foo.k8s.io/a",
            "kubelet.kubernetes.io/q",
        ]);
        object["metadata"]["labels"][label] = "v".into();
    }
    if random.below(3) == 0 {
        object["spec"]["taints"] = json!([{"key": "a", "effect": "NoSchedule"}]);
    }
    let mut case = Case::create("v1", "Node", "", object);
    if random.below(4) > 0 {
        case.user = Some("system:node:n3".into());
    }
    case
}
