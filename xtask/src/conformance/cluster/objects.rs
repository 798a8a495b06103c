//! What the cluster holds: enough for findings, rights, and secrets that nobody may see.

use super::create;
use crate::kube::Client;
use anyhow::Result;
use serde_json::{Value, json};

/// A word that no output and no snapshot may hold.
pub(super) const SECRET: &str = "plantedsecretvalue";

fn create_all(client: &mut Client, objects: &[(&str, Value)]) -> Result<()> {
    objects.iter().try_for_each(|(path, object)| create(client, path, object))
}

/// Fills the cluster.
pub(super) fn fill(client: &mut Client) -> Result<()> {
    let namespace = |name: &str| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
    let pod = json!({"spec": {"containers": [{"name": "app", "image": "nginx",
        "securityContext": {"privileged": true},
        "env": [{"name": "DB_PASSWORD", "value": SECRET}]}], "serviceAccountName": "web"}});
    let labelled = json!({"metadata": {"labels": {"app": "web"}}, "spec": pod["spec"]});
    create_all(
        client,
        &[
            ("/api/v1/namespaces", namespace("shop")),
            ("/api/v1/namespaces", namespace("other")),
            (
                "/api/v1/namespaces/shop/serviceaccounts",
                json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "web"}}),
            ),
            (
                "/apis/apps/v1/namespaces/shop/deployments",
                json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
                    "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": labelled}}),
            ),
            (
                "/api/v1/namespaces/shop/pods",
                json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "alone"}, "spec": pod["spec"]}),
            ),
            (
                "/api/v1/namespaces/shop/secrets",
                json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db", "annotations": {"note": SECRET}},
                    "stringData": {"password": SECRET}}),
            ),
            (
                "/api/v1/namespaces/shop/configmaps",
                json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "app"},
                    "data": {"app.conf": format!("mode: fast\npassword: {SECRET}\n")}}),
            ),
            (
                "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies",
                json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "nothing"},
                    "spec": {"podSelector": {"matchLabels": {"app": "nobody"}}}}),
            ),
            (
                "/apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles",
                json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "reader"},
                    "rules": [{"apiGroups": [""], "resources": ["secrets", "pods/log"], "verbs": ["get", "list"]}]}),
            ),
            (
                "/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings",
                json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "jane"},
                    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
                    "subjects": [{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "jane"},
                        {"kind": "ServiceAccount", "name": "web", "namespace": "shop"}]}),
            ),
            (
                "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
                json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "ops"},
                    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
                    "subjects": [{"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": "ops"}]}),
            ),
            (
                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                    "metadata": {"name": "widgets.example.com"},
                    "spec": {"group": "example.com", "scope": "Namespaced",
                        "names": {"plural": "widgets", "singular": "widget", "kind": "Widget"},
                        "versions": [{"name": "v1", "served": true, "storage": true,
                            "schema": {"openAPIV3Schema": {"type": "object",
                                "properties": {"spec": {"type": "object", "description": "what it is"}}}}}]}}),
            ),
        ],
    )
}
