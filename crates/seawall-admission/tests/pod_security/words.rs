//! Upstream's words and our places for the cases that are easy to get wrong.

use seawall_admission::pod_security::{Level, PolicyVersion, denial, evaluate};

fn said(pod: &str, level: Level, minor: u64) -> Vec<String> {
    let object = super::object(pod);
    let pod = object.pods().next().expect("a pod");
    evaluate(pod, level, PolicyVersion::Minor(minor)).iter().map(ToString::to_string).collect()
}

#[test]
fn a_bare_pod_under_restricted() {
    let object =
        super::object("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a}]}}");
    let pod = object.pods().next().expect("a pod");
    let version = PolicyVersion::Latest;
    let violations = evaluate(pod, Level::Restricted, version);
    assert_eq!(
        denial(Level::Restricted, version, &violations),
        "violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false (container \"a\" must set \
         securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container \"a\" must set \
         securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot != true (pod or container \"a\" must set \
         securityContext.runAsNonRoot=true), seccompProfile (pod or container \"a\" must set \
         securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")"
    );
    let fields: Vec<String> = violations
        .iter()
        .flat_map(|violation| violation.offences.iter().map(|offence| offence.at.field_ref().field()))
        .collect();
    assert_eq!(
        fields,
        [
            "spec.containers[0].securityContext.allowPrivilegeEscalation",
            "spec.containers[0].securityContext.capabilities.drop",
            "spec.containers[0].securityContext.runAsNonRoot",
            "spec.containers[0].securityContext.seccompProfile.type",
        ]
    );
}

#[test]
fn host_ports_are_sorted_as_texts_and_containers_in_order() {
    let pod = "
apiVersion: v1
kind: Pod
spec:
  containers:
  - name: b
    ports: [{hostPort: 8080}, {hostPort: 30000}, {hostPort: 0}]
  initContainers:
  - {name: z, ports: [{hostPort: 8080.0}]}
  ephemeralContainers:
  - {name: a, ports: [{hostPort: 1}]}
";
    assert_eq!(
        said(pod, Level::Baseline, 30),
        ["hostPort (containers \"z\", \"b\", \"a\" use hostPorts 1, 30000, 8080)"]
    );
}

#[test]
fn annotations_are_quoted_as_go_quotes() {
    let pod = "
apiVersion: v1
kind: Pod
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/nobody: \"uncon\\\"fined\"
    container.seccomp.security.alpha.kubernetes.io/a: unconfined
    container.seccomp.security.alpha.kubernetes.io/nobody: unconfined
spec:
  securityContext: {appArmorProfile: {type: Unconfined}}
  containers: [{name: a}]
";
    assert_eq!(
        said(pod, Level::Baseline, 18),
        [
            "forbidden AppArmor profiles (pod and annotation must not set AppArmor profile type to \"Unconfined\", \
             \"container.apparmor.security.beta.kubernetes.io/nobody=\"uncon\\\"fined\"\")",
            "seccompProfile (forbidden annotation container.seccomp.security.alpha.kubernetes.io/a=\"unconfined\")",
        ]
    );
    assert_eq!(said(pod, Level::Baseline, 19).len(), 1);
}

#[test]
fn versions_and_user_namespaces_and_windows() {
    let pod = "
apiVersion: v1
kind: Pod
spec:
  hostUsers: false
  os: {name: windows}
  containers:
  - name: a
    securityContext: {procMount: Unmasked, runAsUser: 0}
    livenessProbe: {httpGet: {host: 127.0.0.1}}
";
    assert_eq!(
        said(pod, Level::Baseline, 33),
        ["procMount (container \"a\" must not set securityContext.procMount to \"Unmasked\")"]
    );
    assert_eq!(
        said(pod, Level::Baseline, 35),
        ["probe or lifecycle host (container \"a\" uses probe or lifecycle host \"127.0.0.1\")"]
    );
    let restricted = said(pod, Level::Restricted, 35);
    assert_eq!(restricted.len(), 2, "{restricted:?}");
    assert!(restricted[1].starts_with("procMount"), "{restricted:?}");
    // Windows does not free a pod of runAsNonRoot and runAsUser.
    assert_eq!(said(pod, Level::Restricted, 34).len(), 4);
}
