//! A cluster with many pods, and what reading it costs.

use super::fake::{Fake, discovery, page, token};
use seawall_collect::{ClusterInput, Collected, Limits, Target};

const PAGE: usize = 500;

/// A pod as API servers send it, about 6 KB.
fn pod(at: usize) -> String {
    let fields = r#"{"f:metadata":{"f:labels":{".":{},"f:app":{},"f:hash":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:image":{},"f:name":{},"f:resources":{}}},"f:dnsPolicy":{},"f:restartPolicy":{}}}"#;
    let container = |name: &str| {
        format!(
            r#"{{"name":"{name}","image":"registry.example/shop/{name}:1.2.3","ports":[{{"containerPort":8080,"protocol":"TCP"}}],
            "env":[{{"name":"A","value":"1"}},{{"name":"DB_PASSWORD","valueFrom":{{"secretKeyRef":{{"name":"db","key":"password"}}}}}}],
            "resources":{{"limits":{{"cpu":"500m","memory":"256Mi"}},"requests":{{"cpu":"100m","memory":"128Mi"}}}},
            "volumeMounts":[{{"name":"kube-api-access","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}}],
            "livenessProbe":{{"httpGet":{{"path":"/healthz","port":8080,"scheme":"HTTP"}},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3}},
            "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent",
            "securityContext":{{"allowPrivilegeEscalation":false,"capabilities":{{"drop":["ALL"]}}}}}}"#
        )
    };
    let state = |name: &str| {
        format!(
            r#"{{"name":"{name}","state":{{"running":{{"startedAt":"2026-01-01T00:00:00Z"}}}},"lastState":{{}},"ready":true,"restartCount":0,
            "image":"registry.example/shop/{name}:1.2.3","imageID":"registry.example/shop/{name}@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "containerID":"containerd://0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","started":true}}"#
        )
    };
    format!(
        r#"{{"metadata":{{"name":"web-{at}","generateName":"web-","namespace":"team-{}","uid":"00000000-0000-0000-0000-{at:012}",
        "resourceVersion":"{at}","creationTimestamp":"2026-01-01T00:00:00Z","labels":{{"app":"web","hash":"5d4f8c"}},
        "ownerReferences":[{{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-5d4f8c","uid":"1","controller":true,"blockOwnerDeletion":true}}],
        "managedFields":[{{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","time":"2026-01-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{fields}}},
        {{"manager":"kubelet","operation":"Update","apiVersion":"v1","time":"2026-01-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{fields}}}]}},
        "spec":{{"volumes":[{{"name":"kube-api-access","projected":{{"sources":[{{"serviceAccountToken":{{"expirationSeconds":3607,"path":"token"}}}},
        {{"configMap":{{"name":"kube-root-ca.crt","items":[{{"key":"ca.crt","path":"ca.crt"}}]}}}},
        {{"downwardAPI":{{"items":[{{"path":"namespace","fieldRef":{{"apiVersion":"v1","fieldPath":"metadata.namespace"}}}}]}}}}],"defaultMode":420}}}}],
        "containers":[{},{}],"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst",
        "serviceAccountName":"web","serviceAccount":"web","nodeName":"node-{}","securityContext":{{"runAsNonRoot":true,"seccompProfile":{{"type":"RuntimeDefault"}}}},
        "schedulerName":"default-scheduler","tolerations":[{{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}},
        {{"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}}],"priority":0,"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"}},
        "status":{{"phase":"Running","conditions":[{{"type":"Ready","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"}}],"hostIP":"10.0.0.1","hostIPs":[{{"ip":"10.0.0.1"}}],
        "podIP":"10.1.0.1","podIPs":[{{"ip":"10.1.0.1"}}],"startTime":"2026-01-01T00:00:00Z","containerStatuses":[{},{}],"qosClass":"Burstable"}}}}"#,
        at % 200,
        container("app"),
        container("proxy"),
        at % 1000,
        state("app"),
        state("proxy")
    )
}

/// The most memory that this process ever had, in bytes; `None` where the system does not tell.
pub(crate) fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
}

/// What reading came to.
pub(crate) struct Read {
    /// The peak after a snapshot was written, and after all pods were read into memory; `None` where the system does not
    /// tell.
    pub(crate) peaks: Option<(u64, u64)>,
    /// Bytes of the snapshot file.
    pub(crate) file: u64,
}

/// Reads a cluster of `pods` pods twice: into a snapshot, and into memory.
pub(crate) fn read(pods: usize) -> Read {
    let fake = Fake::start(move |target| {
        if let Some(reply) = discovery(target, &[("", "v1", "pods", "Pod", true)]) {
            return reply;
        }
        let from = token(target) * PAGE;
        let items: Vec<String> = (from..(from + PAGE).min(pods)).map(pod).collect();
        let next = if from + PAGE < pods { (from / PAGE + 1).to_string() } else { String::new() };
        page(&items, "1", &next)
    });
    let input = ClusterInput {
        target: Target { kubeconfig: Some(fake.kubeconfig()), context: None },
        ..ClusterInput::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("big.seawall");
    let files = Collected::default();
    let written = seawall_collect::snapshot(&file, Some(&input), &files, "now", &|_, _| {}).unwrap();
    assert_eq!((written.header.objects, written.header.gaps()), (pods as u64, Vec::new()));
    let first = peak();
    let collected = seawall_collect::collect_cluster(&input, Limits::default(), &|_, _| {}).unwrap();
    assert_eq!(collected.objects.len(), pods);
    Read { peaks: first.zip(peak()), file: written.bytes }
}
