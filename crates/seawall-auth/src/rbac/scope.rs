//! Which resources live in no namespace: a Role that names them grants nothing, because their requests carry no
//! namespace and RoleBindings are read for the request's namespace only.

/// Whether a resource of Kubernetes itself is cluster-scoped; `None` if it is not one of Kubernetes' own groups
/// (a custom resource may be either). Subresources are as their resource.
///
/// `namespaces` is *not* counted: requests for one named namespace carry its name as their namespace, so a
/// RoleBinding in it can grant get, update, patch and delete on the Namespace itself (`requestinfo.go`).
pub fn is_cluster_scoped(group: &str, resource: &str) -> Option<bool> {
    let resource = resource.split('/').next().unwrap_or(resource);
    let cluster: &[&str] = match group {
        // `users`, `groups` are virtual resources of impersonation.
        "" => &["nodes", "persistentvolumes", "componentstatuses", "users", "groups"],
        "rbac.authorization.k8s.io" => &["clusterroles", "clusterrolebindings"],
        "certificates.k8s.io" => &["certificatesigningrequests", "signers", "clustertrustbundles"],
        "admissionregistration.k8s.io" => &[
            "validatingwebhookconfigurations",
            "mutatingwebhookconfigurations",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
            "mutatingadmissionpolicies",
            "mutatingadmissionpolicybindings",
        ],
        "apiextensions.k8s.io" => &["customresourcedefinitions"],
        "apiregistration.k8s.io" => &["apiservices"],
        "authentication.k8s.io" => {
            &["tokenreviews", "selfsubjectreviews", "uids", "userextras", "users", "groups", "nodes"]
        }
        "authorization.k8s.io" => {
            &["subjectaccessreviews", "selfsubjectaccessreviews", "selfsubjectrulesreviews"]
        }
        "flowcontrol.apiserver.k8s.io" => &["flowschemas", "prioritylevelconfigurations"],
        "internal.apiserver.k8s.io" => &["storageversions"],
        "node.k8s.io" => &["runtimeclasses"],
        "policy" => &["podsecuritypolicies"],
        "resource.k8s.io" => &["deviceclasses", "resourceslices", "devicetaintrules"],
        "scheduling.k8s.io" => &["priorityclasses"],
        "storage.k8s.io" => {
            &["storageclasses", "volumeattachments", "csidrivers", "csinodes", "volumeattributesclasses"]
        }
        "storagemigration.k8s.io" => &["storageversionmigrations"],
        "networking.k8s.io" => &["ingressclasses", "ipaddresses", "servicecidrs"],
        "metrics.k8s.io" => &["nodes"],
        "apps" | "batch" | "autoscaling" | "coordination.k8s.io" | "discovery.k8s.io" | "events.k8s.io" => {
            &[]
        }
        _ => return None,
    };
    Some(cluster.contains(&resource))
}
