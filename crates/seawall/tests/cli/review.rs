//! `review`: what somebody else's software asks for.

use crate::program::Folder;
use serde_json::{Value, json};

const CLUSTER: &str = "\
apiVersion: v1
kind: Namespace
metadata: {name: ci}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: admin, namespace: ci}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ci-admin}
subjects: [{kind: ServiceAccount, name: admin, namespace: ci}]
roleRef: {kind: ClusterRole, name: cluster-admin, apiGroup: rbac.authorization.k8s.io}
";

const OPERATOR: &str = "\
apiVersion: v1
kind: Namespace
metadata: {name: op, labels: {pod-security.kubernetes.io/enforce: restricted}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: operator, namespace: op}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: operator, namespace: op}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec: {serviceAccountName: operator, containers: [{name: a, image: 'registry.example/operator:1'}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: operator}
rules:
- {apiGroups: [''], resources: [pods, nodes], verbs: [get, list, create]}
- {apiGroups: [apps], resources: [deployments], verbs: [get], resourceNames: [web]}
- {apiGroups: [example.com], resources: [widgets], verbs: [list]}
- {nonResourceURLs: [/metrics], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: operator}
subjects: [{kind: ServiceAccount, name: operator, namespace: op}]
roleRef: {kind: ClusterRole, name: operator, apiGroup: rbac.authorization.k8s.io}
";

const DEFINITION: &str = "\
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
";

fn folder(software: &str) -> Folder {
    Folder::with(&[("cluster/all.yaml", CLUSTER), ("operator.yaml", software)])
}

fn review(folder: &Folder, code: i32) -> Value {
    folder.run("review operator.yaml --against cluster -o json").expect(code).json()
}

#[test]
fn an_operator_that_makes_pods_everywhere_is_an_administrator_in_disguise() {
    let folder = folder(OPERATOR);
    let answer = review(&folder, 1);
    assert_eq!((&answer["schema"], &answer["dangerous"]), (&"seawall.dev/review/v1".into(), &true.into()));
    let one = &answer["administrators"][0];
    assert_eq!((&one["subject"], &one["openly"]), (&"sa:op/operator".into(), &false.into()), "{answer:#}");
    let edges: Vec<&Value> =
        one["path"]["steps"].as_array().unwrap().iter().map(|step| &step["edge"]).collect();
    assert_eq!(edges, ["POD_CREATE_SA", "WILDCARD"]);
    let rights = answer["rights"].as_array().unwrap();
    assert_eq!(rights[0]["dangers"][0]["rule"], "pod-creation");
    // What was there before is not the software's.
    assert!(rights.iter().all(|right| right["subject"]["name"] == "operator"), "{rights:#?}");
    let gained = &answer["paths"]["gained"][0];
    assert_eq!((&gained["from"], &gained["to"]), (&"sa:op/operator".into(), &"cluster-admin".into()));
    assert_eq!(gained["alsoFrom"], json!(["pod:op/operator"]));
    let text = folder.run("review operator.yaml --against cluster").expect(1).out;
    assert!(
        text.contains("Cluster administrator in disguise\nsa:op/operator → cluster-admin (2 steps)"),
        "{text}"
    );
}

#[test]
fn what_it_could_do_in_its_namespace_alone_is_written_and_holds() {
    let folder = folder(OPERATOR);
    let answer = review(&folder, 1);
    let confined = &answer["confined"];
    assert_eq!(confined["bindings"][0]["namespace"], "op");
    assert_eq!(confined["replaces"], json!(["ClusterRole/operator", "ClusterRoleBinding/operator"]));
    assert_eq!(confined["closes"][0]["to"], "cluster-admin", "{confined:#}");
    let notes = confined["bindings"][0]["notes"].to_string();
    assert!(notes.contains("`widgets.example.com` stays in the whole cluster"), "{notes}");
    // The manifest is asked by itself.
    let rest = OPERATOR.split("kind: ClusterRole\n").next().unwrap().trim_end();
    let rest = rest.strip_suffix("apiVersion: rbac.authorization.k8s.io/v1").unwrap();
    folder.write("confined/rest.yaml", rest);
    folder.write("confined/cluster.yaml", CLUSTER);
    folder.write("confined/rbac.yaml", confined["manifest"].as_str().unwrap());
    let asked = |question: &str, code| {
        folder.run(&format!("can-i {question} --as sa:op/operator confined")).expect(code);
    };
    asked("create pods -n op", 0);
    asked("create pods -n ci", 1);
    asked("get deployments.apps --name web -n op", 0);
    asked("get deployments.apps --name other -n op", 1);
    asked("list nodes", 0);
    asked("list widgets.example.com -A", 0);
    asked("get /metrics", 0);
    folder.run("paths --from sa:op/operator --to cluster-admin --fail confined").expect(0);
    let again = folder.run("review confined/rest.yaml confined/rbac.yaml --against cluster -o json").json();
    assert_eq!(again["administrators"], json!([]), "{again:#}");
}

#[test]
fn definitions_say_where_custom_resources_live() {
    let folder = folder(&(OPERATOR.to_owned() + DEFINITION));
    let confined = review(&folder, 1)["confined"].clone();
    let manifest = confined["manifest"].as_str().unwrap();
    let role = manifest.split("---\n").find(|part| part.contains("kind: Role\n")).unwrap();
    assert!(role.contains("\"widgets\""), "{manifest}");
    let rest = manifest.split("---\n").find(|part| part.contains("kind: ClusterRole\n")).unwrap();
    assert!(
        rest.contains("\"nodes\"") && !rest.contains("\"widgets\"") && rest.contains("/metrics"),
        "{manifest}"
    );
}

#[test]
fn what_cannot_be_confined_says_why() {
    let admin =
        OPERATOR.replace("kind: ClusterRole, name: operator", "kind: ClusterRole, name: cluster-admin");
    let answer = review(&folder(&admin), 1);
    assert_eq!(answer["administrators"][0]["openly"], true);
    assert_eq!(answer["confined"]["kept"][0]["why"], "ClusterRole cluster-admin is not part of the software");
    let group = OPERATOR.replace(
        "{kind: ServiceAccount, name: operator, namespace: op}]",
        "{kind: Group, name: devs, apiGroup: rbac.authorization.k8s.io}]",
    );
    let kept = &review(&folder(&group), 1)["confined"]["kept"][0]["why"];
    assert_eq!(kept, "its subjects are not all service accounts");
    let wide = OPERATOR
        .replace("resources: [pods, nodes], verbs: [get, list, create]", "resources: ['*'], verbs: ['*']");
    let answer = review(&folder(&wide), 1);
    let notes = answer["confined"]["bindings"][0]["notes"].to_string();
    assert!(notes.contains("of `*` only what lives in the namespace is left"), "{notes}");
}

#[test]
fn harmless_software_is_harmless() {
    let harmless = OPERATOR.replace("[get, list, create]", "[get, list]");
    let answer = folder(&harmless).run("review operator.yaml --against cluster -o json").json();
    assert_eq!(answer["administrators"], json!([]), "{answer:#}");
    assert_eq!(answer["paths"]["gained"], json!([]), "{answer:#}");
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: op}\ndata: {a: b}\n";
    let folder = folder(config);
    let answer = review(&folder, 0);
    assert_eq!((&answer["dangerous"], &answer["confined"]["manifest"]), (&false.into(), &"".into()));
    // Against a new cluster; and nothing is no software.
    folder.run("review operator.yaml").expect(0);
    folder.write("empty/values.yaml", "a: 1\n");
    folder.run("review empty --against cluster").expect(2);
    folder.write("broken.yaml", "a: [");
    folder.run("review operator.yaml broken.yaml --against cluster").expect(3);
}

#[test]
fn against_a_snapshot_its_workloads_count_as_their_pods() {
    let folder = folder(OPERATOR);
    folder.run("snapshot -o all.seawall cluster").expect(0);
    let answer = folder.run("review operator.yaml --against all.seawall -o json").expect(1).json();
    assert_eq!(answer["paths"]["gained"][0]["alsoFrom"], json!(["pod:op/operator"]));
}

#[cfg(unix)]
#[test]
fn charts_are_rendered() {
    let folder = folder(OPERATOR);
    folder.write("chart/Chart.yaml", "apiVersion: v2\nname: operator\nversion: 0.1.0\n");
    folder.write("chart/templates/all.yaml", "kind: {{ .Values.kind }}\n");
    folder.write("rendered.yaml", format!("---\n# Source: operator/templates/all.yaml\n{OPERATOR}"));
    let rendered = folder.path().join("rendered.yaml");
    let script = format!("while IFS= read -r line; do echo \"$line\"; done < '{}'", rendered.display());
    crate::render::tool(&folder, "helm", &script);
    let answer = crate::render::render(&folder, "review chart --render --against cluster -o json").expect(1);
    assert_eq!(answer.json()["administrators"][0]["subject"], "sa:op/operator");
    crate::render::render(&folder, "review chart --against cluster").expect(2);
}

#[test]
fn hostile_names_stay_text() {
    let evil = OPERATOR.replace("name: operator}\nrules", "name: \"op\\e[31m\\\"]\\nkind: x\"}\nrules");
    let evil = evil.replace(
        "kind: ClusterRole, name: operator",
        "kind: ClusterRole, name: \"op\\e[31m\\\"]\\nkind: x\"",
    );
    let folder = folder(&evil);
    let text = folder.run("review operator.yaml --against cluster").expect(1).out;
    assert!(!text.contains('\u{1b}'), "{text}");
    let manifest = review(&folder, 1)["confined"]["manifest"].as_str().unwrap().to_owned();
    folder.write("confined.yaml", &manifest);
    let roles = folder.run("convert confined.yaml").expect(0).out;
    assert!(roles.contains("op\\u001b[31m\\\"]\\nkind: x"), "{roles}");
}
