//! The roles that every API server makes for itself (upstream: `bootstrappolicy/policy.go`). Bindings in the input
//! may refer to them though no file describes them.

use super::PolicyRule;

/// A rule of the table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs)] // the fields of `rbacv1.PolicyRule`
pub struct StaticRule {
    pub verbs: &'static [&'static str],
    pub api_groups: &'static [&'static str],
    pub resources: &'static [&'static str],
    pub resource_names: &'static [&'static str],
    pub non_resource_urls: &'static [&'static str],
}

impl PolicyRule for StaticRule {
    fn verbs(&self) -> impl Iterator<Item = &str> {
        self.verbs.iter().copied()
    }
    fn api_groups(&self) -> impl Iterator<Item = &str> {
        self.api_groups.iter().copied()
    }
    fn resources(&self) -> impl Iterator<Item = &str> {
        self.resources.iter().copied()
    }
    fn resource_names(&self) -> impl Iterator<Item = &str> {
        self.resource_names.iter().copied()
    }
    fn non_resource_urls(&self) -> impl Iterator<Item = &str> {
        self.non_resource_urls.iter().copied()
    }
}

/// A ClusterRole that the API server makes.
#[derive(Clone, Copy, Debug)]
pub struct BuiltInRole {
    /// Its name.
    pub name: &'static str,
    /// What it holds, aggregated ones included; rules about objects that grant nothing to an attacker beyond
    /// reading them are left out of the larger roles.
    pub rules: &'static [StaticRule],
}

impl BuiltInRole {
    /// The built-in role of this name, if its rules are in the table.
    pub fn find(name: &str) -> Option<&'static Self> {
        BUILT_IN_ROLES.iter().find(|role| role.name == name)
    }
}

const fn on(
    api_groups: &'static [&'static str],
    resources: &'static [&'static str],
    verbs: &'static [&'static str],
) -> StaticRule {
    StaticRule { verbs, api_groups, resources, resource_names: &[], non_resource_urls: &[] }
}

const fn urls(non_resource_urls: &'static [&'static str]) -> StaticRule {
    StaticRule { verbs: &["get"], api_groups: &[], resources: &[], resource_names: &[], non_resource_urls }
}

const fn signer(name: &'static [&'static str]) -> StaticRule {
    StaticRule { resource_names: name, ..on(&["certificates.k8s.io"], &["signers"], &["approve"]) }
}

const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "delete", "deletecollection", "patch", "update"];
const ALL: &[&str] = &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

const VIEW: [StaticRule; 3] = [
    on(
        &[""],
        &[
            "configmaps",
            "endpoints",
            "persistentvolumeclaims",
            "pods",
            "pods/log",
            "pods/status",
            "replicationcontrollers",
            "serviceaccounts",
            "services",
            "bindings",
            "events",
            "limitranges",
            "namespaces",
            "resourcequotas",
        ],
        READ,
    ),
    on(&["apps"], &["controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"], READ),
    on(&["networking.k8s.io"], &["ingresses", "networkpolicies"], READ),
];

const EDIT: [StaticRule; 7] = [
    on(
        &[""],
        &["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy"],
        READ,
    ),
    on(&[""], &["serviceaccounts"], &["impersonate"]),
    on(
        &[""],
        &[
            "pods",
            "pods/attach",
            "pods/exec",
            "pods/portforward",
            "pods/proxy",
            "configmaps",
            "events",
            "persistentvolumeclaims",
            "replicationcontrollers",
            "replicationcontrollers/scale",
            "secrets",
            "serviceaccounts",
            "services",
            "services/proxy",
        ],
        WRITE,
    ),
    on(&[""], &["pods/eviction", "serviceaccounts/token"], &["create"]),
    on(&["apps"], &["daemonsets", "deployments", "replicasets", "statefulsets"], WRITE),
    on(&["batch"], &["cronjobs", "jobs"], WRITE),
    on(&["networking.k8s.io"], &["ingresses", "networkpolicies"], WRITE),
];

const ADMIN: [StaticRule; 2] = [
    on(&["authorization.k8s.io"], &["localsubjectaccessreviews"], &["create"]),
    on(&["rbac.authorization.k8s.io"], &["rolebindings", "roles"], ALL),
];

const REVIEWS: [StaticRule; 2] = [
    on(&["authentication.k8s.io"], &["tokenreviews"], &["create"]),
    on(&["authorization.k8s.io"], &["subjectaccessreviews"], &["create"]),
];

macro_rules! roles {
    ($($name:literal: $rules:expr;)+) => {
        /// The built-in roles whose rules are known here, sorted as upstream groups them.
        pub static BUILT_IN_ROLES: &[BuiltInRole] = &[$(BuiltInRole { name: $name, rules: &$rules }),+];
    };
}

roles! {
    "cluster-admin": [
        on(&["*"], &["*"], &["*"]),
        StaticRule { verbs: &["*"], ..urls(&["*"]) },
    ];
    "admin": [
        ADMIN[0], ADMIN[1], EDIT[0], EDIT[1], EDIT[2], EDIT[3], EDIT[4], EDIT[5], EDIT[6], VIEW[0], VIEW[1], VIEW[2],
    ];
    "edit": [EDIT[0], EDIT[1], EDIT[2], EDIT[3], EDIT[4], EDIT[5], EDIT[6], VIEW[0], VIEW[1], VIEW[2]];
    "view": VIEW;
    "system:aggregate-to-admin": ADMIN;
    "system:aggregate-to-edit": EDIT;
    "system:aggregate-to-view": VIEW;
    "system:auth-delegator": REVIEWS;
    "system:basic-user": [
        on(&["authorization.k8s.io"], &["selfsubjectaccessreviews", "selfsubjectrulesreviews"], &["create"]),
        on(&["authentication.k8s.io"], &["selfsubjectreviews"], &["create"]),
    ];
    "system:certificates.k8s.io:certificatesigningrequests:nodeclient":
        [on(&["certificates.k8s.io"], &["certificatesigningrequests/nodeclient"], &["create"])];
    "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient":
        [on(&["certificates.k8s.io"], &["certificatesigningrequests/selfnodeclient"], &["create"])];
    "system:certificates.k8s.io:kube-apiserver-client-approver": [signer(&["kubernetes.io/kube-apiserver-client"])];
    "system:certificates.k8s.io:kube-apiserver-client-kubelet-approver":
        [signer(&["kubernetes.io/kube-apiserver-client-kubelet"])];
    "system:certificates.k8s.io:kubelet-serving-approver": [signer(&["kubernetes.io/kubelet-serving"])];
    "system:certificates.k8s.io:legacy-unknown-approver": [signer(&["kubernetes.io/legacy-unknown"])];
    "system:discovery": [urls(&[
        "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version",
        "/version/",
    ])];
    "system:kube-aggregator": [on(&[""], &["endpoints", "services"], READ)];
    "system:kube-dns": [on(&[""], &["endpoints", "services"], &["list", "watch"])];
    "system:kube-controller-manager": [
        on(&["*"], &["*"], &["list", "watch"]),
        on(&[""], &["secrets", "serviceaccounts"], &["create", "get", "update"]),
        on(&[""], &["serviceaccounts/token"], &["create"]),
        on(&[""], &["secrets"], &["delete"]),
        on(&[""], &["configmaps", "namespaces"], &["get"]),
        REVIEWS[0],
        REVIEWS[1],
    ];
    "system:kubelet-api-admin": [
        on(&[""], &["nodes"], READ),
        on(&[""], &["nodes"], &["proxy"]),
        on(&[""], &["nodes/log", "nodes/metrics", "nodes/proxy", "nodes/stats"], &["*"]),
    ];
    "system:monitoring": [urls(&[
        "/healthz", "/healthz/*", "/livez", "/livez/*", "/metrics", "/metrics/slis", "/readyz", "/readyz/*",
    ])];
    "system:node": [
        on(&[""], &["nodes"], &["create", "get", "list", "watch", "patch", "update"]),
        on(&[""], &["nodes/status", "pods/status"], &["patch", "update"]),
        on(&[""], &["pods"], &["get", "list", "watch", "create", "delete"]),
        on(&[""], &["pods/eviction", "serviceaccounts/token"], &["create"]),
        on(&[""], &["configmaps", "secrets"], READ),
        REVIEWS[0],
        REVIEWS[1],
    ];
    "system:node-bootstrapper":
        [on(&["certificates.k8s.io"], &["certificatesigningrequests"], &["create", "get", "list", "watch"])];
    "system:node-problem-detector": [
        on(&[""], &["nodes"], &["get"]),
        on(&[""], &["nodes/status"], &["patch"]),
    ];
    "system:node-proxier": [
        on(&[""], &["endpoints", "services"], &["list", "watch"]),
        on(&[""], &["nodes"], READ),
        on(&["discovery.k8s.io"], &["endpointslices"], &["list", "watch"]),
    ];
    "system:public-info-viewer": [urls(&["/healthz", "/livez", "/readyz", "/version", "/version/"])];
    "system:service-account-issuer-discovery":
        [urls(&["/.well-known/openid-configuration", "/openid/v1/jwks"])];
}

/// Built-in roles whose rules are not in the table, beside those of the controllers (`system:controller:…`).
const NAMES_ONLY: [&str; 4] = [
    "system:heapster",
    "system:kube-scheduler",
    "system:persistent-volume-provisioner",
    "system:volume-scheduler",
];

/// Whether the API server itself makes a ClusterRole of this name.
pub fn is_built_in(name: &str) -> bool {
    BuiltInRole::find(name).is_some() || NAMES_ONLY.contains(&name) || name.starts_with("system:controller:")
}
