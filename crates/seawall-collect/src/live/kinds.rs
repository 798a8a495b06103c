//! Which kinds are read from a cluster, and what for.

/// A resource that analyses use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wanted {
    /// API group, `""` for core.
    pub group: &'static str,
    /// The resource's plural name.
    pub resource: &'static str,
    /// The kind.
    pub kind: &'static str,
    /// What it is read for, as a fragment.
    pub reason: &'static str,
    /// Part of Kubernetes: a server without it is asked for nothing; else a custom resource that is read where its
    /// definition is installed.
    pub built_in: bool,
}

const fn built_in(
    group: &'static str,
    resource: &'static str,
    kind: &'static str,
    reason: &'static str,
) -> Wanted {
    Wanted { group, resource, kind, reason, built_in: true }
}

const fn custom(
    group: &'static str,
    resource: &'static str,
    kind: &'static str,
    reason: &'static str,
) -> Wanted {
    Wanted { group, resource, kind, reason, built_in: false }
}

const RBAC: &str = "rbac.authorization.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";

const WORKLOAD: &str = "what runs, with which rights and isolation";
const RIGHTS: &str = "who may do what";
const GUARDED: &str = "what is refused or changed on its way in";
const CONNECTIONS: &str = "who reaches whom";
const STORED: &str = "which volumes lead to nodes and secrets";

/// Every kind that analyses use. [`crate::live::rbac`] makes the role for reading from it.
pub const WANTED: &[Wanted] = &[
    built_in("", "namespaces", "Namespace", "Pod Security levels, selectors, what is isolated"),
    built_in("", "nodes", "Node", "versions, addresses, taints, where pods may go"),
    built_in("", "pods", "Pod", WORKLOAD),
    built_in("", "podtemplates", "PodTemplate", WORKLOAD),
    built_in("", "replicationcontrollers", "ReplicationController", WORKLOAD),
    built_in("apps", "deployments", "Deployment", WORKLOAD),
    built_in("apps", "replicasets", "ReplicaSet", WORKLOAD),
    built_in("apps", "statefulsets", "StatefulSet", WORKLOAD),
    built_in("apps", "daemonsets", "DaemonSet", WORKLOAD),
    built_in("batch", "jobs", "Job", WORKLOAD),
    built_in("batch", "cronjobs", "CronJob", WORKLOAD),
    built_in("", "serviceaccounts", "ServiceAccount", "whose tokens pods hold"),
    built_in("", "secrets", "Secret", "type, keys and sizes of credentials; values are never kept"),
    built_in(
        "",
        "configmaps",
        "ConfigMap",
        "configuration of components, passwords that do not belong there",
    ),
    built_in("", "services", "Service", CONNECTIONS),
    built_in("discovery.k8s.io", "endpointslices", "EndpointSlice", CONNECTIONS),
    built_in("", "persistentvolumes", "PersistentVolume", STORED),
    built_in("", "persistentvolumeclaims", "PersistentVolumeClaim", STORED),
    built_in("storage.k8s.io", "storageclasses", "StorageClass", STORED),
    built_in(
        "storage.k8s.io",
        "volumeattachments",
        "VolumeAttachment",
        "what a node may read of its volumes",
    ),
    built_in("resource.k8s.io", "resourceclaims", "ResourceClaim", "what a node may read of its devices"),
    built_in("", "resourcequotas", "ResourceQuota", GUARDED),
    built_in("", "limitranges", "LimitRange", GUARDED),
    built_in(RBAC, "clusterroles", "ClusterRole", RIGHTS),
    built_in(RBAC, "clusterrolebindings", "ClusterRoleBinding", RIGHTS),
    built_in(RBAC, "roles", "Role", RIGHTS),
    built_in(RBAC, "rolebindings", "RoleBinding", RIGHTS),
    built_in(
        "certificates.k8s.io",
        "certificatesigningrequests",
        "CertificateSigningRequest",
        "certificates that were asked for and issued",
    ),
    built_in("networking.k8s.io", "networkpolicies", "NetworkPolicy", CONNECTIONS),
    built_in("networking.k8s.io", "ingresses", "Ingress", CONNECTIONS),
    built_in("networking.k8s.io", "ingressclasses", "IngressClass", CONNECTIONS),
    built_in("policy", "poddisruptionbudgets", "PodDisruptionBudget", "what survives the loss of a node"),
    built_in("autoscaling", "horizontalpodautoscalers", "HorizontalPodAutoscaler", "what survives load"),
    built_in("node.k8s.io", "runtimeclasses", "RuntimeClass", "which pods are sandboxed"),
    built_in("scheduling.k8s.io", "priorityclasses", "PriorityClass", "which pods displace others"),
    built_in(ADMISSION, "validatingwebhookconfigurations", "ValidatingWebhookConfiguration", GUARDED),
    built_in(ADMISSION, "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", GUARDED),
    built_in(ADMISSION, "validatingadmissionpolicies", "ValidatingAdmissionPolicy", GUARDED),
    built_in(ADMISSION, "validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding", GUARDED),
    built_in(ADMISSION, "mutatingadmissionpolicies", "MutatingAdmissionPolicy", GUARDED),
    built_in(ADMISSION, "mutatingadmissionpolicybindings", "MutatingAdmissionPolicyBinding", GUARDED),
    built_in("apiregistration.k8s.io", "apiservices", "APIService", "which servers answer for the API"),
    built_in(
        "apiextensions.k8s.io",
        "customresourcedefinitions",
        "CustomResourceDefinition",
        "which custom resources there are",
    ),
    custom("gateway.networking.k8s.io", "gateways", "Gateway", CONNECTIONS),
    custom("gateway.networking.k8s.io", "httproutes", "HTTPRoute", CONNECTIONS),
    custom("policy.networking.k8s.io", "adminnetworkpolicies", "AdminNetworkPolicy", CONNECTIONS),
    custom(
        "policy.networking.k8s.io",
        "baselineadminnetworkpolicies",
        "BaselineAdminNetworkPolicy",
        CONNECTIONS,
    ),
    custom("argoproj.io", "applications", "Application", DEPLOYS),
    custom("argoproj.io", "applicationsets", "ApplicationSet", DEPLOYS),
    custom("argoproj.io", "appprojects", "AppProject", DEPLOYS),
    custom("argoproj.io", "rollouts", "Rollout", WORKLOAD),
    custom("argoproj.io", "workflows", "Workflow", WORKLOAD),
    custom("argoproj.io", "cronworkflows", "CronWorkflow", WORKLOAD),
    custom("argoproj.io", "workflowtemplates", "WorkflowTemplate", WORKLOAD),
    custom("argoproj.io", "clusterworkflowtemplates", "ClusterWorkflowTemplate", WORKLOAD),
    custom("kustomize.toolkit.fluxcd.io", "kustomizations", "Kustomization", DEPLOYS),
    custom("helm.toolkit.fluxcd.io", "helmreleases", "HelmRelease", DEPLOYS),
    custom("source.toolkit.fluxcd.io", "buckets", "Bucket", DEPLOYS),
    custom("source.toolkit.fluxcd.io", "gitrepositories", "GitRepository", DEPLOYS),
    custom("source.toolkit.fluxcd.io", "helmrepositories", "HelmRepository", DEPLOYS),
    custom("source.toolkit.fluxcd.io", "ocirepositories", "OCIRepository", DEPLOYS),
    custom("cert-manager.io", "certificates", "Certificate", ISSUES),
    custom("cert-manager.io", "issuers", "Issuer", ISSUES),
    custom("cert-manager.io", "clusterissuers", "ClusterIssuer", ISSUES),
    custom("external-secrets.io", "externalsecrets", "ExternalSecret", SECRETS),
    custom("external-secrets.io", "clusterexternalsecrets", "ClusterExternalSecret", SECRETS),
    custom("external-secrets.io", "secretstores", "SecretStore", SECRETS),
    custom("external-secrets.io", "clustersecretstores", "ClusterSecretStore", SECRETS),
    custom("security.istio.io", "authorizationpolicies", "AuthorizationPolicy", MESH),
    custom("security.istio.io", "peerauthentications", "PeerAuthentication", MESH),
    custom("security.istio.io", "requestauthentications", "RequestAuthentication", MESH),
    custom("networking.istio.io", "gateways", "Gateway", MESH),
    custom("networking.istio.io", "virtualservices", "VirtualService", MESH),
    custom("networking.istio.io", "serviceentries", "ServiceEntry", MESH),
    custom("policy.linkerd.io", "servers", "Server", MESH),
    custom("policy.linkerd.io", "serverauthorizations", "ServerAuthorization", MESH),
    custom("policy.linkerd.io", "authorizationpolicies", "AuthorizationPolicy", MESH),
    custom("policy.linkerd.io", "meshtlsauthentications", "MeshTLSAuthentication", MESH),
    custom("policy.linkerd.io", "networkauthentications", "NetworkAuthentication", MESH),
    custom("cilium.io", "ciliumnetworkpolicies", "CiliumNetworkPolicy", MESH),
    custom("cilium.io", "ciliumclusterwidenetworkpolicies", "CiliumClusterwideNetworkPolicy", MESH),
    custom("projectcalico.org", "networkpolicies", "NetworkPolicy", MESH),
    custom("projectcalico.org", "globalnetworkpolicies", "GlobalNetworkPolicy", MESH),
    custom("crd.projectcalico.org", "networkpolicies", "NetworkPolicy", MESH),
    custom("crd.projectcalico.org", "globalnetworkpolicies", "GlobalNetworkPolicy", MESH),
];

const DEPLOYS: &str = "who deploys what, with whose rights";
const ISSUES: &str = "who issues certificates";
const SECRETS: &str = "where secrets come from";
const MESH: &str = "who reaches whom beyond NetworkPolicy";

/// The entry of a resource, if analyses use it.
pub(super) fn wanted(group: &str, resource: &str) -> Option<&'static Wanted> {
    WANTED.iter().find(|wanted| wanted.group == group && wanted.resource == resource)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_kind_stands_there_once() {
        let all: BTreeSet<_> = WANTED.iter().map(|wanted| (wanted.group, wanted.resource)).collect();
        assert_eq!(all.len(), WANTED.len());
        assert!(wanted("", "events").is_none() && wanted("", "pods").is_some());
    }
}
