//! What must fire, and what must not, family by family.

use super::{ADMIN, World, namespace, right, rule};
use seawall_model::Version;

const WEB: &str = "sa:shop/web";
const RBAC: &str = "rbac.authorization.k8s.io";

fn check(text: &str, from: &str, to: &str, expected: &[&str]) {
    assert_eq!(World::new(text).shortest(from, to), expected, "{from} → {to}\n{text}");
}

/// A world in which the account `web` has one right, in a namespace or everywhere.
fn has(namespace: Option<&str>, group: &str, resources: &str, verbs: &str) -> String {
    right(WEB, namespace, &rule(group, resources, verbs))
}

#[test]
fn everything_and_masters() {
    check(&has(None, "*", "'*'", "'*'"), WEB, "cluster-admin", &["WILDCARD"]);
    check(&has(Some("shop"), "*", "'*'", "'*'"), WEB, "namespace-admin:shop", &["WILDCARD"]);
    check(&has(None, "*", "'*'", "get, list"), WEB, "namespace-admin:shop", &[]);
    check("", "group:system:masters", "cluster-admin", &["MASTERS"]);
    check("", "user:jane", "cluster-admin", &[]);
    check("", "user:jane", "group:system:authenticated", &["GROUP_IMPLIED"]);
    let group = right("group:system:serviceaccounts:shop", None, &rule("*", "'*'", "'*'"));
    check(&group, "sa:shop/any", "cluster-admin", &["WILDCARD"]);
    check(&group, "sa:other/any", "cluster-admin", &[]);
}

#[test]
fn impersonation() {
    let user = has(None, "", "users", "impersonate");
    let jane = right("user:jane", None, &rule("*", "'*'", "'*'"));
    check(&format!("{user}{jane}"), WEB, "cluster-admin", &["IMPERSONATE_USER", "WILDCARD"]);
    check(&has(None, "", "groups", "impersonate"), WEB, "cluster-admin", &[]);
    let both = has(None, "", "users, groups", "impersonate");
    check(&both, WEB, "cluster-admin", &["IMPERSONATE_GROUP", "MASTERS"]);
    // The user may be a service account too.
    let account = has(None, "", "serviceaccounts, groups", "impersonate");
    check(&account, WEB, "cluster-admin", &["IMPERSONATE_GROUP", "MASTERS"]);
    // Two identities do not make one request.
    let apart = format!(
        "{}{}{}",
        has(None, "", "users", "impersonate"),
        right("sa:shop/other", None, &rule("", "groups", "impersonate")),
        right(WEB, Some("shop"), &rule("", "serviceaccounts/token", "create")),
    );
    check(&apart, WEB, "group:system:masters", &[]);
    // A RoleBinding gives users to nobody, accounts it does.
    let local = has(Some("ops"), "", "users, groups, serviceaccounts", "impersonate");
    check(&format!("{local}{ADMIN}"), WEB, "cluster-admin", &["IMPERSONATE_SA", "WILDCARD"]);
    check(&local, WEB, "group:system:masters", &[]);
    let named =
        "{apiGroups: [''], resources: [serviceaccounts], resourceNames: [other], verbs: [impersonate]}";
    check(&format!("{}{ADMIN}", right(WEB, Some("ops"), named)), WEB, "cluster-admin", &[]);
}

#[test]
fn tokens() {
    let token = |verbs| format!("{}{ADMIN}", has(Some("ops"), "", "serviceaccounts/token", verbs));
    check(&token("create"), WEB, "cluster-admin", &["TOKEN_CREATE", "WILDCARD"]);
    check(&token("get"), WEB, "cluster-admin", &[]);
    let whole = format!("{}{ADMIN}", has(Some("ops"), "", "serviceaccounts", "create"));
    check(&whole, WEB, "cluster-admin", &[]);
    let other = format!("{}{ADMIN}", has(Some("dev"), "", "serviceaccounts/token", "create"));
    check(&other, WEB, "cluster-admin", &[]);
    for (name, expected) in [("admin", &["TOKEN_CREATE", "WILDCARD"][..]), ("reader", &[])] {
        let named = format!(
            "{{apiGroups: [''], resources: [serviceaccounts/token], resourceNames: [{name}], verbs: [create]}}"
        );
        check(&format!("{}{ADMIN}", right(WEB, Some("ops"), &named)), WEB, "cluster-admin", expected);
    }
}

#[test]
fn secrets() {
    let secret = "---\n{apiVersion: v1, kind: Secret, metadata: {name: admin-token, namespace: ops, annotations: \
                  {kubernetes.io/service-account.name: admin}}, type: kubernetes.io/service-account-token}\n";
    let list = has(Some("ops"), "", "secrets", "list");
    check(&format!("{secret}{list}{ADMIN}"), WEB, "cluster-admin", &["TOKEN_SECRET_READ", "WILDCARD"]);
    check(&format!("{list}{ADMIN}"), WEB, "cluster-admin", &[]);
    check(&list, WEB, "secrets:ops", &["SECRETS_READ"]);
    check(&list, WEB, "secrets:dev", &[]);
    let opaque = secret.replace("kubernetes.io/service-account-token", "Opaque");
    check(&format!("{opaque}{list}{ADMIN}"), WEB, "cluster-admin", &[]);
    let named = |name: &str| {
        let rule =
            format!("{{apiGroups: [''], resources: [secrets], resourceNames: [{name}], verbs: [get]}}");
        format!("{secret}{}{ADMIN}", right(WEB, Some("ops"), &rule))
    };
    check(&named("admin-token"), WEB, "cluster-admin", &["TOKEN_SECRET_READ", "WILDCARD"]);
    check(&named("other"), WEB, "cluster-admin", &[]);
    check(&named("admin-token").replace(ADMIN, ""), WEB, "secrets:ops", &[]);
    let forge = has(Some("ops"), "", "secrets", "create, get");
    check(&format!("{forge}{ADMIN}"), WEB, "cluster-admin", &["TOKEN_SECRET_FORGE", "WILDCARD"]);
    let write = has(Some("ops"), "", "secrets", "create");
    check(&format!("{write}{ADMIN}"), WEB, "cluster-admin", &[]);
}

const POD: &str = "---\n{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: ops}, spec: {serviceAccountName: \
                   admin, containers: [{name: c, image: i}]}}\n";
const ACCOUNT: &str =
    "---\n{apiVersion: v1, kind: ServiceAccount, metadata: {name: admin, namespace: ops}}\n";

#[test]
fn tokens_in_pods() {
    let world = |pod: &str, account: &str| format!("{pod}{account}{ADMIN}");
    check(&world(POD, ACCOUNT), "pod:ops/p", "cluster-admin", &["POD_SA", "WILDCARD"]);
    let off = POD.replace("spec: {", "spec: {automountServiceAccountToken: false, ");
    check(&world(&off, ACCOUNT), "pod:ops/p", "cluster-admin", &[]);
    let quiet = ACCOUNT.replace("}}", "}, automountServiceAccountToken: false}");
    check(&world(POD, &quiet), "pod:ops/p", "cluster-admin", &[]);
    let on = POD.replace("spec: {", "spec: {automountServiceAccountToken: true, ");
    check(&world(&on, &quiet), "pod:ops/p", "cluster-admin", &["POD_SA", "WILDCARD"]);
    for (audience, expected) in [("", &["POD_SA", "WILDCARD"][..]), ("audience: vault, ", &[])] {
        let volume = format!(
            "containers: [{{name: c, image: i, volumeMounts: [{{name: t, mountPath: /t}}]}}], volumes: [{{name: t, \
             projected: {{sources: [{{serviceAccountToken: {{{audience}path: t}}}}]}}}}]"
        );
        let pod = off.replace("containers: [{name: c, image: i}]", &volume);
        check(&world(&pod, ACCOUNT), "pod:ops/p", "cluster-admin", expected);
    }
}

#[test]
fn roles() {
    let escalate = |verbs: &str| has(None, RBAC, "clusterroles", verbs);
    check(&escalate("escalate, update"), WEB, "cluster-admin", &["ESCALATE"]);
    check(&escalate("escalate, patch"), WEB, "cluster-admin", &["ESCALATE"]);
    check(&escalate("escalate"), WEB, "cluster-admin", &[]);
    check(&escalate("update, patch, create"), WEB, "cluster-admin", &[]);
    let local = has(Some("shop"), RBAC, "roles", "escalate, update");
    check(&local, WEB, "namespace-admin:shop", &["ESCALATE"]);
    check(&local, WEB, "cluster-admin", &[]);
    let apart =
        format!("{}{}", escalate("escalate"), right("sa:ops/x", None, &rule(RBAC, "clusterroles", "update")));
    check(&apart, WEB, "cluster-admin", &[]);
    let group = right("group:system:serviceaccounts", None, &rule(RBAC, "clusterroles", "update"));
    check(&format!("{}{group}", escalate("escalate")), WEB, "cluster-admin", &["ESCALATE"]);
    // One name, and the role must be held.
    let named = |verb: &str, name: &str| {
        let rule = format!(
            "{{apiGroups: [{RBAC}], resources: [clusterroles], resourceNames: [{name}], verbs: [{verb}]}}"
        );
        right(WEB, None, &rule)
    };
    let basic = format!("{}{}", named("escalate", "system:basic-user"), named("patch", "system:basic-user"));
    check(&basic, WEB, "cluster-admin", &["ESCALATE"]);
    let other = format!("{}{}", named("escalate", "system:basic-user"), named("patch", "view"));
    check(&other, WEB, "cluster-admin", &[]);
}

#[test]
fn bindings() {
    let bind = |role: Option<&str>| {
        let names = role.map(|role| format!("resourceNames: [{role}], ")).unwrap_or_default();
        format!("{{apiGroups: [{RBAC}], resources: [clusterroles], {names}verbs: [bind]}}")
    };
    let create = |kind: &str| rule(RBAC, kind, "create");
    let world = |namespace: Option<&str>, kind: &str, role: Option<&str>| {
        right(WEB, namespace, &format!("{}, {}", create(kind), bind(role)))
    };
    check(&world(None, "clusterrolebindings", None), WEB, "cluster-admin", &["BIND_CRB"]);
    check(&world(None, "clusterrolebindings", Some("cluster-admin")), WEB, "cluster-admin", &["BIND_CRB"]);
    check(&world(None, "clusterrolebindings", Some("view")), WEB, "cluster-admin", &[]);
    check(&world(None, "clusterrolebindings", Some("none-such")), WEB, "cluster-admin", &[]);
    let admin = world(None, "clusterrolebindings", Some("system:kube-controller-manager"));
    assert_eq!(World::new(&admin).shortest(WEB, "secrets:shop").first(), Some(&"BIND_CRB"));
    // A RoleBinding ends in its namespace.
    check(&world(Some("shop"), "rolebindings", None), WEB, "namespace-admin:shop", &["BIND_RB"]);
    check(&world(Some("shop"), "rolebindings", None), WEB, "cluster-admin", &[]);
    check(&world(Some("shop"), "rolebindings", None), WEB, "namespace-admin:ops", &[]);
    check(&world(Some("shop"), "clusterrolebindings", None), WEB, "cluster-admin", &[]);
    let patch = format!("{}, {}", rule(RBAC, "clusterrolebindings", "patch"), bind(None));
    check(&format!("{}{ADMIN}", right(WEB, None, &patch)), WEB, "cluster-admin", &["BINDING_PATCH"]);
}

#[test]
fn aggregation() {
    let write = has(None, RBAC, "clusterroles", "create, escalate");
    check(&write, WEB, "cluster-admin", &[]);
    let view = "---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: v, namespace: \
                shop}, subjects: [{kind: ServiceAccount, name: web}], roleRef: {apiGroup: \
                rbac.authorization.k8s.io, kind: ClusterRole, name: view}}\n";
    check(&format!("{write}{view}"), WEB, "namespace-admin:shop", &["AGGREGATE_INJECT"]);
    check(&format!("{write}{view}"), WEB, "cluster-admin", &[]);
}

#[test]
fn pods_of_ones_own() {
    let run = |group: &str, resource: &str| format!("{}{ADMIN}", has(Some("ops"), group, resource, "create"));
    for (group, resource) in
        [("", "pods"), ("apps", "deployments"), ("batch", "cronjobs"), ("", "replicationcontrollers")]
    {
        check(&run(group, resource), WEB, "cluster-admin", &["POD_CREATE_SA", "WILDCARD"]);
    }
    check(&run("", "deployments"), WEB, "cluster-admin", &[]);
    check(&run("extensions", "deployments"), WEB, "cluster-admin", &[]);
    check(&run("", "pods/exec"), WEB, "cluster-admin", &[]);
    check(&run("", "'pods/*'"), WEB, "cluster-admin", &[]);
    check(&has(Some("ops"), "", "pods", "create"), WEB, "secrets:ops", &["MOUNT"]);
    // A controller of the control plane may write any rule.
    let system = has(Some("kube-system"), "", "pods", "create");
    check(&system, WEB, "cluster-admin", &["CONTROLLER_SA", "ESCALATE"]);
}

const NODE: &str = "---\n{apiVersion: v1, kind: Node, metadata: {name: n1}}\n";

#[test]
fn pods_on_nodes() {
    let create = has(Some("ops"), "", "pods", "create");
    let world = |level: &str| format!("{create}{NODE}{}", namespace("ops", level));
    check(&world("privileged"), WEB, "node:n1", &["POD_CREATE_HOST"]);
    for level in ["baseline", "restricted"] {
        check(&world(level), WEB, "node:n1", &[]);
    }
    let volumes = has(None, "", "persistentvolumes", "create");
    check(&format!("{}{volumes}", world("baseline")), WEB, "node:n1", &["PV_HOSTPATH"]);
    check(&format!("{}{volumes}", world("restricted")), WEB, "node:n1", &[]);
    let label = has(Some("ops"), "", "namespaces", "patch");
    check(&format!("{}{label}", world("restricted")), WEB, "node:n1", &["PSA_RELABEL"]);
    let elsewhere = has(Some("dev"), "", "namespaces", "patch");
    check(&format!("{}{elsewhere}", world("restricted")), WEB, "node:n1", &[]);
    // No node is made up.
    let alone = format!("{create}{}", namespace("ops", "privileged"));
    check(&alone, WEB, "node:n1", &[]);
    check(&alone, WEB, "node:*", &["POD_CREATE_HOST"]);
}

#[test]
fn into_pods() {
    let world = |resource: &str, verbs: &str| format!("{}{POD}", has(Some("ops"), "", resource, verbs));
    check(&world("pods/exec", "create"), WEB, "pod:ops/p", &["EXEC"]);
    check(&world("pods/attach", "create"), WEB, "pod:ops/p", &["ATTACH"]);
    check(&world("pods/portforward", "create"), WEB, "pod:ops/p", &["PORTFORWARD"]);
    check(&world("pods/proxy", "get"), WEB, "pod:ops/p", &["PROXY"]);
    check(&world("pods/ephemeralcontainers", "patch"), WEB, "pod:ops/p", &["EPHEMERAL"]);
    check(&world("pods", "patch"), WEB, "pod:ops/p", &["POD_IMAGE_PATCH"]);
    check(&world("pods", "get, list, delete"), WEB, "pod:ops/p", &[]);
    let named = "{apiGroups: [''], resources: [pods/exec], resourceNames: [other], verbs: [create]}";
    check(&format!("{}{POD}", right(WEB, Some("ops"), named)), WEB, "pod:ops/p", &[]);
    // Until 1.34 a WebSocket asked for `get` alone.
    for (minor, expected) in [(34, &["EXEC"][..]), (35, &[])] {
        let world = World::new(&world("pods/exec", "get")).in_version(Version::new(minor).unwrap());
        assert_eq!(world.shortest(WEB, "pod:ops/p"), expected, "1.{minor}");
    }
    // An update is judged by Pod Security again.
    let strict = namespace("ops", "restricted");
    check(&format!("{strict}{}", world("pods", "patch")), WEB, "pod:ops/p", &[]);
}

#[test]
fn workloads() {
    let deployment = "---\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: ops}, spec: \
                      {template: {spec: {containers: [{name: c, image: i}]}}}}\n";
    let patch = format!("{}{ADMIN}", has(Some("ops"), "apps", "deployments", "patch"));
    check(&format!("{patch}{deployment}"), WEB, "cluster-admin", &["WORKLOAD_UPDATE", "WILDCARD"]);
    check(&patch, WEB, "cluster-admin", &[]);
    let wrong = format!("{}{ADMIN}{deployment}", has(Some("ops"), "", "deployments", "patch"));
    check(&wrong, WEB, "cluster-admin", &[]);
}

fn pod_with(spec: &str, container: &str) -> String {
    format!(
        "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: p, namespace: ops}}, spec: {{nodeName: n1, \
         automountServiceAccountToken: false, {spec}containers: [{{name: c, image: i{container}}}]}}}}\n{NODE}"
    )
}

#[test]
fn escapes() {
    let context = |text: &str| format!(", securityContext: {{{text}}}");
    let escape = |spec: &str, container: &str, expected: &[&str]| {
        check(&pod_with(spec, container), "pod:ops/p", "node:n1", expected);
    };
    escape("", "", &[]);
    escape("", &context("privileged: true"), &["PRIVILEGED"]);
    escape("hostUsers: false, ", &context("privileged: true"), &[]);
    escape("", &context("capabilities: {add: [SYS_MODULE]}"), &["MODULE_LOAD"]);
    escape("", &context("capabilities: {add: [CAP_SYS_MODULE]}"), &["MODULE_LOAD"]);
    escape("", &context("capabilities: {add: [NET_ADMIN]}"), &[]);
    escape("hostPID: true, ", &context("capabilities: {add: [SYS_PTRACE]}"), &["PTRACE"]);
    escape("", &context("capabilities: {add: [SYS_PTRACE]}"), &[]);
    escape("hostPID: true, ", &context("capabilities: {add: [SYS_ADMIN, SYS_PTRACE]}"), &["NSENTER"]);
    escape("", &context("capabilities: {add: [SYS_ADMIN]}"), &["CGROUP"]);
    escape("", &context("capabilities: {add: [DAC_READ_SEARCH]}"), &["DAC_READ_SEARCH"]);
    let user = "capabilities: {add: [SYS_ADMIN]}, runAsUser: 1000, allowPrivilegeEscalation: false";
    escape("", &context(user), &[]);
    escape("", &context("windowsOptions: {hostProcess: true}"), &["HOSTPROCESS"]);
    escape("hostPID: true, hostIPC: true, hostNetwork: true, ", "", &[]);
}

#[test]
fn files_of_the_node() {
    let mount = |path: &str, options: &str| {
        pod_with(
            &format!("volumes: [{{name: v, hostPath: {{path: {path}}}}}], "),
            &format!(", volumeMounts: [{{name: v, mountPath: /v{options}}}]"),
        )
    };
    for (path, options, expected) in [
        ("/", "", &["HOST_WRITE"][..]),
        ("/etc", "", &["HOST_WRITE"]),
        ("/etc/kubernetes/manifests", "", &["HOST_WRITE"]),
        ("/root/.ssh", "", &["HOST_WRITE"]),
        ("/proc", "", &["CORE_PATTERN"]),
        ("/var/run/docker.sock", ", readOnly: true", &["RUNTIME_SOCK"]),
        ("/run/containerd/containerd.sock", "", &["RUNTIME_SOCK"]),
        ("/", ", readOnly: true", &["RUNTIME_SOCK"]),
        ("/var/lib/kubelet/pki", ", readOnly: true", &["HOST_READ"]),
        ("/etc", ", readOnly: true", &[]),
        ("/", ", readOnly: true, subPath: data", &[]),
        ("/var/log", "", &[]),
        ("/data", "", &[]),
        ("/etc/localtime", "", &[]),
    ] {
        check(&mount(path, options), "pod:ops/p", "node:n1", expected);
    }
    let logs = right("sa:ops/x", Some("ops"), &rule("", "pods/log", "get"));
    let world = mount("/var/log", "").replace("automountServiceAccountToken: false", "serviceAccountName: x");
    check(&format!("{world}{logs}"), "pod:ops/p", "node:n1", &["POD_SA", "VAR_LOG"]);
    // Not mounted is not seen.
    let unmounted = pod_with("volumes: [{name: v, hostPath: {path: /}}], ", "");
    check(&unmounted, "pod:ops/p", "node:n1", &[]);
}

#[test]
fn nodes() {
    let server = "---\n{apiVersion: v1, kind: Pod, metadata: {name: kube-apiserver-n1, namespace: kube-system, \
                  annotations: {kubernetes.io/config.mirror: x}}, spec: {nodeName: n1, containers: [{name: s, \
                  image: 'registry.k8s.io/kube-apiserver:v1.36.0', command: [kube-apiserver]}]}}\n";
    check(&format!("{NODE}{server}"), "node:n1", "cluster-admin", &["CONTROL_PLANE_NODE"]);
    check(NODE, "node:n1", "cluster-admin", &[]);
    let labelled = "---\n{apiVersion: v1, kind: Node, metadata: {name: n1, labels: \
                    {node-role.kubernetes.io/control-plane: ''}}}\n";
    check(labelled, "node:n1", "cluster-admin", &["CONTROL_PLANE_NODE"]);
    let pod = format!("{}{ADMIN}", POD.replace("spec: {", "spec: {nodeName: n1, "));
    check(&pod, "node:n1", "pod:ops/p", &["NODE_PODS"]);
    check(&pod, "node:n1", "cluster-admin", &["NODE_IDENTITY", "WILDCARD"]);
    check(&pod, "node:n2", "cluster-admin", &[]);
    for (verbs, expected) in [("get", &["NODES_PROXY"][..]), ("create", &["NODES_PROXY"]), ("list", &[])] {
        check(&format!("{}{pod}", has(None, "", "nodes/proxy", verbs)), WEB, "pod:ops/p", expected);
    }
    let by_role = format!("{}{pod}", has(Some("ops"), "", "nodes/proxy", "get"));
    check(&by_role, WEB, "pod:ops/p", &[]);
    let named = |node: &str| {
        let rule =
            format!("{{apiGroups: [''], resources: [nodes/proxy], resourceNames: [{node}], verbs: [get]}}");
        format!("{}{pod}", right(WEB, None, &rule))
    };
    check(&named("n1"), WEB, "pod:ops/p", &["NODES_PROXY"]);
    check(&named("n2"), WEB, "pod:ops/p", &[]);
}

#[test]
fn certificates() {
    let requests = |signer: Option<&str>, verbs: &str| {
        let names = signer.map(|signer| format!("resourceNames: ['{signer}'], ")).unwrap_or_default();
        right(
            WEB,
            None,
            &format!(
                "{{apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests], verbs: [{verbs}]}}, \
                 {{apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval], verbs: \
                 [update]}}, {{apiGroups: [certificates.k8s.io], resources: [signers], {names}verbs: [approve]}}"
            ),
        )
    };
    let client = Some("kubernetes.io/kube-apiserver-client");
    for signer in [None, client, Some("kubernetes.io/*")] {
        let world = format!("{}{ADMIN}", requests(signer, "create, get"));
        check(&world, WEB, "sa:ops/admin", &["CSR_CLIENT"]);
    }
    check(&format!("{}{ADMIN}", requests(client, "get")), WEB, "sa:ops/admin", &[]);
    check(&requests(client, "create, get"), WEB, "group:system:masters", &[]);
    let serving = requests(Some("kubernetes.io/kubelet-serving"), "create, get");
    check(&format!("{serving}{ADMIN}"), WEB, "sa:ops/admin", &[]);
    let kubelet = requests(Some("kubernetes.io/kube-apiserver-client-kubelet"), "create, get");
    check(&format!("{kubelet}{NODE}"), WEB, "node:n1", &["CSR_KUBELET"]);
    let join = right(
        "group:system:bootstrappers",
        None,
        "{apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests, \
         certificatesigningrequests/nodeclient], verbs: [create, get]}",
    );
    let forge = has(Some("kube-system"), "", "secrets", "create");
    check(&format!("{join}{forge}{NODE}"), WEB, "node:n1", &["BOOTSTRAP_FORGE", "NODE_JOIN"]);
}

#[test]
fn from_outside() {
    let service = |kind: &str| {
        let pod = POD.replace("name: p,", "name: p, labels: {app: p},");
        format!(
            "{pod}---\n{{apiVersion: v1, kind: Service, metadata: {{name: s, namespace: ops}}, spec: {{type: {kind}, \
             selector: {{app: p}}, ports: [{{port: 80}}]}}}}\n"
        )
    };
    check(&service("LoadBalancer"), "internet", "pod:ops/p", &["ENDPOINT"]);
    check(&service("ClusterIP"), "internet", "pod:ops/p", &[]);
    let anonymous = right("user:system:anonymous", None, &rule("*", "'*'", "'*'"));
    check(&anonymous, "internet", "cluster-admin", &["ANON_GRANT", "WILDCARD"]);
    check(&anonymous, WEB, "cluster-admin", &["ANON_GRANT", "WILDCARD"]);
    check("", "internet", "cluster-admin", &[]);
}

#[test]
fn policies_in_the_way() {
    let world = |ingress: &str| {
        let pod = POD.replace("name: p,", "name: p, labels: {app: p},");
        format!(
            "{pod}---\n{{apiVersion: v1, kind: Service, metadata: {{name: s, namespace: ops}}, spec: {{type: NodePort, \
             externalTrafficPolicy: Local, selector: {{app: p}}, ports: [{{port: 80}}]}}}}\n---\n{{apiVersion: \
             networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: n, namespace: ops}}, spec: {{podSelector: {{}}, \
             policyTypes: [Ingress], ingress: {ingress}}}}}\n"
        )
    };
    let requires = |ingress: &str| {
        let found = World::new(&world(ingress)).find("internet", "pod:ops/p", 1);
        found.paths.first().map(|path| path.steps[0].requires.len())
    };
    assert_eq!(requires("[]"), None, "nothing is let in");
    assert_eq!(requires("[{from: [{podSelector: {}}]}]"), None, "nobody from outside is let in");
    assert_eq!(requires("[{ports: [{port: 443}]}]"), None, "another port is open");
    assert_eq!(requires("[{ports: [{port: 80}]}]"), Some(1), "the engine knows that it is open");
    assert_eq!(requires("[{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]"), Some(1));
}

#[test]
fn metadata_of_the_cloud() {
    let node =
        "---\n{apiVersion: v1, kind: Node, metadata: {name: n1}, spec: {providerID: 'aws:///eu-1/i-1'}}\n";
    let policy = |egress: &str| {
        format!(
            "{POD}{node}---\n{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: n, namespace: \
             ops}}, spec: {{podSelector: {{}}, policyTypes: [Egress], egress: {egress}}}}}\n"
        )
    };
    let role = "cloud:aws-node-role";
    check(&format!("{POD}{node}"), "pod:ops/p", role, &["IMDS"]);
    check(POD, "pod:ops/p", role, &[]);
    check(&policy("[]"), "pod:ops/p", role, &[]);
    check(&policy("[{ports: [{port: 53, protocol: UDP}]}]"), "pod:ops/p", role, &[]);
    let block =
        |cidr: &str, except: &str| format!("[{{to: [{{ipBlock: {{cidr: '{cidr}', except: [{except}]}}}}]}}]");
    check(&policy(&block("0.0.0.0/0", "169.254.169.254/32")), "pod:ops/p", role, &[]);
    // The same service listens on an address of IPv6, for pods that have one.
    let both = policy(&block("::/0", "")).replace(
        "spec: {serviceAccountName",
        "status: {podIPs: [{ip: 10.0.0.1}, {ip: 'fd01::1'}]}, spec: {serviceAccountName",
    );
    check(&both, "pod:ops/p", role, &["IMDS"]);
    check(&policy(&block("::/0", "")), "pod:ops/p", role, &[]);
    check(&policy(&block("0.0.0.0/0", "")), "pod:ops/p", role, &["IMDS"]);
}

#[test]
fn admission_and_cloud() {
    let pod = format!("{POD}{ADMIN}");
    let hooks = has(None, "admissionregistration.k8s.io", "mutatingwebhookconfigurations", "create");
    check(&format!("{pod}{hooks}"), WEB, "cluster-admin", &["WEBHOOK_MUTATE", "POD_SA", "WILDCARD"]);
    let reading = has(None, "admissionregistration.k8s.io", "validatingwebhookconfigurations", "patch");
    check(&reading, WEB, "secrets:shop", &["WEBHOOK_VALIDATE"]);
    let map = "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: aws-auth, namespace: kube-system}, data: {}}\n";
    let patch = has(Some("kube-system"), "", "configmaps", "patch");
    check(&format!("{map}{patch}"), WEB, "cluster-admin", &["AWS_AUTH", "MASTERS"]);
    check(&patch, WEB, "cluster-admin", &[]);
    let account = "---\n{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop, annotations: \
                   {eks.amazonaws.com/role-arn: 'arn:aws:iam::1:role/x'}}}\n";
    check(account, WEB, "cloud:arn:aws:iam::1:role/x", &["WORKLOAD_ID"]);
}
