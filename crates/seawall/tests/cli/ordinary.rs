//! Ordinary input that scanners are known to stumble over: each case of it, one test.

use crate::program::{BAD, Folder, HARDENED};

/// Pod templates of every kind, indented as each needs it.
const SPEC: &str = "{containers: [{name: app, image: 'a:1', securityContext: {privileged: true}}]}";

#[track_caller]
fn finds(text: &str, field: &str) {
    let folder = Folder::with(&[("in.yaml", text)]);
    let json = folder.run("scan -o json --select privileged-container in.yaml").json();
    let fields: Vec<_> =
        json["findings"].as_array().unwrap().iter().map(|f| f["location"]["field"].clone()).collect();
    assert_eq!(fields, [serde_json::Value::from(field)], "{text}\n{json}");
}

#[test]
fn lists_are_opened() {
    let item = format!("apiVersion: v1\n  kind: Pod\n  metadata: {{name: a}}\n  spec: {SPEC}\n");
    let field = "items[0].spec.containers[0].securityContext.privileged";
    finds(&format!("apiVersion: v1\nkind: List\nitems:\n- {item}"), field);
    // Items of a typed list may leave out what the list says.
    finds(
        &format!("apiVersion: v1\nkind: PodList\nitems:\n- metadata: {{name: a}}\n  spec: {SPEC}\n"),
        field,
    );
    // And lists hold lists.
    let inner = format!("items[0].{field}");
    let json = format!(
        "{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\
         {{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{{\"name\":\"a\"}},\"spec\":{}}}]}}]}}",
        "{\"containers\":[{\"name\":\"app\",\"image\":\"a:1\",\"securityContext\":{\"privileged\":true}}]}"
    );
    finds(&json, &inner);
}

#[test]
fn every_pod_template_and_every_container_counts() {
    let field = "spec.template.spec.containers[0].securityContext.privileged";
    for (version, kind) in [
        ("apps/v1", "Deployment"),
        ("apps/v1", "ReplicaSet"),
        ("apps/v1", "StatefulSet"),
        ("apps/v1", "DaemonSet"),
        ("batch/v1", "Job"),
        ("v1", "ReplicationController"),
    ] {
        finds(
            &format!(
                "apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\nspec:\n  template:\n    spec: {SPEC}\n"
            ),
            field,
        );
    }
    finds(
        &format!("apiVersion: v1\nkind: PodTemplate\nmetadata: {{name: a}}\ntemplate:\n  spec: {SPEC}\n"),
        "template.spec.containers[0].securityContext.privileged",
    );
    finds(
        &format!(
            "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: a}}\nspec:\n  jobTemplate:\n    spec:\n      \
             template:\n        spec: {SPEC}\n"
        ),
        "spec.jobTemplate.spec.template.spec.containers[0].securityContext.privileged",
    );
    for list in ["initContainers", "ephemeralContainers"] {
        let spec = SPEC
            .replace("{containers: [", &format!("{{containers: [{{name: main, image: 'a:1'}}], {list}: ["));
        finds(
            &format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {spec}\n"),
            &format!("spec.{list}[0].securityContext.privileged"),
        );
    }
}

#[test]
fn custom_resources_with_a_pod_template_are_judged() {
    finds(
        &format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {{name: a}}\nspec:\n  template:\n    spec: {SPEC}\n"
        ),
        "spec.template.spec.containers[0].securityContext.privileged",
    );
}

#[test]
fn yes_is_true_and_a_string_is_an_error() {
    let pod = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {SPEC}\n");
    let field = "spec.containers[0].securityContext.privileged";
    for yes in ["yes", "on", "y", "True"] {
        finds(&pod.replace("privileged: true", &format!("privileged: {yes}")), field);
    }
    let folder = Folder::with(&[("in.yaml", &pod.replace("privileged: true", "privileged: \"true\""))]);
    let json = folder.run("scan -o json --select privileged-container in.yaml").expect(3).json();
    assert_eq!(json["findings"], serde_json::json!([]));
    assert_eq!(json["errors"][0]["line"], 4);
    let message = json["errors"][0]["message"].as_str().unwrap();
    assert!(message.starts_with(field) && message.contains("expected a boolean"), "{message}");
}

#[test]
fn documents_are_read_as_kubernetes_decodes_them() {
    // Comments first, empty documents, and a key that stands twice: the last value counts, and it is said.
    let text =
        format!("# head\n---\n---\n# more\n---\n{}", BAD.replace("true", "false\n        privileged: true"));
    let folder = Folder::with(&[("in.yaml", &text)]);
    let rules = folder.run("scan -o json in.yaml").expect(1).rules();
    assert!(
        rules.contains(&"privileged-container".to_owned()) && rules.contains(&"duplicate-key".to_owned()),
        "{rules:?}"
    );
    let other = BAD.replace("true", "true\n        privileged: false");
    folder.write("in.yaml", other);
    let rules = folder.run("scan -o json in.yaml").expect(0).rules();
    assert!(
        !rules.contains(&"privileged-container".to_owned()) && rules.contains(&"duplicate-key".to_owned()),
        "{rules:?}"
    );
}

#[test]
fn helm_templates_are_skipped_and_said() {
    let template = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n{{- if .Values.x }}\nspec: {}\n{{- end }}\n";
    let folder = Folder::with(&[
        ("in/chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 0.1.0\n"),
        ("in/chart/values.yaml", "x: 1\n"),
        ("in/chart/templates/pod.yaml", template),
        ("in/chart/templates/plain.yaml", BAD),
        ("in/web.yaml", HARDENED),
    ]);
    let json = folder.run("scan -o json in").expect(0).json();
    assert_eq!(json["summary"]["skipped"], 4);
    assert_eq!(json["errors"], serde_json::json!([]));
    let note = json["notes"][0].as_str().unwrap();
    assert!(note.contains("2 templates of Helm charts") && note.contains("--render"), "{note}");
    let text = folder.run("scan in").expect(0).out;
    assert!(text.contains("2 templates of Helm charts"), "{text}");
    folder.run("scan --strict in").expect(1);
    // Alone there is nothing to judge.
    let answer = folder.run("scan in/chart").expect(2);
    assert!(answer.err.contains("--render"), "{}", answer.err);
    // A template that lies outside of any chart.
    folder.write("loose.yaml", template);
    let json = folder.run("scan -o json loose.yaml in/web.yaml").expect(0).json();
    assert_eq!(json["skipped"][0]["reason"], "a template that is not rendered");
    assert!(json["skipped"][0]["hint"].as_str().unwrap().contains("helm template"));
}

#[test]
fn one_object_in_several_files_is_told_once() {
    let folder = Folder::with(&[("in/a.yaml", BAD), ("in/b.yaml", &format!("# a copy\n{BAD}"))]);
    let json = folder.run("scan -o json in").expect(1).json();
    assert_eq!(json["summary"]["objects"], 1);
    let findings = json["findings"].as_array().unwrap();
    let privileged: Vec<_> = findings.iter().filter(|f| f["rule"] == "privileged-container").collect();
    assert_eq!(privileged.len(), 1);
    assert_eq!(privileged[0]["copies"].as_array().unwrap().len(), 1);
    folder.run("scan --strict --fail-on never in").expect(0);
    // Where they differ each is judged, and strict runs fail.
    folder.write("in/c.yaml", BAD.replace("1.2.3", "2.0.0"));
    let json = folder.run("scan -o json in").expect(1).json();
    assert_eq!(json["summary"]["objects"], 2);
    assert!(
        json["notes"][0].as_str().unwrap().contains("1 object has differing variants"),
        "{}",
        json["notes"]
    );
    folder.run("scan --strict --fail-on never in").expect(1);
}

#[test]
fn patches_are_parts_and_no_objects() {
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 5\n";
    let folder = Folder::with(&[
        ("in/base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("in/base/web.yaml", HARDENED),
        (
            "in/over/kustomization.yaml",
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../base]\n\
             patches:\n- path: more.yaml\npatchesStrategicMerge: [old.yaml]\n",
        ),
        ("in/over/more.yaml", patch),
        ("in/over/old.yaml", patch),
    ]);
    let json = folder.run("scan -o json in").expect(0).json();
    assert_eq!(json["summary"]["objects"], 1, "{json}");
    assert_eq!(json["errors"], serde_json::json!([]));
    assert!(
        json["notes"][0].as_str().unwrap().contains("2 parts of Kustomize overlays"),
        "{}",
        json["notes"]
    );
}

#[test]
fn custom_resources_of_the_input_are_known() {
    let folder = Folder::with(&[(
        "in.yaml",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: shops.example.org}\n\
         spec:\n  group: example.org\n  scope: Namespaced\n  names: {plural: shops, singular: shop, kind: Shop, listKind: ShopList}\n\
         \x20 versions:\n  - name: v1\n    served: true\n    storage: true\n    schema: {openAPIV3Schema: {type: object}}\n\
         ---\napiVersion: example.org/v1\nkind: Shop\nmetadata: {name: a, namespace: shop}\n",
    )]);
    let json = folder.run("scan -o json in.yaml").expect(0).json();
    assert_eq!(json["summary"]["objects"], 2);
    assert_eq!(json["summary"]["skipped"], 0);
}

#[test]
fn folders_are_entered_and_rights_namespaces_and_secrets_are_judged() {
    let folder = Folder::with(&[
        (
            "in/deep/er/role.yaml",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: all}\n\
             roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}\n\
             subjects:\n- {kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:unauthenticated'}\n",
        ),
        ("in/namespace.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"),
        (
            "in/secret.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\nstringData: {password: x1y2z3}\n",
        ),
    ]);
    let json = folder.run("scan -o json in").expect(1).json();
    for kind in ["ClusterRoleBinding", "Namespace", "Secret"] {
        let found =
            json["findings"].as_array().unwrap().iter().any(|finding| finding["object"]["kind"] == kind);
        assert!(found, "nothing about the {kind}: {json}");
    }
}
