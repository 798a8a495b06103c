//! `access`.

use crate::program::Folder;
use serde_json::Value;

const RIGHTS: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules:
- {apiGroups: [''], resources: [secrets], resourceNames: [db], verbs: [get]}
- {apiGroups: [''], resources: [configmaps, services], verbs: [get, list, watch]}
- {apiGroups: [apps], resources: [deployments], verbs: [get, patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: shop}
subjects:
- {kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}
- {kind: ServiceAccount, name: web}
roleRef: {kind: Role, name: reader, apiGroup: rbac.authorization.k8s.io}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ops}
subjects: [{kind: Group, name: ops, apiGroup: rbac.authorization.k8s.io}]
roleRef: {kind: ClusterRole, name: cluster-admin, apiGroup: rbac.authorization.k8s.io}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: lost}
subjects: [{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}]
roleRef: {kind: ClusterRole, name: nowhere, apiGroup: rbac.authorization.k8s.io}
";

const PODS: &str = "\
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop}
automountServiceAccountToken: false
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      containers: [{name: app, image: app}]
---
apiVersion: v1
kind: Pod
metadata: {name: one, namespace: shop}
spec:
  nodeName: worker-1
  serviceAccountName: web
  volumes:
  - {name: db, secret: {secretName: db}}
  - {name: own, projected: {sources: [{serviceAccountToken: {path: token}}]}}
  containers: [{name: app, image: app, volumeMounts: [{name: own, mountPath: /token}]}]
---
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop}
---
apiVersion: v1
kind: Secret
metadata: {name: other, namespace: shop}
";

fn folder() -> Folder {
    Folder::with(&[("rbac.yaml", RIGHTS), ("pods.yaml", PODS)])
}

fn rights<'a>(answer: &'a Value, resource: &str) -> Vec<&'a Value> {
    let all = answer["rights"].as_array().unwrap().iter();
    all.filter(|right| right["resources"].as_array().is_some_and(|list| list.contains(&resource.into())))
        .collect()
}

#[test]
fn rights_of_a_service_account_the_dangerous_first() {
    let answer = folder().run("access sa:shop/web -o json rbac.yaml").expect(0).json();
    assert_eq!(answer["schema"], "seawall.dev/access/v1");
    assert_eq!(answer["user"], "system:serviceaccount:shop:web");
    assert_eq!(answer["clusterAdministrator"], false);
    let own: Vec<&Value> =
        answer["rights"].as_array().unwrap().iter().filter(|right| right["namespace"] == "shop").collect();
    let words =
        |right: &Value| format!("{} {} {}", right["resources"][0], right["verbs"], right["danger"]["level"]);
    assert_eq!(
        own.iter().map(|right| words(right)).collect::<Vec<_>>(),
        [
            r#""deployments" ["get","patch"] "high""#,
            r#""secrets" ["get"] "medium""#,
            r#""configmaps" ["get","list","watch"] null"#,
            r#""services" ["get","list","watch"] null"#,
        ]
    );
    assert_eq!(own[1]["resourceNames"][0], "db");
    assert_eq!(own[1]["proof"][0]["name"], "readers");
    assert_eq!(own[1]["proof"][1]["location"]["line"], 5);
    // What every account has by itself is told apart.
    assert!(rights(&answer, "selfsubjectreviews").iter().all(|right| right["everybody"] == true));
}

#[test]
fn the_table_is_short() {
    let folder = folder();
    let text = folder.run("access user:jane rbac.yaml").expect(0).out;
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "user jane");
    assert_eq!(lines[2], "In namespace shop");
    assert!(lines[3].starts_with("  high: may change what containers run  get, patch"), "{text}");
    assert!(lines[3].ends_with("RoleBinding shop/readers gives Role shop/reader  rbac.yaml:13"), "{text}");
    assert!(lines[5].contains("  read        configmaps, services  "), "{text}");
    assert!(text.contains("rights that every user has: -v lists them"), "{text}");
    assert!(text.contains("nowhere"), "{text}");
    assert!(folder.run("access user:jane -v rbac.yaml").expect(0).out.contains("selfsubjectreviews"));
}

#[test]
fn administrators() {
    let folder = folder();
    for (subject, everything) in [("group:ops", false), ("group:system:masters", true)] {
        let answer = folder.run(&format!("access {subject} -o json rbac.yaml")).expect(0).json();
        assert_eq!(answer["clusterAdministrator"], true, "{subject}");
        assert_eq!(answer["everything"].is_string(), everything, "{subject}");
    }
    let answer =
        folder.run("access group:ops -o json rbac.yaml --without ClusterRoleBinding/ops").expect(0).json();
    assert_eq!(answer["clusterAdministrator"], false);
}

#[test]
fn pods_and_their_tokens() {
    let folder = folder();
    let answer = folder.run("access pod:shop/web -o json .").expect(0).json();
    assert_eq!(answer["subject"], "sa:shop/web");
    assert_eq!(answer["pod"]["kind"], "Deployment");
    assert_eq!(answer["pod"]["tokenMounted"], false);
    assert_eq!(rights(&answer, "deployments").len(), 1);
    // A token that the pod asks for by itself does not depend on the account.
    let answer = folder.run("access pod:shop/one -o json .").expect(0).json();
    assert_eq!(answer["pod"]["tokenMounted"], true);
    let error = folder.run("access pod:shop/wbe .").expect(2).err;
    assert!(error.contains("did you mean `web`"), "{error}");
}

#[test]
fn nodes() {
    let answer = folder().run("access node:worker-1 -o json .").expect(0).json();
    assert_eq!(answer["groups"][0], "system:nodes");
    let secrets = rights(&answer, "secrets");
    assert_eq!((&secrets[0]["authorizer"], secrets.len()), (&"node".into(), 1));
    assert_eq!(secrets[0]["objects"], serde_json::json!(["shop/db"]));
    assert!(secrets[0]["limit"].is_string() && secrets[0]["danger"].is_null());
}

#[test]
fn authorizers_of_the_api_server_count() {
    let folder = folder();
    let server = |mode: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: kube-apiserver, namespace: kube-system}}\nspec:\n  \
             containers:\n  - name: a\n    image: registry.k8s.io/kube-apiserver:v1.34.1\n    \
             command: [kube-apiserver, '--authorization-mode={mode}']\n"
        )
    };
    folder.write("server.yaml", server("Node"));
    let answer = folder.run("access user:jane -o json .").expect(0).json();
    assert_eq!(answer["rights"], serde_json::json!([]));
    folder.write("server.yaml", server("AlwaysAllow"));
    let answer = folder.run("access user:jane -o json .").expect(0).json();
    assert_eq!(answer["clusterAdministrator"], true);
    folder.write("server.yaml", server("RBAC,Webhook"));
    let answer = folder.run("access user:jane -o json .").expect(3).json();
    assert_eq!(answer["complete"], false);
    assert!(answer["unknown"][0].as_str().unwrap().contains("webhook"), "{answer:#}");
}

#[test]
fn wrong_subjects() {
    let folder = folder();
    assert!(folder.run("access jane .").expect(2).err.contains("sa:NAMESPACE/NAME"));
    let text = folder.run("access sa:shop/wbe .").expect(0).out;
    assert!(text.contains("is not in the input, and no binding names it; did you mean `web`?"), "{text}");
}
