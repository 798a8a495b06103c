//! Which kinds are read from a cluster, and what for.

/// A resource that analyses use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wanted {
    /// API group, `""` for core.
    pub group: &'static str,
    /// The resource's plural name.
    pub resource: &'static str,
    /// What it is read for, as a fragment.
    pub reason: &'static str,
    /// Part of Kubernetes: a server without it is asked for nothing; else a custom resource that is read where its
    /// definition is installed.
    pub built_in: bool,
}

const fn built_in(group: &'static str, resource: &'static str, reason: &'static str) -> Wanted {
    Wanted { group, resource, reason, built_in: true }
}

const fn custom(group: &'static str, resource: &'static str, reason: &'static str) -> Wanted {
    Wanted { group, resource, reason, built_in: false }
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
    built_in("", "namespaces", "Pod Security levels, selectors, what is isolated"),
    built_in("", "nodes", "versions, addresses, taints, where pods may go"),
    built_in("", "pods", WORKLOAD),
    built_in("", "podtemplates", WORKLOAD),
    built_in("", "replicationcontrollers", WORKLOAD),
    built_in("apps", "deployments", WORKLOAD),
    built_in("apps", "replicasets", WORKLOAD),
    built_in("apps", "statefulsets", WORKLOAD),
    built_in("apps", "daemonsets", WORKLOAD),
    built_in("batch", "jobs", WORKLOAD),
    built_in("batch", "cronjobs", WORKLOAD),
    built_in("", "serviceaccounts", "whose tokens pods hold"),
    built_in("", "secrets", "type, keys and sizes of credentials; values are never kept"),
    built_in("", "configmaps", "configuration of components, passwords that do not belong there"),
    built_in("", "services", CONNECTIONS),
    built_in("discovery.k8s.io", "endpointslices", CONNECTIONS),
    built_in("", "persistentvolumes", STORED),
    built_in("", "persistentvolumeclaims", STORED),
    built_in("storage.k8s.io", "storageclasses", STORED),
    built_in("storage.k8s.io", "volumeattachments", "what a node may read of its volumes"),
    built_in("resource.k8s.io", "resourceclaims", "what a node may read of its devices"),
    built_in("", "resourcequotas", GUARDED),
    built_in("", "limitranges", GUARDED),
    built_in(RBAC, "clusterroles", RIGHTS),
    built_in(RBAC, "clusterrolebindings", RIGHTS),
    built_in(RBAC, "roles", RIGHTS),
    built_in(RBAC, "rolebindings", RIGHTS),
    built_in(
        "certificates.k8s.io",
        "certificatesigningrequests",
        "certificates that were asked for and issued",
    ),
    built_in("networking.k8s.io", "networkpolicies", CONNECTIONS),
    built_in("networking.k8s.io", "ingresses", CONNECTIONS),
    built_in("networking.k8s.io", "ingressclasses", CONNECTIONS),
    built_in("policy", "poddisruptionbudgets", "what survives the loss of a node"),
    built_in("autoscaling", "horizontalpodautoscalers", "what survives load"),
    built_in("node.k8s.io", "runtimeclasses", "which pods are sandboxed"),
    built_in("scheduling.k8s.io", "priorityclasses", "which pods displace others"),
    built_in(ADMISSION, "validatingwebhookconfigurations", GUARDED),
    built_in(ADMISSION, "mutatingwebhookconfigurations", GUARDED),
    built_in(ADMISSION, "validatingadmissionpolicies", GUARDED),
    built_in(ADMISSION, "validatingadmissionpolicybindings", GUARDED),
    built_in(ADMISSION, "mutatingadmissionpolicies", GUARDED),
    built_in(ADMISSION, "mutatingadmissionpolicybindings", GUARDED),
    built_in("apiregistration.k8s.io", "apiservices", "which servers answer for the API"),
    built_in("apiextensions.k8s.io", "customresourcedefinitions", "which custom resources there are"),
    custom("gateway.networking.k8s.io", "gateways", CONNECTIONS),
    custom("gateway.networking.k8s.io", "httproutes", CONNECTIONS),
    custom("policy.networking.k8s.io", "adminnetworkpolicies", CONNECTIONS),
    custom("policy.networking.k8s.io", "baselineadminnetworkpolicies", CONNECTIONS),
    custom("argoproj.io", "applications", DEPLOYS),
    custom("argoproj.io", "applicationsets", DEPLOYS),
    custom("argoproj.io", "appprojects", DEPLOYS),
    custom("argoproj.io", "rollouts", WORKLOAD),
    custom("argoproj.io", "workflows", WORKLOAD),
    custom("argoproj.io", "cronworkflows", WORKLOAD),
    custom("argoproj.io", "workflowtemplates", WORKLOAD),
    custom("argoproj.io", "clusterworkflowtemplates", WORKLOAD),
    custom("kustomize.toolkit.fluxcd.io", "kustomizations", DEPLOYS),
    custom("helm.toolkit.fluxcd.io", "helmreleases", DEPLOYS),
    custom("source.toolkit.fluxcd.io", "buckets", DEPLOYS),
    custom("source.toolkit.fluxcd.io", "gitrepositories", DEPLOYS),
    custom("source.toolkit.fluxcd.io", "helmrepositories", DEPLOYS),
    custom("source.toolkit.fluxcd.io", "ocirepositories", DEPLOYS),
    custom("cert-manager.io", "certificates", ISSUES),
    custom("cert-manager.io", "issuers", ISSUES),
    custom("cert-manager.io", "clusterissuers", ISSUES),
    custom("external-secrets.io", "externalsecrets", SECRETS),
    custom("external-secrets.io", "clusterexternalsecrets", SECRETS),
    custom("external-secrets.io", "secretstores", SECRETS),
    custom("external-secrets.io", "clustersecretstores", SECRETS),
    custom("security.istio.io", "authorizationpolicies", MESH),
    custom("security.istio.io", "peerauthentications", MESH),
    custom("security.istio.io", "requestauthentications", MESH),
    custom("networking.istio.io", "gateways", MESH),
    custom("networking.istio.io", "virtualservices", MESH),
    custom("networking.istio.io", "serviceentries", MESH),
    custom("policy.linkerd.io", "servers", MESH),
    custom("policy.linkerd.io", "serverauthorizations", MESH),
    custom("policy.linkerd.io", "authorizationpolicies", MESH),
    custom("policy.linkerd.io", "meshtlsauthentications", MESH),
    custom("policy.linkerd.io", "networkauthentications", MESH),
    custom("cilium.io", "ciliumnetworkpolicies", MESH),
    custom("cilium.io", "ciliumclusterwidenetworkpolicies", MESH),
    custom("projectcalico.org", "networkpolicies", MESH),
    custom("projectcalico.org", "globalnetworkpolicies", MESH),
    custom("crd.projectcalico.org", "networkpolicies", MESH),
    custom("crd.projectcalico.org", "globalnetworkpolicies", MESH),
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
