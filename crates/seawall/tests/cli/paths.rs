//! `paths` and `cut`.

use crate::program::Folder;
use serde_json::Value;

const WORLD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  serviceAccountName: web
  containers: [{name: app, image: registry.example/app:1}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: deployer, namespace: ci}
rules:
- {apiGroups: [''], resources: [configmaps], verbs: [get]}
- {apiGroups: [''], resources: [pods], verbs: [create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: deployers, namespace: ci}
subjects:
- {kind: ServiceAccount, name: web, namespace: shop}
- {kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}
roleRef: {kind: Role, name: deployer, apiGroup: rbac.authorization.k8s.io}
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

fn folder() -> Folder {
    Folder::with(&[("world.yaml", WORLD)])
}

fn edges(path: &Value) -> Vec<&str> {
    path["steps"].as_array().unwrap().iter().map(|step| step["edge"].as_str().unwrap()).collect()
}

#[test]
fn a_chain_with_its_evidence() {
    let answer =
        folder().run("paths --from pod:shop/web --to cluster-admin -o json world.yaml").expect(0).json();
    assert_eq!(answer["schema"], "seawall.dev/paths/v1");
    let path = &answer["paths"][0];
    assert_eq!(edges(path), ["POD_SA", "POD_CREATE_SA", "WILDCARD"]);
    assert_eq!(
        (&path["from"], &path["to"], &path["length"]),
        (&"pod:shop/web".into(), &"cluster-admin".into(), &3.into())
    );
    let steps = path["steps"].as_array().unwrap();
    for pair in steps.windows(2) {
        assert_eq!(pair[0]["to"], pair[1]["from"]);
    }
    let rule = steps[1]["because"].as_array().unwrap().iter().find(|one| one["kind"] == "Role").unwrap();
    assert_eq!(
        (&rule["namespace"], &rule["name"], &rule["ruleIndex"]),
        (&"ci".into(), &"deployer".into(), &1.into())
    );
    assert_eq!((&rule["location"]["file"], &rule["location"]["line"]), (&"world.yaml".into(), &17.into()));
    assert_eq!(steps[1]["technique"], "T1610");
}

#[test]
fn for_people() {
    let answer = folder().run("paths --from user:jane --to cluster-admin world.yaml").expect(0);
    assert!(answer.out.starts_with("user:jane → cluster-admin (2 steps)\n"), "{}", answer.out);
    assert!(answer.out.contains("because  Role ci/deployer rule 1  world.yaml:17"), "{}", answer.out);
    let none = folder().run("paths --from user:joe --to cluster-admin world.yaml").expect(0);
    assert!(none.out.starts_with("No path from user:joe to cluster-admin."), "{}", none.out);
}

#[test]
fn exit_codes_and_what_if() {
    let folder = folder();
    let question = "paths --from sa:shop/web --to cluster-admin --fail -o json world.yaml";
    folder.run(question).expect(1);
    let gone = folder.run(&format!("{question} --without RoleBinding/ci/deployers")).expect(0).json();
    assert_eq!(gone["paths"], Value::Array(vec![]));
    folder.write(
        "more.yaml",
        WORLD.replace("name: web, namespace: shop}\n- ", "name: other, namespace: shop}\n- "),
    );
    folder.run("paths --from sa:shop/other --to cluster-admin --fail world.yaml").expect(0);
    folder.run("paths --from sa:shop/other --to cluster-admin --fail world.yaml --with more.yaml").expect(1);
    folder.write("broken.yaml", "a: [");
    folder.run("paths --from user:joe --to cluster-admin .").expect(3);
    folder.run("paths --from nowhere world.yaml").expect(2);
}

#[test]
fn from_everything() {
    let answer = folder().run("paths -o json world.yaml").expect(0).json();
    let starts: Vec<&str> =
        answer["paths"].as_array().unwrap().iter().map(|path| path["from"].as_str().unwrap()).collect();
    for place in ["pod:shop/web", "sa:shop/web", "user:jane", "sa:ci/admin"] {
        assert!(starts.contains(&place), "{starts:?}");
    }
    assert!(starts.iter().all(|place| !place.contains("system")), "{starts:?}");
}

#[test]
fn the_smallest_cut_is_proven() {
    let folder = folder();
    let cut = folder.run("cut --from pod:shop/web --to cluster-admin -o json world.yaml").expect(0).json();
    assert_eq!(
        (&cut["schema"], &cut["minimum"], &cut["ends"]),
        (&"seawall.dev/cut/v1".into(), &true.into(), &true.into())
    );
    let changes = cut["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{cut:#}");
    assert_eq!(changes[0]["field"], "spec.automountServiceAccountToken");
    // From the account itself its own right must go, and nothing of jane's.
    let cut = folder.run("cut --from sa:shop/web --to cluster-admin -o json world.yaml").expect(0).json();
    assert_eq!(cut["changes"][0]["object"]["name"], "deployers");
    assert_eq!(cut["changes"][0]["field"], "subjects[0]");
    let none = folder.run("cut --from user:joe --to cluster-admin -o json world.yaml").expect(0).json();
    assert_eq!((&none["changes"], &none["minimum"]), (&Value::Array(vec![]), &true.into()));
    let lasting = folder.run("cut --from group:system:masters --to cluster-admin world.yaml").expect(3);
    assert!(lasting.out.contains("MASTERS"), "{}", lasting.out);
}

#[test]
fn hostile_names_stay_words() {
    let text = WORLD.replace("name: jane", "name: \"ja\\u001b[31mne\"");
    let folder = Folder::with(&[("world.yaml", &text)]);
    let answer = folder.run("paths --to cluster-admin world.yaml").expect(0);
    assert!(!answer.out.contains('\u{1b}'), "{:?}", answer.out);
}

#[test]
fn pictures() {
    let folder = folder();
    let dot = folder.run("paths --from pod:shop/web --to cluster-admin -o dot world.yaml").expect(0).out;
    assert!(dot.contains("[label=\"web\\npod in shop\""), "{dot}");
    assert!(dot.contains("because: Role ci/deployer rule 1  world.yaml:17"), "{dot}");
    let svg = folder.run("paths --from pod:shop/web --to cluster-admin -o svg world.yaml").expect(0).out;
    assert!(svg.starts_with("<svg ") && svg.contains("may run a pod as"), "{svg}");
    // What two paths pass is drawn once, each of them can be followed alone.
    let page = folder.run("paths --to cluster-admin -o html world.yaml").expect(0).out;
    assert_eq!(page.matches("<title>sa:ci/admin\n").count(), 1, "{page}");
    assert!(page.contains("data-edges=") && page.contains("<dt>because</dt>"), "{page}");
    let none = folder.run("paths --from user:joe --to cluster-admin -o html world.yaml").expect(0).out;
    assert!(none.contains("No path from user:joe to cluster-admin."), "{none}");
    folder.write("broken.yaml", "a: [");
    let open = folder.run("paths --from user:joe --to cluster-admin -o html .").expect(3).out;
    assert!(open.contains("the answer is incomplete: "), "{open}");
    // Names stay text.
    let evil = WORLD.replace("name: jane", "name: \"<script>x</script>\"");
    folder.write("evil.yaml", &evil);
    let page = folder.run("paths --to cluster-admin -o html evil.yaml").expect(0).out;
    assert!(page.contains("&lt;script&gt;x") && !page.contains("<script>x"), "{page}");
}

#[test]
fn chains_of_files_are_findings_when_they_are_asked_for() {
    let folder = folder();
    let of_chains = |arguments: &str| -> Vec<String> {
        let rules = folder.run(arguments).rules();
        rules.into_iter().filter(|rule| rule.ends_with("cluster-admin")).collect()
    };
    let found = of_chains("scan -o json --select chain/ world.yaml");
    assert!(found.contains(&"pod-leads-to-cluster-admin".to_owned()), "{found:?}");
    assert!(!of_chains("scan -o json world.yaml").contains(&"pod-leads-to-cluster-admin".to_owned()));
}
